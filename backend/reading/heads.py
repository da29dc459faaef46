"""The four heads as one spaCy component: kind, category, triggers, emotion, with the words that carried them.

One sparse vector, one weight matrix. A head that `chooses` picks one label (softmax), the others judge each label
by itself (sigmoid); scores are calibrated by `scale` and `shift` found on folds the weights had not seen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from backend.reading.features import Features
from backend.reading.values import Evidence

VERDICTS = "anfu_verdicts"
#: A trigger at least this likely shows its words; no threshold of the rulebook lies below.
LIKELY = 0.25
_COVERED, _PIECES = 0.6, 3


@dataclass(frozen=True, slots=True)
class Head:
    """`labels[i]` is column `first + i` of the weight matrix."""

    name: str
    labels: tuple[str, ...]
    first: int
    chooses: bool

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + len(self.labels))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Probabilities by head and label, and the evidence of what was decided."""

    scores: Mapping[str, Mapping[str, float]]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Every place of every feature: `owner[i]` covers `[start[i], end[i])`, `part[i]` of it on each character."""

    owner: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    part: NDArray[np.float64]
    length: int

    @classmethod
    def over(cls, places: Sequence[Sequence[tuple[int, int]]], length: int) -> "Spread":
        rows = [(owner, start, end, len(spots)) for owner, spots in enumerate(places) for start, end in spots]
        owner, start, end, count = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        return cls(owner, start, end, 1.0 / (count * np.maximum(end - start, 1)), length)

    def heat(self, shares: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each character carries of the features' shares, shape (length,)."""
        each = shares[self.owner] * self.part
        rise = np.bincount(self.start, each, self.length + 1) - np.bincount(self.end, each, self.length + 1)
        return np.cumsum(rise)[: self.length]


class Heads:
    """Weights of shape (features, labels), biases, scales and shifts of shape (labels,)."""

    def __init__(
        self,
        features: Features | None = None,
        heads: Sequence[Head] = (),
        weights: NDArray[np.float32] | None = None,
        bias: NDArray[np.float32] | None = None,
        scale: NDArray[np.float32] | None = None,
        shift: NDArray[np.float32] | None = None,
    ) -> None:
        empty = np.zeros(0, dtype=np.float32)
        self.features = features or Features({}, empty, (), 0.0)
        self.heads = tuple(heads)
        self.weights = np.zeros((0, 0), dtype=np.float32) if weights is None else weights
        self.bias = empty if bias is None else bias
        self.scale = empty if scale is None else scale
        self.shift = empty if shift is None else shift

    def __call__(self, doc: Doc) -> Doc:
        text = doc.text
        columns, values, places = self.features(text)
        rows = self.weights[columns]
        margins = (values @ rows + self.bias) * self.scale + self.shift
        scores = {head.name: _probabilities(head, margins[head.columns]) for head in self.heads}
        words = [(token.idx, token.idx + len(token)) for token in doc]
        spread = Spread.over(places, len(text))
        evidence: list[Evidence] = []
        for head in self.heads:
            for label in _decided(head, scores[head.name]):
                shares = values * _for_label(rows[:, head.columns], head, label)
                evidence.extend(_evidence(label, text, words, spread.heat(shares)))
        doc.user_data[VERDICTS] = Verdicts(scores, tuple(evidence))
        return doc

    def to_disk(self, path: str | Path, **_: Any) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        meta = {"features": self.features.to_dict(), "heads": [asdict(head) for head in self.heads]}
        (folder / "heads.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "weights.npz",
            idf=self.features.idf, weights=self.weights, bias=self.bias, scale=self.scale, shift=self.shift,
        )  # fmt: skip

    def from_disk(self, path: str | Path, **_: Any) -> "Heads":
        """Read what `to_disk` wrote; arrays only, nothing that could run (allow_pickle stays off)."""
        folder = Path(path)
        meta = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            self.features = Features.from_dict(meta["features"], arrays["idf"])
            self.weights, self.bias = arrays["weights"], arrays["bias"]
            self.scale, self.shift = arrays["scale"], arrays["shift"]
        self.heads = tuple(
            Head(raw["name"], tuple(raw["labels"]), raw["first"], raw["chooses"]) for raw in meta["heads"]
        )
        return self


@Language.factory("anfu_heads")
def create_heads(nlp: Language, name: str) -> Heads:
    """Empty; the weights come from disk or from training."""
    return Heads()


def _probabilities(head: Head, margins: NDArray[np.float32]) -> dict[str, float]:
    if head.chooses:
        powers = np.exp(margins - margins.max())
        shares = powers / powers.sum()
    else:
        shares = 1 / (1 + np.exp(-np.clip(margins, -50, 50)))
    return {label: float(share) for label, share in zip(head.labels, shares, strict=True)}


def _decided(head: Head, scores: Mapping[str, float]) -> list[str]:
    """The labels that need words: the choice, or every likely one."""
    if head.chooses:
        return [max(scores, key=lambda label: scores[label])]
    return [label for label, score in scores.items() if score >= LIKELY]


def _for_label(rows: NDArray[np.float32], head: Head, label: str) -> NDArray[np.float32]:
    """How much each feature speaks for this label rather than for the others of its head."""
    own: NDArray[np.float32] = rows[:, head.labels.index(label)]
    return own - rows.mean(axis=1) if head.chooses else own


def _evidence(label: str, text: str, words: Sequence[tuple[int, int]], heat: NDArray[np.float64]) -> list[Evidence]:
    """Gather the characters into words, keep the words that carry most of it, join neighbours."""
    upto = np.concatenate([[0.0], np.cumsum(heat)])
    warm = [(start, end, float(upto[end] - upto[start])) for start, end in words]
    speaking = [word for word in warm if word[2] > 0 and text[word[0] : word[1]].isalnum()]
    total = sum(word[2] for word in speaking)
    chosen: list[tuple[int, int, float]] = []
    carried = 0.0
    for word in sorted(speaking, key=lambda w: (-w[2], w[0])):
        if carried >= _COVERED * total or len(chosen) >= 2 * _PIECES:
            break
        chosen.append(word)
        carried += word[2]
    pieces = sorted(_joined(sorted(chosen), text), key=lambda piece: (-piece[2], piece[0]))[:_PIECES]
    return [Evidence(label, start, end, weight / total) for start, end, weight in sorted(pieces)]


def _joined(words: Sequence[tuple[int, int, float]], text: str) -> list[tuple[int, int, float]]:
    """Words with at most two ordinary characters between them read as one piece."""
    pieces: list[tuple[int, int, float]] = []
    for start, end, weight in words:
        if pieces and start - pieces[-1][1] <= 2 and (text[pieces[-1][1] : start] or "一").isalnum():
            first, _, before = pieces.pop()
            pieces.append((first, end, before + weight))
        else:
            pieces.append((start, end, weight))
    return pieces
