"""A conversation as the desk shows it: who said what, with the words marked that a judgement rests on.

    lines in the clear, lines as shown, marks | the marked words | where they stand in what is shown -> Spoken

Marks count characters of the line in the clear; what is shown may be masked and so shorter or longer. The marked words
are looked for in what is shown, and left unmarked where masking has changed them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.guideline.rulebook import Rulebook
from backend.transcripts.values import Audience, Line

SPEAKERS = {"customer": "客户", "bot": "智能客服", "agent": "人工客服", "system": "系统"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line; ``why`` names what they are evidence of, empty for plain words."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the conversation. ``internal``: the customer cannot see it."""

    seq: int
    sender: str
    speaker: str
    at: datetime
    pieces: tuple[Piece, ...]
    internal: bool


def spoken(
    clear: Sequence[Line], shown: Sequence[Line], evidence: Iterable[Mapping[str, Any]], rulebook: Rulebook
) -> tuple[Spoken, ...]:
    """``evidence``: mappings with ``label``, ``seq``, ``start``, ``end``; what does not fit its line is left out."""
    said = {line.seq: line.text for line in clear}
    found: dict[int, dict[str, str]] = {}
    for mark in evidence:
        words = said.get(mark["seq"], "")[mark["start"] : mark["end"]].strip()
        if words:
            found.setdefault(mark["seq"], {}).setdefault(words, label_of(str(mark["label"]), rulebook))
    return tuple(
        Spoken(
            line.seq,
            line.sender,
            SPEAKERS.get(line.sender, line.sender),
            line.at,
            pieces(line.text, found.get(line.seq, {})),
            line.audience is Audience.STAFF,
        )
        for line in shown
    )


def pieces(text: str, marks: Mapping[str, str]) -> tuple[Piece, ...]:
    """``text`` cut at the marked words; where two overlap the earlier, then the longer one is kept."""
    places = sorted((text.find(words), -len(words), words) for words in marks if words in text)
    cut, upto = [], 0
    for start, _, words in places:
        if start < upto:
            continue
        if start > upto:
            cut.append(Piece(text[upto:start]))
        cut.append(Piece(words, marks[words]))
        upto = start + len(words)
    if upto < len(text) or not cut:
        cut.append(Piece(text[upto:]))
    return tuple(cut)


def label_of(word: str, rulebook: Rulebook) -> str:
    """The Chinese name of a category, trigger, kind or emotion; a word of another table as it is."""
    for table in (rulebook.categories, rulebook.triggers, rulebook.kinds, rulebook.emotions):
        if word in table:
            return table[word].label
    return word
