"""What the verbs of a complaint's working life take over ``/api/complaints``; every one names the version looked at."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from backend.ledger.schemas import Strict, Text, Versioned

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,40}$")]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=40)]
PersonId = Annotated[int, Field(ge=1, le=2_147_483_647, examples=[3])]


class Investigating(Versioned):
    """第十六条: ``reason`` is needed when it is investigated once more."""

    reason: Text = ""


class Resolving(Versioned):
    """第十六条: ``found``: findings of the rulebook, on which further tasks hang."""

    findings: Text = Field(examples=["经查，当日系统升级导致登录中断 40 分钟"])
    solution: Text = Field(examples=["向客户说明原因并致歉，协助其核对成交记录"])
    found: list[Word] = Field(default_factory=list, max_length=20, examples=[["substantiated"]])


class Replying(Versioned):
    """第二十二条: what was told, to whom, how and when."""

    result: Text = Field(examples=["我们已查明当日登录中断的原因，系统现已恢复，给您带来不便深表歉意"])
    told_to: Text = Field(examples=["投诉人本人"])
    told_by: Word = Field(examples=["by_phone"])
    result_told_at: AwareDatetime = Field(examples=["2026-12-01T10:30:00+08:00"])


class Revisited(Versioned):
    """第二十三条: how the revisit ended and what the complainant thinks of the result."""

    outcome: Word = Field(examples=["satisfied"])
    opinion: Text = ""


class Reopening(Versioned):
    """第二十三条: out of a running revisit its outcome belongs to it."""

    reason: Text = Field(examples=["投诉人对处理结果不满意，要求重新核查"])
    outcome: Word = ""
    opinion: Text = ""


class Archiving(Versioned):
    """第三条（五）: the summary of the case."""

    summary: Text = Field(examples=["系统升级未提前公告，已完善公告流程"])


class Merging(Versioned):
    """第二十四条: ``merged_into`` is the number of the earlier complaint."""

    merged_into: Number
    reason: Text = Field(examples=["同一投诉人就同一事项再次来电"])


class Asking(Versioned):
    """第二十二条: the written report by which more time is asked for."""

    workdays: int = Field(ge=1, le=250, examples=[10])
    reason: Text = Field(examples=["登记结算公司尚未回复查询"])
    plan: Text = Field(examples=["收到回复后三日内答复客户"])


class Deciding(Versioned):
    """第二十二条: by another person than the one who asked."""

    approved: bool
    reason: Text = Field(examples=["情况属实，同意"])


class Consented(Versioned):
    """第二十二条: ``reports``: the kinds of unit that have been told in writing."""

    until: date = Field(examples=["2027-02-26"])
    reason: Text
    consent: Text = Field(examples=["可以，我等你们查清楚"])
    reports: list[Word] = Field(max_length=10, examples=[["retail_hq", "compliance", "audit_hq"]])


class Agreeing(Versioned):
    """第三条（三）: the day agreed with the customer, and their words."""

    agreed_on: date = Field(examples=["2026-12-04"])
    customer_statement: Text = Field(examples=["好的，下周五之前给我答复"])


class HandingOver(Versioned):
    """第三条（四）: ``understanding``: what the customer was told and answered; ``to``: the new handler."""

    unit: Word = Field(examples=["tianhe"])
    reason: Text
    understanding: Text = Field(examples=["已向客户说明由开户营业部办理，客户表示理解"])
    to: PersonId | None = None


class Involving(Versioned):
    """第十四条."""

    person: PersonId
    reason: Text = Field(examples=["客户指认其代客操作"])


class Work(Versioned):
    """第十七条、第十九条: one logged step."""

    work: Word = Field(examples=["explanation"])
    text: Text = Field(examples=["再次致电，逐项说明手续费的构成"])


class Done(Versioned):
    """第十六条: how the task was done."""

    text: Text = Field(examples=["已书面报告"])


class Malice(Versioned):
    """第十七条（四）."""

    reason: Text


class Converting(Versioned):
    """第十五条: the new kind; ``customer_statement`` where the customer's acceptance is needed."""

    kind: Word = Field(examples=["complaint"])
    reason: Text
    customer_statement: Text = ""


class Categorising(Versioned):
    """第十六条."""

    category: Word = Field(examples=["service"])
    reason: Text


class Accounting(Versioned):
    """第十条: the unit, and the person where there is one."""

    unit: Word = Field(examples=["tianhe"])
    person: PersonId | None = None
    finding: Text
    sanction: Text


class Causing(Versioned):
    """第八条: the cause and who does what against it."""

    cause: Word = Field(examples=["process"])
    measure: Text
    unit: Word = Field(examples=["service_centre"])


class Handed(Strict):
    """Where a complaint went that its sender may not read any more."""

    number: str
    unit: str
    version: int


class WaitingApproval(Strict):
    """A request for an extension that waits."""

    number: str
    workdays: int
    requested_by: str
    requested_at: AwareDatetime
    due_at: AwareDatetime | None
