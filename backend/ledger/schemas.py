"""What ``/api/complaints`` takes and gives: JSON with the ids of the vocabulary beside their Chinese labels."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from backend.ledger.life.values import Life
from backend.ledger.values import ComplaintView, Page, Row, Step

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class Strict(BaseModel):
    """Unknown keys are refused: a mistyped one must not pass for an answer."""

    model_config = ConfigDict(extra="forbid")


class Versioned(Strict):
    """``expected_version``: the version the sender looked at; another one by now is a 409 that says who changed it."""

    expected_version: int = Field(ge=1, examples=[1])


class Acceptance(Versioned):
    """第二十二条."""


class Refusing(Versioned):
    """不予受理: the inner reason, and the notice the complainant gets."""

    reason: Text = Field(examples=["所述事项不属于本公司经纪业务"])
    reasoned_notice: Text = Field(examples=["尊敬的客户，您反映的事项……"])


class Assignment(Versioned):
    """第五条: ``to`` is a person's id; ``reason`` is needed when the complaint changes hands."""

    to: int = Field(ge=1, examples=[3])
    reason: Text = ""


class Closing(Versioned):
    """第二十二条: what the result was and when, to whom and how it was told; nothing where a reply has told it."""

    result: Text = Field(default="", examples=["已核实为系统升级故障，向客户说明并致歉，客户表示接受"])
    result_told_at: AwareDatetime | None = Field(default=None, examples=["2026-12-01T10:30:00+08:00"])
    told_to: Text = ""
    told_by: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,40}$")] = ""


class Withdrawing(Versioned):
    """第二十四条: the customer's own words."""

    customer_statement: Text = Field(examples=["问题已经解决，我不投诉了"])


class Registering(Strict):
    """第二十四条: what came by mail, fax, visit or letter box. ``key``: the sender's own; the same one twice is one."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,40}$")] = Field(examples=["letter-2026-0117"])
    channel: str = Field(max_length=24, examples=["letter"])
    kind: str = Field(default="complaint", max_length=24)
    category: str = Field(default="", max_length=24, examples=["service"])
    emotion: str = Field(default="calm", max_length=16)
    triggers: list[Annotated[str, StringConstraints(max_length=40)]] = Field(default_factory=list, max_length=20)
    fields: dict[str, Text] = Field(default_factory=dict, examples=[{"name": "王敏", "branch": "天河营业部"}])
    narrative: Text = Field(examples=["柜台等了两个小时没有人理我。"])
    received_at: AwareDatetime = Field(examples=["2026-11-23T10:30:00+08:00"])
    incomplete: bool = False


class Registered(BaseModel):
    """The receipt. ``created`` is False when the same key came again."""

    number: str
    stage: str
    unit_name: str
    first_responder_name: str
    due_on: date
    days: int
    created: bool


class Facts(Versioned):
    """What a handler learned later."""

    fields: dict[str, Text] = Field(default_factory=dict, examples=[{"occurred_at": "昨天上午九点半"}])
    narrative: Text = ""
    incomplete: bool | None = None


class Revealing(Strict):
    """Why somebody must see personal data in full; kept in the trail."""

    reason: Reason = Field(examples=["致电客户核实情况"])


class Search(Strict):
    """A complaint number, or the exact name or phone of the complainant."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


class Label(BaseModel):
    id: str
    label: str


class ComplaintRow(BaseModel):
    """One line of a queue; the name is masked."""

    number: str
    version: int
    kind: Label
    category: Label | None
    category_certain: bool
    triggers: list[Label]
    emotion: Label
    stage: Label
    incomplete: bool
    urgent: bool
    channel: Label
    name: str
    received_at: datetime
    due_at: datetime | None
    days_left: int | None
    overdue: bool
    unit: str
    first_responder: str
    handler: str | None


class ComplaintPage(BaseModel):
    items: list[ComplaintRow]
    total: int
    page: int
    pages: int
    size: int


class NextStep(BaseModel):
    """An act of the stage table; where it is not allowed, ``reason`` says why and ``clause`` by which article."""

    act: str
    label: str
    allowed: bool
    reason: str
    clause: str


class ShownField(BaseModel):
    id: str
    label: str
    value: str
    personal: bool
    refused: bool


class Clock(BaseModel):
    name: str
    label: str
    due_at: datetime
    clause: str
    why: str
    provisional: bool
    confirmed: bool
    overdue: bool


class DueTask(BaseModel):
    id: int
    what: str
    clause: str
    owner: str
    due_at: datetime | None
    done_at: datetime | None


class TrailLine(BaseModel):
    seq: int
    at: datetime
    who: str
    sentence: str
    tag: str
    detail: str


class Person(BaseModel):
    id: int
    name: str
    unit_name: str


class FullComplaint(BaseModel):
    """One complaint as the person who asks may see it; ``revealed``: personal values are not masked."""

    complaint: ComplaintRow
    conversation_id: str | None
    rulebook_version: str
    category_clause: str
    secondary: list[Label]
    ranking: list[tuple[str, str, float]]
    trigger_clauses: list[tuple[str, str, str]]
    registered_at: datetime
    accepted_at: datetime | None
    result_told_at: datetime | None
    closed_at: datetime | None
    result: str
    complainant: list[ShownField]
    matter: list[ShownField]
    narrative: list[str]
    evidence: list[Mapping[str, Any]]
    clocks: list[Clock]
    tasks: list[DueTask]
    trail: list[TrailLine]
    steps: list[NextStep]
    assignees: list[Person]
    involved: list[Person]
    life: Life
    revealed: bool


def row(given: Row) -> ComplaintRow:
    return ComplaintRow(
        **{
            name: getattr(given, name)
            for name in (
                "number", "version", "category_certain", "incomplete", "urgent", "name", "received_at", "due_at",
                "days_left", "overdue", "first_responder", "handler",
            )
        },
        kind=Label(id=given.kind, label=given.kind_label),
        category=Label(id=given.category, label=given.category_label) if given.category else None,
        triggers=[Label(id=one, label=label) for one, label in given.triggers],
        emotion=Label(id=given.emotion, label=given.emotion_label),
        stage=Label(id=given.stage, label=given.stage_label),
        channel=Label(id=given.channel, label=given.channel_label),
        unit=given.unit_name,
    )  # fmt: skip


def page(given: Page) -> ComplaintPage:
    return ComplaintPage(
        items=[row(one) for one in given.rows], total=given.total, page=given.page, pages=given.pages, size=given.size
    )


def full(given: ComplaintView) -> FullComplaint:
    values = asdict(given)
    values["complaint"] = row(given.row)
    values["secondary"] = [Label(id=one, label=label) for one, label in given.secondary]
    return FullComplaint.model_validate(values)


def steps(given: tuple[Step, ...]) -> list[NextStep]:
    return [NextStep(**asdict(one)) for one in given]
