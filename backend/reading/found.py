"""What a finder hands over, and how rivals for the same words are settled."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backend.reading.values import CLAUSES, Whose


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance, folded, with what the conversation knows about it.

    `asked` is the field the customer was just asked for, `heard_at` an aware moment in Asia/Shanghai,
    `words` the segmentation, start -> end.
    """

    text: str
    asked: str | None
    heard_at: datetime
    words: Mapping[int, int] = field(default_factory=dict)

    def before(self, index: int, width: int = 8) -> str:
        """The few words in front of a place, not reaching over the end of a sentence."""
        lead = self.text[max(0, index - width) : index]
        return lead[max(lead.rfind(mark) for mark in "。！？；!?;") + 1 :]

    def after(self, index: int, width: int = 8) -> str:
        """The few words behind a place."""
        return self.text[index : index + width]

    def word_end(self, index: int) -> int:
        """Where the word that begins here ends; `index` itself inside a word."""
        return self.words.get(index, index)


@dataclass(frozen=True, slots=True)
class Found:
    """A fact found at `[start, end)`. Of two that overlap the higher `rank` stays, then the longer one."""

    field: str
    start: int
    end: int
    value: str
    rank: int
    whose: Whose | None = None


def settle(found: Iterable[Found]) -> Iterator[Found]:
    """In the order of the text, without overlaps among plain facts and without overlaps within one clause field."""
    kept: list[Found] = []
    taken: dict[str, set[int]] = {}
    for new in sorted(found, key=lambda f: (-f.rank, f.start - f.end, f.start, f.field)):
        places = range(new.start, new.end)
        room = taken.setdefault(new.field if new.field in CLAUSES else "", set())
        if places and room.isdisjoint(places):
            room.update(places)
            kept.append(new)
    yield from sorted(kept, key=lambda f: (f.start, -f.end, f.field))
