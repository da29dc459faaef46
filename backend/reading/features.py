"""What the heads see of a text: weighted character n-grams (1 to 4) and cues, each with the places it came from.

Digits count as one sign, vault tokens and blanks as nothing, so a name, a number or a pause never carries a verdict.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.reading.cues import CUES

LONGEST = 4
#: The weight of a cue beside a text whose n-grams together weigh 1.
CUE_WEIGHT = 0.25
#: A text with less than this share of the usual n-gram mass speaks with a lower voice: 昨天下午 must not sound sure.
QUIET = 0.5
_LONG_NUMBER = re.compile(r"\d{7,}")
_TOKEN = re.compile(r"〔[^〕]{1,8}〕")
_SKIPPED = re.compile(r"\s")


class Features:
    """`vocabulary` maps an n-gram to its column; the columns of the cues follow behind."""

    def __init__(self, vocabulary: dict[str, int], idf: NDArray[np.float32], cues: Sequence[str], floor: float) -> None:
        self.vocabulary = vocabulary
        self.idf = idf
        self.cues = tuple(cues)
        self.floor = floor

    @property
    def width(self) -> int:
        return len(self.vocabulary) + len(self.cues)

    @classmethod
    def fit(cls, texts: Iterable[str], *, least: int = 2) -> "Features":
        """Learn the n-grams that stand in at least `least` of the folded texts."""
        texts = list(texts)
        count = len(texts)
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update({gram for gram, _ in _grams(text)})
        kept = sorted(gram for gram, times in seen.items() if times >= least)
        idf = np.array([math.log((1 + count) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float32)
        fitted = cls({gram: column for column, gram in enumerate(kept)}, idf, sorted(CUES), 0.0)
        fitted.floor = QUIET * float(np.median([fitted._weigh(fitted._find(text))[1] for text in texts]))
        return fitted

    def __call__(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32], list[list[tuple[int, int]]]]:
        """Columns, their values, and for each column the places `[start, end)` in the folded text."""
        places = self._find(text)
        columns = list(places)
        values, norm = self._weigh(places)
        values = values / max(norm, self.floor, 1e-6)
        text = _LONG_NUMBER.sub(lambda match: "0" * len(match[0]), text)  # a 119 inside a telephone number is no fire
        for offset, name in enumerate(self.cues):
            if found := [match.span() for match in CUES[name].finditer(text)]:
                column = len(self.vocabulary) + offset
                places[column] = found
                columns.append(column)
                values = np.append(values, np.float32(CUE_WEIGHT))
        return np.array(columns, dtype=np.int64), values.astype(np.float32), [places[c] for c in columns]

    def _find(self, text: str) -> dict[int, list[tuple[int, int]]]:
        """The places of each known n-gram, by column."""
        places: dict[int, list[tuple[int, int]]] = {}
        for gram, place in _grams(text):
            column = self.vocabulary.get(gram)
            if column is not None:
                places.setdefault(column, []).append(place)
        return places

    def _weigh(self, places: dict[int, list[tuple[int, int]]]) -> tuple[NDArray[np.float32], float]:
        """TF-IDF in the order of `places`, and its norm."""
        counts = np.array([1 + math.log(len(spots)) for spots in places.values()], dtype=np.float32)
        values = counts * self.idf[list(places)]
        return values, float(np.linalg.norm(values))

    def to_dict(self) -> dict[str, Any]:
        return {"vocabulary": list(self.vocabulary), "cues": list(self.cues), "floor": self.floor}

    @classmethod
    def from_dict(cls, raw: dict[str, Any], idf: NDArray[np.float32]) -> "Features":
        """KeyError if the model was trained with a cue that no longer exists: it must be trained again."""
        if missing := set(raw["cues"]) - set(CUES):
            raise KeyError(f"the model knows cues that are gone: {sorted(missing)}")
        return cls({gram: column for column, gram in enumerate(raw["vocabulary"])}, idf, raw["cues"], raw["floor"])


def _grams(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each n-gram with its place; repeated signs (！！！！) count twice at most."""
    hidden = {place for match in _TOKEN.finditer(text) for place in range(*match.span())}
    signs: list[str] = []
    spots: list[int] = []
    for place, char in enumerate(text):
        if place in hidden or _SKIPPED.match(char):
            continue
        sign = "0" if char.isdigit() else char
        if signs[-2:] == [sign, sign]:
            continue
        signs.append(sign)
        spots.append(place)
    line = "".join(signs)
    for size in range(1, LONGEST + 1):
        for first in range(len(line) - size + 1):
            yield line[first : first + size], (spots[first], spots[first + size - 1] + 1)
