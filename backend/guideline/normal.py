"""One form for texts that should count as the same: width, script, case, and whatever is put between characters.

    不 可 能 · 不.可.能 · 不\\u200b可能 · 不—可—能 -> 不可能
    責任不在我公司 -> 责任不在我公司

Each character of the normalised text knows where it came from, and what stood before it: nothing, a separator that
means nothing, a mark between clauses (，、：) or one between sentences (。！？；, a new line).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

NOTHING, SEPARATOR, CLAUSE, SENTENCE = range(4)

_CLAUSE_MARKS = frozenset(",、:")
_SENTENCE_MARKS = frozenset(".。!?;…\n\r")


@dataclass(frozen=True, slots=True)
class Normal:
    """``text``: the normalised text. ``origin[i]``: index in the original of its i-th character. ``gaps[i]``: what
    stood between character i - 1 and character i; ``gaps[0]`` is what stood before the first."""

    text: str
    origin: tuple[int, ...]
    gaps: tuple[int, ...]

    def broken(self, start: int, end: int, mark: int) -> bool:
        """Whether a mark at least this strong stands inside ``text[start:end]``."""
        return any(gap >= mark for gap in self.gaps[start + 1 : end])

    def spaced_out(self, start: int, end: int) -> bool:
        """Whether something stands between every two characters of ``text[start:end]``: written so on purpose."""
        return end - start > 1 and all(gap != NOTHING for gap in self.gaps[start + 1 : end])


def normalise(text: str, traditional: Mapping[str, str]) -> Normal:
    """NFKC, lower case, simplified (by ``traditional``), letters and digits of any script only."""
    kept: list[str] = []
    origin: list[int] = []
    gaps: list[int] = []
    gap = NOTHING
    for index, written in enumerate(text):
        for character in unicodedata.normalize("NFKC", written).lower():
            # emoji and signs are letters to nobody: only letters, digits and numerals (L*, N*) count
            if unicodedata.category(character)[0] in "LN":
                kept.append(traditional.get(character, character))
                origin.append(index)
                gaps.append(gap)
                gap = NOTHING
            else:
                gap = max(gap, _strength(text, index, character))
    return Normal("".join(kept), tuple(origin), tuple(gaps))


def _strength(text: str, index: int, character: str) -> int:
    if character in _SENTENCE_MARKS:
        # a full stop of the Latin keyboard ends a sentence only before a space or the end: 不.可.能
        following = text[index + 1 : index + 2]
        dotted = text[index] == "." and following and not following.isspace()
        return SEPARATOR if dotted else SENTENCE
    return CLAUSE if character in _CLAUSE_MARKS else SEPARATOR
