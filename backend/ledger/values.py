"""What goes into the ledger and what comes out of it: frozen values, no tables, no session."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backend.errors import Unprocessable
from backend.ledger.life.values import Life

WORD = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """Everything known when a complaint is registered.

    ``source_key`` is the idempotency key (conversation + ordinal, call id, import row). ``fields`` maps field ids of
    the vocabulary to plain values (no tokens). ``refused``: fields the customer would not give. ``evidence``: dicts
    with ``label`` and where the customer's words stand. ``incomplete``: registered as 待补充.
    """

    source_key: str
    channel: str
    kind: str
    category: str | None
    category_certain: bool
    emotion: str
    received_at: datetime
    rulebook_version: str
    conversation_id: str | None = None
    secondary: tuple[str, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    triggers: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    narrative: str = ""
    evidence: Sequence[Mapping[str, Any]] = ()
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the customer is told. ``due_on``: end of the binding deadline; projected as if accepted today until it is.

    ``days`` is the length of that deadline in working days. ``created`` is False when the same key came again.
    """

    number: str
    complaint_id: int
    kind: str
    category: str | None
    category_label: str
    stage: str
    unit_name: str
    first_responder_name: str
    due_on: date
    days: int
    created: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the stage table as this person sees it: ``reason`` says why not (or why), with its clause."""

    act: str
    label: str
    allowed: bool
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """A deadline with its reason. ``provisional``: may still move; not ``confirmed``: 待合规确认."""

    name: str
    label: str
    due_at: datetime
    clause: str
    why: str
    provisional: bool
    confirmed: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    id: int
    what: str
    clause: str
    owner: str
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrailView:
    """One line of the history: 「李强 受理了投诉」, and the free text that came with it, if any."""

    seq: int
    at: datetime
    who: str
    sentence: str
    tag: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A fact of the complaint as it may be shown: ``value`` is masked where ``personal`` unless revealed."""

    id: str
    label: str
    value: str
    personal: bool
    refused: bool = False


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person of the house who can be chosen or named."""

    id: int
    name: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. ``days_left``: working days until due (negative: overdue), None without a clock."""

    number: str
    version: int
    kind: str
    kind_label: str
    category: str | None
    category_label: str
    category_certain: bool
    triggers: tuple[tuple[str, str], ...]  # (id, label)
    emotion: str
    emotion_label: str
    stage: str
    stage_label: str
    incomplete: bool
    urgent: bool
    channel: str
    channel_label: str
    name: str  # masked
    received_at: datetime
    due_at: datetime | None
    days_left: int | None
    overdue: bool
    unit_name: str
    first_responder: str
    handler: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a queue; ``page`` counts from 1."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    size: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a queue. ``q``: a complaint number, or the exact name or phone. Dates are local days of receipt."""

    category: str | None = None
    trigger: str | None = None
    channel: str | None = None
    unit: str | None = None  # rulebook id of the unit
    q: str | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        for word in (self.category, self.trigger, self.channel, self.unit):
            if word and not WORD.fullmatch(word):
                raise Unprocessable("bad_filter", "筛选条件含有未知内容，请从列表中重新选择。")


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """Everything the desk shows of one complaint to one person; personal values are masked unless ``revealed``."""

    row: Row
    conversation_id: str | None
    rulebook_version: str
    category_clause: str
    secondary: tuple[tuple[str, str], ...]
    ranking: tuple[tuple[str, str, float], ...]  # (id, label, share)
    trigger_clauses: tuple[tuple[str, str, str], ...]  # (id, label, clause)
    registered_at: datetime
    accepted_at: datetime | None
    result_told_at: datetime | None
    closed_at: datetime | None
    result: str  # what the complainant was told, empty until closed
    complainant: tuple[FieldView, ...]
    matter: tuple[FieldView, ...]
    narrative: tuple[str, ...]
    evidence: tuple[Mapping[str, Any], ...]
    clocks: tuple[ClockView, ...]
    tasks: tuple[TaskView, ...]
    trail: tuple[TrailView, ...]
    steps: tuple[Step, ...]
    assignees: tuple[PersonRef, ...]
    involved: tuple[PersonRef, ...]
    life: Life
    revealed: bool
