"""Which verb of the ledger a form of the desk calls, and what it hands over.

VERBS[act]      a step of the stage table, or one of FURTHER
FURTHER         what is no step: when it is offered, which duty it asks for, what its form asks for
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.desk.filled import Filled
from backend.guideline.life import conversion
from backend.guideline.rulebook import Rulebook
from backend.ledger import service
from backend.ledger.values import ComplaintView

Verb = Callable[[Session, str, Filled, Viewer, datetime], object]
Given = Callable[[Filled, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Further:
    """``duty``: the act of the duties that allows it; ``inputs``: names of requirements; ``when``: is it offered."""

    act: str
    label: str
    duty: str
    inputs: tuple[str, ...]
    when: Callable[[ComplaintView, Rulebook], bool]
    optional: tuple[str, ...] = ()
    clause: str = ""  # where it is another one than the duty's


def _calls(verb: Callable[..., object], given: Given) -> Verb:
    """The verb with the fields of its form, for the version that was on the screen."""

    def call(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
        values = given(filled, now)
        return verb(session, number, **values, expected_version=filled.version, by=viewer.actor, now=now)

    return call


def _texts(*names: str) -> Given:
    return lambda filled, now: {name: filled.text(name) for name in names}


def _told(filled: Filled, now: datetime) -> dict[str, Any]:
    at = filled.moment("result_told_at", now=now)
    return {**_texts("result", "told_to", "told_by")(filled, now), "result_told_at": at}


def _closing(filled: Filled, now: datetime) -> dict[str, Any]:
    """After a reply the form asks for nothing: what was told then stands."""
    return _told(filled, now) if "result" in filled.values or "result_told_at" in filled.values else {}


def _revisit(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    common: dict[str, Any] = {"expected_version": filled.version, "by": viewer.actor, "now": now}
    if "revisit_outcome" not in filled.values:
        return service.start_revisit(session, number, **common)
    outcome, opinion = filled.text("revisit_outcome"), filled.text("opinion")
    return service.finish_revisit(session, number, outcome=outcome, opinion=opinion, **common)


def _open(view: ComplaintView, rulebook: Rulebook) -> bool:
    return rulebook.stages[view.row.stage].open


def _not_over(view: ComplaintView, rulebook: Rulebook) -> bool:
    return _open(view, rulebook) or view.row.stage in ("closed", "revisiting")


def _may_ask(view: ComplaintView, rulebook: Rulebook) -> bool:
    return _accepted(view, rulebook) and view.life.asked is None and not _extended(view, rulebook)


def _accepted(view: ComplaintView, rulebook: Rulebook) -> bool:
    return _open(view, rulebook) and view.accepted_at is not None


def _extended(view: ComplaintView, rulebook: Rulebook) -> bool:
    return _open(view, rulebook) and any(one.decision in ("approved", "consented") for one in view.life.extensions)


def _convertible(view: ComplaintView, rulebook: Rulebook) -> bool:
    return _open(view, rulebook) and any(conversion(view.row.kind, kind, rulebook) for kind in rulebook.kinds)


VERBS: dict[str, Verb] = {
    "accept": _calls(service.accept, _texts()),
    "decline": _calls(service.decline, _texts("reason", "reasoned_notice")),
    "assign": _calls(
        service.assign, lambda filled, now: {"to": filled.person("handler"), "reason": filled.text("reason")}
    ),
    "investigate": _calls(service.investigate, _texts("reason")),
    "resolve": _calls(
        service.resolve,
        lambda filled, now: {**_texts("findings", "solution")(filled, now), "found": filled.many("found")},
    ),
    "reply": _calls(service.reply, _told),
    "close": _calls(service.close, _closing),
    "withdraw": _calls(service.withdraw, _texts("customer_statement")),
    "merge": _calls(service.merge, _texts("merged_into", "reason")),
    "revisit": _revisit,
    "reopen": _calls(
        service.reopen,
        lambda filled, now: {**_texts("reason", "opinion")(filled, now), "outcome": filled.text("revisit_outcome")},
    ),
    "archive": _calls(service.archive, _texts("summary")),
    "log_work": _calls(
        service.log_work, lambda filled, now: {"work": filled.text("work"), "text": filled.text("done")}
    ),
    "agree": _calls(
        service.agree,
        lambda filled, now: {**_texts("customer_statement")(filled, now), "agreed_on": filled.day("agreed_on")},
    ),
    "request_extension": _calls(
        service.request_extension,
        lambda filled, now: {**_texts("reason", "plan")(filled, now), "workdays": filled.number("workdays")},
    ),
    "decide_extension": _calls(
        service.decide_extension,
        lambda filled, now: {"approved": filled.text("approved") == "yes", "reason": filled.text("reason")},
    ),
    "extend_further": _calls(
        service.extend_further,
        lambda filled, now: {
            **_texts("reason", "consent")(filled, now), "until": filled.day("until"), "reports": filled.many("reports"),
        },
    ),
    "hand_over": _calls(
        service.hand_over,
        lambda filled, now: {
            **_texts("unit", "reason", "understanding")(filled, now), "to": filled.person_or_none("person"),
        },
    ),
    "mark_involved": _calls(
        service.mark_involved, lambda filled, now: {"person": filled.person("person"), "reason": filled.text("reason")}
    ),
    "convert": _calls(service.convert, _texts("kind", "reason", "customer_statement")),
    "recategorise": _calls(service.recategorise, _texts("category", "reason")),
    "mark_malicious": _calls(service.mark_malicious, _texts("reason")),
    "record_accountability": _calls(
        service.record_accountability,
        lambda filled, now: {
            **_texts("unit", "finding", "sanction")(filled, now), "person": filled.person_or_none("person"),
        },
    ),
    "record_cause": _calls(service.record_cause, _texts("cause", "measure", "unit")),
    "complete_task": _calls(
        service.complete_task, lambda filled, now: {"task": filled.person("task"), "text": filled.text("done")}
    ),
}  # fmt: skip

FURTHER: tuple[Further, ...] = (
    Further("decide_extension", "审批延期", "approve_extension", ("approved", "reason"),
            lambda view, rulebook: view.life.asked is not None),
    Further("log_work", "记录办理步骤", "investigate", ("work", "done"), _open, (), "第十七条"),
    Further("agree", "与客户约定期限", "resolve", ("agreed_on", "customer_statement"), _open, (), "第三条（三）"),
    Further("request_extension", "申请延期", "request_extension", ("workdays", "reason", "plan"), _may_ask),
    Further("extend_further", "经投诉人同意再次延期", "request_extension",
            ("until", "reason", "consent", "reports"), _extended),
    Further("hand_over", "移交其他单位", "hand_over", ("unit", "person", "reason", "understanding"), _open, ("person",)),
    Further("recategorise", "更正类别", "edit", ("category", "reason"), _open, (), "第十六条"),
    Further("convert", "转换性质", "convert", ("kind", "reason", "customer_statement"), _convertible,
            ("customer_statement",)),
    Further("mark_involved", "登记涉事人员", "edit", ("person", "reason"), _open, (), "第十四条"),
    Further("mark_malicious", "认定恶意投诉", "mark_malicious", ("reason",),
            lambda view, rulebook: _open(view, rulebook) and view.life.malicious_at is None),
    Further("record_accountability", "记录责任追究", "record_accountability",
            ("unit", "person", "finding", "sanction"), _not_over, ("person",)),
    Further("record_cause", "记录原因和整改", "resolve", ("cause", "measure", "unit"), _not_over, (), "第八条"),
)  # fmt: skip
