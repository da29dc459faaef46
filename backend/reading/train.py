"""Training: labelled narratives in, one model out. The same data give the same model.

read | features | weights | calibrate on unseen folds | save
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from backend.reading.cues import SITUATIONS
from backend.reading.features import Features
from backend.reading.folding import fold
from backend.reading.heads import Head, Heads
from backend.reading.pipeline import build
from backend.reading.segmenting import read_lexicon

LEXICON = Path(__file__).resolve().parents[2] / "nlu_data" / "lexicon"
#: The single-choice heads and the key of their label in a line of data; triggers are judged one by one.
CHOICES = ("kind", "category", "emotion")
FOLDS = 5
STRENGTH = 6.0
#: How much a head makes of situations and of topics, beside n-grams (chosen by cross-validation).
EMPHASIS = {"kind": (1.0, 1.0), "category": (1.0, 1.0), "emotion": (1.6, 0.0), "triggers": (1.2, 0.0)}
#: What a text without a word in it counts as, for the heads that must not guess from little.
SILENT = {"emotion": "calm", "triggers": ""}
SILENCES = 20

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled line. `story` is what must not be split between folds."""

    id: str
    text: str
    channel: str
    split: str
    story: str
    labels: dict[str, str]
    triggers: frozenset[str]
    fields: tuple[tuple[str, int, int], ...]


def read_examples(files: Sequence[Path]) -> list[Example]:
    """All lines in the order of the files. ValueError names the line that cannot be used."""
    return [example for file in files for example in _read_file(file)]


def train(data: Sequence[Path], out: Path, *, progress: Progress = lambda _line: None, lexicon: Path = LEXICON) -> None:
    """Train on the `train` lines of `data` and write the model to the folder `out`."""
    examples = [example for example in read_examples(data) if example.split == "train"]
    if not examples:
        raise ValueError("there is no line to train on")
    progress(f"阅读模型：{len(examples)} 段投诉叙述")
    features = Features.fit(fold(example.text) for example in examples)
    nlp = build(read_lexicon(lexicon))
    nlp.get_pipe("anfu_heads").__dict__.update(fit(examples, features, progress=progress).__dict__)
    nlp.to_disk(out)
    progress(f"阅读模型：已写入 {out.name}")


def fit(examples: Sequence[Example], features: Features, *, progress: Progress = lambda _line: None) -> Heads:
    """Weights from all examples, calibration from folds that keep a story together."""
    matrix = as_matrix(features, [example.text for example in examples])
    groups = [example.story for example in examples]
    heads: list[Head] = []
    parts: list[tuple[NDArray[Any], ...]] = []
    first = 0
    for name in (*CHOICES, "triggers"):
        progress(f"阅读模型：{name}")
        labels = labels_of(examples, name)
        targets = targets_of(examples, name, labels)
        head = Head(name, labels, first, name in CHOICES)
        emphasis = emphasis_of(name, features)
        own = matrix @ diags(emphasis)
        weights, bias = fit_head(*with_silence(own, targets, head), head)
        weights = weights * emphasis[:, np.newaxis]
        unseen = out_of_fold(own, targets, head, groups)
        scale, shift = calibrate(unseen, targets, head)
        heads.append(head)
        parts.append((weights, bias, scale, shift))
        first += len(labels)
    arrays = [np.concatenate(part, axis=-1).astype(np.float32) for part in zip(*parts, strict=True)]
    return Heads(features, heads, *arrays)


def labels_of(examples: Sequence[Example], name: str) -> tuple[str, ...]:
    """Every label of a head that the data know, sorted."""
    if name == "triggers":
        return tuple(sorted({trigger for example in examples for trigger in example.triggers}))
    return tuple(sorted({example.labels[name] for example in examples}))


def targets_of(examples: Sequence[Example], name: str, labels: Sequence[str]) -> NDArray[np.int64]:
    """0/1 of shape (examples, labels)."""
    if name == "triggers":
        return np.array([[label in example.triggers for label in labels] for example in examples], dtype=np.int64)
    return np.array([[label == example.labels[name] for label in labels] for example in examples], dtype=np.int64)


def emphasis_of(name: str, features: Features) -> NDArray[np.float64]:
    """The factor of each feature, shape (features.width,)."""
    situations, topics = EMPHASIS[name]
    cues = [situations if cue in SITUATIONS else topics for cue in features.cues]
    return np.array([1.0] * len(features.vocabulary) + cues)


def as_matrix(features: Features, texts: Sequence[str]) -> csr_matrix:
    """Sparse, shape (texts, features.width)."""
    rows = [features(fold(text))[:2] for text in texts]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    return csr_matrix(
        (np.concatenate([values for _, values in rows]), np.concatenate([columns for columns, _ in rows]), starts),
        shape=(len(texts), features.width),
    )


def with_silence(matrix: csr_matrix, targets: NDArray[np.int64], head: Head) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Add texts that say nothing: they have no trigger and the mildest emotion, so bare answers stay quiet."""
    if head.name not in SILENT:
        return matrix, targets
    quiet = np.zeros((SILENCES, targets.shape[1]), dtype=np.int64)
    if mildest := SILENT[head.name]:
        quiet[:, head.labels.index(mildest)] = 1
    silence = csr_matrix((SILENCES, matrix.shape[1]))
    return vstack([matrix, silence]).tocsr(), np.vstack([targets, quiet])


def fit_head(matrix: csr_matrix, targets: NDArray[np.int64], head: Head) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights (features, labels) and biases (labels,)."""
    if head.chooses:
        return _fit_choice(matrix, targets.argmax(axis=1), len(head.labels))
    columns = [_fit_choice(matrix, targets[:, label], 2) for label in range(len(head.labels))]
    return (
        np.stack([weights[:, 1] - weights[:, 0] for weights, _ in columns], axis=1),
        np.array([bias[1] - bias[0] for _, bias in columns]),
    )


def _fit_choice(matrix: csr_matrix, chosen: NDArray[np.int64], size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Softmax regression; a label without an example in this fold stays far below the others."""
    weights, bias = np.zeros((matrix.shape[1], size)), np.full(size, -10.0)
    present = np.unique(chosen)
    if len(present) == 1:
        bias[present[0]] = 0.0
        return weights, bias
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=400, tol=1e-3).fit(matrix, chosen)
    if len(present) == 2:
        weights[:, present[1]], bias[present] = model.coef_[0], (0.0, model.intercept_[0])
    else:
        weights[:, present], bias[present] = model.coef_.T, model.intercept_
    return weights, bias


def out_of_fold(
    matrix: csr_matrix, targets: NDArray[np.int64], head: Head, groups: Sequence[str]
) -> NDArray[np.float64]:
    """Margins of every example from weights that never saw its story."""
    margins = np.zeros(targets.shape)
    folds = min(FOLDS, len(set(groups)))
    if folds < 2:
        return margins
    for seen, unseen in GroupKFold(folds).split(matrix, groups=groups):
        weights, bias = fit_head(*with_silence(matrix[seen], targets[seen], head), head)
        margins[unseen] = matrix[unseen] @ weights + bias
    return margins


def calibrate(
    margins: NDArray[np.float64], targets: NDArray[np.int64], head: Head
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One temperature for a choice; a slope and a shift (Platt) for each independent label."""
    if head.chooses:
        return np.full(len(head.labels), _temperature(margins, targets)), np.zeros(len(head.labels))
    pairs = [_platt(margins[:, label], targets[:, label]) for label in range(len(head.labels))]
    return np.array([scale for scale, _ in pairs]), np.array([shift for _, shift in pairs])


def _temperature(margins: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    def loss(log_scale: float) -> float:
        scaled = margins * np.exp(log_scale)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log_shares = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float((log_shares * targets).sum()) / len(targets)

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def _platt(margins: NDArray[np.float64], targets: NDArray[np.int64]) -> tuple[float, float]:
    """A logistic line through the unseen margins; as it is where there are too few of one side."""
    if targets.sum() < 2 or len(targets) - targets.sum() < 2:
        return 1.0, 0.0
    line = LogisticRegression(C=10.0).fit(margins.reshape(-1, 1), targets)
    slope = float(line.coef_[0, 0])
    return (slope, float(line.intercept_[0])) if slope > 0 else (1.0, 0.0)


def _read_file(file: Path) -> Iterator[Example]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield _example(json.loads(line))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{file.name}:{number}: {error}") from error


def _example(raw: dict[str, Any]) -> Example:
    return Example(
        id=raw["id"],
        text=raw["text"],
        channel=raw.get("channel", "web_chat"),
        split=raw.get("split", "train"),
        story=f"{raw.get('author', '')}/{raw.get('topic') or raw['id']}",
        labels={name: str(raw[name]) for name in CHOICES},
        triggers=frozenset(raw["triggers"]),
        fields=tuple((one["field"], int(one["start"]), int(one["end"])) for one in raw["fields"]),
    )
