"""The draft: what a conversation has told so far. Pure values; the bot's tokens stand where personal data was.

draft | hear(reading of an utterance) | settle(decision of the bot)   -> draft
draft | judge(rulebook)                                              -> Judgement, each part with its clause
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from backend.guideline import categories, triggers
from backend.guideline.rulebook import Rulebook

GRIEVANCES = ("complaint", "report")
NARRATIVE = "narrative"


class ReadingLike(Protocol):
    """What the draft takes from a reading; see reading.values.Reading."""

    @property
    def kind(self) -> str: ...
    @property
    def kind_confidence(self) -> float: ...
    @property
    def ranking(self) -> Sequence[tuple[str, float]]: ...
    @property
    def triggers(self) -> Mapping[str, float]: ...
    @property
    def emotion(self) -> str: ...


class SpanLike(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def value(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One utterance that told of the grievance, tokened; ``seq`` is its line in the transcript."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Evidence: the customer's words at ``start:end`` of line ``seq`` that carried the verdict ``label``."""

    label: str
    seq: int
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Draft:
    """``fields`` are the bot's slots after its last answer; ``heard`` are facts of turns that got no answer yet."""

    ordinal: int = 1
    epoch: int = 0
    attempts: int = 0
    active: bool = False
    asked: str | None = None
    misses: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    narrative: tuple[Piece, ...] = ()
    kind: str | None = None
    kind_confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    triggers: Mapping[str, float] = field(default_factory=dict)
    emotion: str | None = None
    emotion_peak: str | None = None
    marks: tuple[Mark, ...] = ()
    numbers: tuple[str, ...] = ()
    filed_turn: int = 0
    withdrawn_turn: int = 0
    withdrawn: str | None = None
    registered: str | None = None

    @property
    def tells_grievance(self) -> bool:
        return bool(self.narrative) and self.kind in GRIEVANCES

    @property
    def story(self) -> str:
        """Everything told of the grievance, tokened, in the order it was said."""
        return "\n".join(piece.text for piece in self.narrative)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rulebook's word on a draft."""

    category: categories.CategoryVerdict
    triggers: tuple[triggers.TriggerVerdict, ...]


def from_dict(raw: Mapping[str, Any]) -> Draft:
    """The reverse of ``Draft.to_dict`` after a way through JSON."""
    return Draft(
        **{
            **raw,
            "refused": tuple(raw["refused"]),
            "narrative": tuple(Piece(**piece) for piece in raw["narrative"]),
            "ranking": tuple((name, share) for name, share in raw["ranking"]),
            "marks": tuple(Mark(**mark) for mark in raw["marks"]),
            "numbers": tuple(raw["numbers"]),
        }
    )


def hear(
    draft: Draft, reading: ReadingLike, *, seq: int, text: str, spans: Iterable[SpanLike], marks: Iterable[Mark],
    levels: Sequence[str],
) -> Draft:  # fmt: skip
    """Take in one utterance (tokened ``text`` and ``spans``). Hearing the same line again changes nothing.

    ``levels``: emotions from mild to strong. Verdicts on kind and triggers only ever come from utterances that tell
    of a grievance; a later small talk does not turn a complaint into an inquiry.
    """
    spans = tuple(spans)
    heard = {**draft.heard, **{span.field: span.value for span in spans if span.field != NARRATIVE}}
    tells = any(span.field == NARRATIVE for span in spans)
    known = any(piece.seq == seq for piece in draft.narrative)
    peak = max((draft.emotion_peak or levels[0], reading.emotion), key=levels.index)
    changed = replace(
        draft,
        heard=heard,
        emotion=reading.emotion,
        emotion_peak=peak,
        triggers={name: max(share, draft.triggers.get(name, 0.0)) for name, share in reading.triggers.items()},
    )
    if known or not (tells or not draft.narrative):
        return changed
    changed = replace(changed, kind=reading.kind, kind_confidence=reading.kind_confidence)
    if not tells:
        return changed
    return replace(
        changed,
        narrative=(*draft.narrative, Piece(seq, text)),
        ranking=tuple(reading.ranking),
        marks=(*draft.marks, *marks),
        kind=draft.kind if draft.kind in GRIEVANCES else reading.kind,
    )


def before(draft: Draft, seq: int) -> Draft:
    """The draft without what line ``seq`` and later ones told: a turn that is taken again hears them anew."""
    return replace(
        draft,
        narrative=tuple(piece for piece in draft.narrative if piece.seq < seq),
        marks=tuple(mark for mark in draft.marks if mark.seq < seq),
    )


def rank_again(draft: Draft, ranking: Sequence[tuple[str, float]]) -> Draft:
    """The category ranking of the whole story, once it has more than one piece."""
    return replace(draft, ranking=tuple(ranking))


def settle(
    draft: Draft, *, slots: Mapping[str, str], refused: Iterable[str], asked: str | None, active: bool, misses: int
) -> Draft:
    """The bot has answered: its slots are the fields now."""
    return replace(
        draft, fields=dict(slots), heard={}, refused=tuple(refused), asked=asked, active=active, misses=misses,
        attempts=0,
    )  # fmt: skip


def fail(draft: Draft) -> Draft:
    """The bot has not answered: its late answer, should one come, must count for nothing (a new epoch)."""
    return replace(draft, epoch=draft.epoch + 1, attempts=draft.attempts + 1)


def give_up(draft: Draft) -> Draft:
    """No more tries: what was heard stands as it was heard, for a person or a later turn."""
    return replace(draft, fields={**draft.fields, **draft.heard}, heard={}, attempts=0)


def after(draft: Draft, *, number: str | None = None, turn: int = 0) -> Draft:
    """The draft of what may come next: the complaint was filed under ``number`` in ``turn``, or let go (None)."""
    return Draft(
        ordinal=draft.ordinal + 1,
        epoch=draft.epoch,
        emotion=draft.emotion,
        emotion_peak=draft.emotion_peak,
        numbers=draft.numbers if number is None or number in draft.numbers else (*draft.numbers, number),
        filed_turn=turn or draft.filed_turn,
    )


def judge(draft: Draft, rulebook: Rulebook) -> Judgement:
    """Category and triggers by the rulebook, each with its clause."""
    return Judgement(categories.judge(draft.ranking, rulebook), tuple(triggers.judge(draft.triggers, rulebook)))
