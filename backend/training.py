"""Make the two models: the reader, then the bot, each only if what it learns from has changed.

    nlu_data/complaints | reader            -> home/models/reader
                        | narratives.yml    -> home/train
    nlu_data, bot, config.yml, narratives   -> home/models/bot/bot.tar.gz

A model is replaced only once the new one is complete: whoever starts meanwhile finds the old one.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from backend import fingerprint
from backend.errors import Conflict, Refusal, Unavailable
from backend.privacy.vault import TOKEN_WORD
from backend.reading import train as reader_training
from backend.running.children import Children, open_log
from backend.running.lock import only_one
from backend.running.parts import BOT_ENVIRONMENT, BOT_PYTHON
from backend.settings import ROOT, Settings

COMPLAINTS = ROOT / "nlu_data" / "complaints"
# How a narrative of each kind is spoken to the bot; a suggestion is neither, and the bot's own examples cover it.
INTENT_OF_KIND = {"complaint": "file_complaint", "report": "file_complaint", "inquiry": "inquiry"}
STARTED = re.compile(r"Starting to train component '(\w+)'")
BRACKETS = str.maketrans("[]{}\\", "［］｛｝＼")  # Rasa reads these as marks of its own

Progress = Callable[[str], None]


def train(settings: Settings, *, force: bool = False, progress: Progress = lambda _line: None) -> tuple[str, ...]:
    """Train what is stale (``force``: both) and return the names of what was trained.

    ``progress`` gets one line for each step. Refusal if somebody else is training here, or if training fails.
    """
    with only_one(settings.home / "run" / "train.lock", _taken):
        models = fingerprint.MODELS if force else fingerprint.stale(settings)
        settings.models_dir.mkdir(parents=True, exist_ok=True)
        for model in models:
            made_from = fingerprint.fingerprint(model)
            {"reader": _train_reader, "bot": _train_bot}[model](settings, progress)
            fingerprint.remember(settings, model, made_from)
        return models


def is_stale(settings: Settings) -> bool:
    """Whether ``train`` has anything to do."""
    return fingerprint.is_stale(settings)


def _taken(holder: str) -> Refusal:
    return Conflict("already_training", f"另一个训练正在进行（进程 {holder}）：请等它结束后再试。")


def _train_reader(settings: Settings, progress: Progress) -> None:
    new = settings.home / "train" / "reader"
    shutil.rmtree(new, ignore_errors=True)
    new.parent.mkdir(parents=True, exist_ok=True)
    with threadpool_limits(limits=1):  # many small fits: threads would wait for each other most of the time
        reader_training.train(sorted(COMPLAINTS.glob("*.jsonl")), new, progress=progress)
    old = settings.reader_dir.with_name("reader.old")
    shutil.rmtree(old, ignore_errors=True)
    if settings.reader_dir.exists():
        settings.reader_dir.rename(old)
    new.rename(settings.reader_dir)
    shutil.rmtree(old, ignore_errors=True)


def _train_bot(settings: Settings, progress: Progress) -> None:
    folder = settings.home / "train"
    out, narratives, log = folder / "bot", folder / "data" / "narratives.yml", settings.home / "logs" / "train.log"
    narratives.parent.mkdir(parents=True, exist_ok=True)
    written = write_narratives(sorted(COMPLAINTS.glob("*.jsonl")), narratives)
    progress(f"机器人：{sum(written.values())} 段投诉叙述作为例句")
    data = ("nlu_data/intents", "nlu_data/lookups", "bot/dialogue", narratives.parent)
    command = (
        BOT_PYTHON,
        "-m",
        "rasa",
        "train",
        "--skip-validation",
        "--domain",
        "bot/domain",
        "--config",
        "config.yml",
        "--data",
        *data,
    )
    env = {**BOT_ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    with Children() as children, open_log(log) as kept:
        rasa = children.start(
            (*command, "--out", out, "--fixed-model-name", "bot"), cwd=ROOT, env=env, stdout=subprocess.PIPE
        )
        last = list[str]()
        for line in rasa.stdout or ():
            kept.write(line)
            last = [*last[-14:], line.decode(errors="replace").rstrip()]
            if started := STARTED.search(last[-1]):
                progress(f"机器人：{started[1]}")
        code = rasa.wait()
    made = out / "bot.tar.gz"
    if code or not made.is_file():
        raise Unavailable("training_failed", f"机器人训练失败（代码 {code}），日志 {log}：\n" + "\n".join(last))
    place = settings.models_dir / "bot" / "bot.tar.gz"
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, place)


def write_narratives(files: Iterable[Path], out: Path) -> Counter[str]:
    """Write the train lines of ``files`` as Rasa examples, personal data as tokens. Returns examples by intent."""
    examples: dict[str, list[str]] = {intent: [] for intent in dict.fromkeys(INTENT_OF_KIND.values())}
    for line in _lines(files):
        if line["split"] == "train" and (intent := INTENT_OF_KIND.get(line["kind"])):
            examples[intent].append(tokened(line["text"], line["fields"]))
    blocks = [f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
              for intent, texts in examples.items() if texts]  # fmt: skip
    new = out.with_suffix(".new")
    new.write_text('version: "3.1"\nnlu:\n' + "".join(blocks) if blocks else 'version: "3.1"\n', encoding="utf-8")
    new.replace(out)
    return Counter({intent: len(texts) for intent, texts in examples.items()})


def tokened(text: str, fields: Iterable[dict[str, Any]]) -> str:
    """The text as the bot would see it: personal spans as tokens, numbered by kind, the same words the same token."""
    tokens: dict[tuple[str, str], str] = {}
    pieces, end = [], 0
    for span in sorted(fields, key=lambda span: int(span["start"])):
        word = TOKEN_WORD.get(span["field"])
        if word is None or span["start"] < end:
            continue
        number = 1 + sum(kind == span["field"] for kind, _ in tokens)
        token = tokens.setdefault((span["field"], span["text"]), f"〔{word}{number}〕")
        pieces += [text[end : span["start"]], token]
        end = span["end"]
    return " ".join("".join([*pieces, text[end:]]).translate(BRACKETS).split())


def _lines(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())
