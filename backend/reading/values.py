"""What the reader answers with: frozen values, free of any library.

Offsets count code points of the text as the customer sent it: `text[span.start:span.end] == span.text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Whose = Literal["customer", "employee"]

#: Fields whose words identify a person (or open an account): they are tokened before anyone else reads them.
PERSONAL: frozenset[str] = frozenset(
    {"name", "employee", "phone", "account", "id_card", "bank_card", "email", "address", "secret"}
)

#: Fields that cover whole clauses and may therefore contain other spans. All other spans never overlap.
CLAUSES: frozenset[str] = frozenset({"demand", "narrative", "reported_elsewhere", "contact_hours", "evidence"})


@dataclass(frozen=True, slots=True)
class Span:
    """One fact.

    `value` is the normalised form: digits of a phone, card or account; `YYYY-MM-DD` or
    `YYYY-MM-DDTHH:MM` (Asia/Shanghai) of a time, or its words where no day can be told; a decimal
    string in yuan of an amount, or its words (好几万). An empty value means: personal, so it must be
    masked, but not usable as an answer (a mobile number with a digit missing, an order number).
    `whose` is None where the words do not say, or speak of a third person.
    """

    field: str
    start: int
    end: int
    text: str
    value: str
    whose: Whose | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that carried a verdict. `weight` is their share of all that spoke for it, 0 to 1."""

    label: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one utterance.

    `ranking` lists every category once, most probable first, probabilities adding up to 1.
    `triggers` and `emotion_scores` name every label of their head; triggers are independent of each
    other. All probabilities are calibrated: of ten verdicts at 0.7, about seven should be right.
    """

    text: str
    spans: tuple[Span, ...]
    kind: str
    kind_confidence: float
    ranking: tuple[tuple[str, float], ...]
    triggers: Mapping[str, float]
    emotion: str
    emotion_scores: Mapping[str, float]
    evidence: tuple[Evidence, ...]

    @property
    def category(self) -> str:
        """The most probable category."""
        return self.ranking[0][0]

    @property
    def urgent(self) -> tuple[str, ...]:
        """The triggers more likely than not, most probable first."""
        likely = [(p, name) for name, p in self.triggers.items() if p >= 0.5]
        return tuple(name for _, name in sorted(likely, key=lambda pair: (-pair[0], pair[1])))

    def to_dict(self) -> dict[str, Any]:
        """The line `anfu read` writes, without its id."""
        return {
            "kind": self.kind,
            "category": self.category,
            "ranking": [{"category": name, "probability": round(p, 4)} for name, p in self.ranking],
            "urgent": list(self.urgent),
            "emotion": self.emotion,
            "fields": [
                {"field": s.field, "text": s.text, "value": s.value, "start": s.start, "end": s.end, "whose": s.whose}
                for s in self.spans
            ],
            "evidence": [
                {
                    "label": e.label,
                    "text": self.text[e.start : e.end],
                    "start": e.start,
                    "end": e.end,
                    "weight": round(e.weight, 3),
                }
                for e in self.evidence
            ],
        }
