"""What the models were trained from, as a fingerprint: the same content, the same fingerprint, whatever the dates say.

stale(settings) -> ("reader", "bot") | ("bot",) | … | ()
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from backend.settings import ROOT, Settings

# What each model is made from, as globs below the repository. Both learn from the labelled narratives.
SOURCES = {
    "reader": ("nlu_data/complaints/*.jsonl", "nlu_data/lexicon/*", "nlu_data/lookups/*", "backend/reading/*.py"),
    "bot": (
        *("nlu_data/intents/**/*.yml", "nlu_data/complaints/*.jsonl", "nlu_data/lexicon/*", "nlu_data/lookups/*"),
        *("bot/**/*.yml", "bot/**/*.py", "config.yml", "backend/training.py"),
    ),
}
# The libraries whose models cannot be read by another version, as they stand in the locks.
PINS = {
    "reader": ("requirements/backend.txt", ("spacy==", "scikit-learn==", "jieba==", "numpy==")),
    "bot": ("requirements/bot.txt", ("rasa==", "scikit-learn==", "jieba==", "numpy==")),
}
MODELS = tuple(SOURCES)
RECORD = "trained.json"


def fingerprint(model: str, root: Path = ROOT) -> str:
    """SHA-256, in hex, over path and content of everything ``model`` ("reader" or "bot") is made from."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES[model] for path in root.glob(pattern) if path.is_file()}):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    digest.update("".join(_pins(model, root)).encode())
    return digest.hexdigest()


def stale(settings: Settings, root: Path = ROOT) -> tuple[str, ...]:
    """The models to be trained: missing ones, and ones made from something else than what is there now."""
    trained = _read(settings)
    there = {"reader": settings.reader_dir.is_dir(), "bot": (settings.models_dir / "bot" / "bot.tar.gz").is_file()}
    return tuple(model for model in MODELS if not there[model] or trained.get(model) != fingerprint(model, root))


def is_stale(settings: Settings) -> bool:
    """Whether ``anfu train`` has anything to do."""
    return bool(stale(settings))


def remember(settings: Settings, model: str, made_from: str) -> None:
    """Note that the model now in place was made from ``made_from``, a fingerprint taken before training began."""
    file = settings.models_dir / RECORD
    new = file.with_suffix(".new")
    new.write_text(json.dumps({**_read(settings), model: made_from}, indent=2), encoding="ascii")
    new.replace(file)


def _read(settings: Settings) -> dict[str, str]:
    try:
        found = json.loads((settings.models_dir / RECORD).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return {str(model): str(made_from) for model, made_from in found.items()} if isinstance(found, dict) else {}


def _pins(model: str, root: Path) -> Iterator[str]:
    name, starts = PINS[model]
    lock = root / name
    if lock.is_file():
        yield from (line for line in lock.read_text(encoding="utf-8").splitlines(True) if line.startswith(starts))
