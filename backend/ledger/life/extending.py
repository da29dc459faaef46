"""More time (第二十二条): asked for in writing in good time, granted by somebody else, then only with consent.

reason, plan | three working days before the end | at most ten -> asked        request_extension
asked | another person of the department -> approved, refused                  decide_extension
consent of the complainant | reported to three departments -> consented       extend_further
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline import deadlines
from backend.guideline.rulebook import load
from backend.guideline.values import Verdict
from backend.ledger import change, clocks
from backend.ledger.calendar import load_calendar
from backend.ledger.life import store
from backend.ledger.life.models import Extension
from backend.ledger.models import Complaint

CLAUSE = "第二十二条"


def request_extension(
    session: Session,
    number: str,
    *,
    workdays: int,
    reason: str,
    plan: str,
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Complaint:
    """第二十二条：到期三个工作日前提交书面报告，说明未办结的原因和下一步计划；延长不超过十个工作日。"""
    complaint, viewer = change.acting(session, number, "request_extension", expected_version, by=by, now=now)
    change.demand(CLAUSE, reason=reason, plan=plan)
    if complaint.accepted_at is None:
        raise Conflict("not_accepted", "该投诉尚未受理，还没有办结期限，无须延期。", clause=CLAUSE)
    if complaint.extension_workdays is not None:
        raise Conflict("extended_already", "首次延期已经用过；再次延期须经投诉人同意并报告相关部门。", clause=CLAUSE)
    if store.asked_extension(session, complaint.id) is not None:
        raise Conflict("extension_asked", "延期申请已经提交，正在等待审批。", clause=CLAUSE)
    rulebook = load(complaint.rulebook_version)
    _demand(
        deadlines.may_extend(workdays=workdays, accepted_at=complaint.accepted_at, rulebook=rulebook),
        deadlines.may_request_extension(
            on=local_date(now), accepted_at=complaint.accepted_at, calendar=load_calendar(), rulebook=rulebook
        ),
    )
    reason_note = change.note(session, complaint, "extension_reason", reason, by=by, now=now)
    plan_note = change.note(session, complaint, "extension_plan", plan, by=by, now=now)
    session.add(
        Extension(
            complaint_id=complaint.id, decision="asked", workdays=workdays, reports=[], reason_note=reason_note,
            plan_note=plan_note, requested_by_id=viewer.person_id, requested_at=now,
        )
    )  # fmt: skip
    data: trail.Data = {"workdays": workdays, "notes": [reason_note, plan_note]}
    return change.apply(session, complaint, Tag.COMPLAINT_EXTENSION_ASKED, by=by, now=now, data=data)


def decide_extension(
    session: Session, number: str, *, approved: bool, reason: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第二十二条：由经纪业务主管部门批准；申请人和经办人员不能自行批准。"""
    complaint, viewer = change.acting(session, number, "approve_extension", expected_version, by=by, now=now)
    change.demand(CLAUSE, reason=reason)
    asked = store.asked_extension(session, complaint.id)
    if asked is None:
        raise Conflict("nothing_asked", "没有等待审批的延期申请。", clause=CLAUSE)
    if asked.requested_by_id == viewer.person_id:
        raise Forbidden("may_not_approve_extension", "申请人不能批准自己的申请。", clause=CLAUSE)
    decision_note = change.note(session, complaint, "extension_decision", reason, by=by, now=now)
    asked.decision = "approved" if approved else "refused"
    asked.decided_by_id, asked.decided_at, asked.decision_note = viewer.person_id, now, decision_note
    tag = Tag.COMPLAINT_EXTENSION_APPROVED if approved else Tag.COMPLAINT_EXTENSION_REFUSED
    data: trail.Data = {"workdays": asked.workdays, "requested_by": asked.requested_by_id, "notes": [decision_note]}
    workdays = asked.workdays if approved else None
    return change.apply(session, complaint, tag, by=by, now=now, data=data, extension_workdays=workdays)


def extend_further(
    session: Session,
    number: str,
    *,
    until: date,
    reason: str,
    consent: str,
    reports: Sequence[str],
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Complaint:
    """第二十二条：再延长须与投诉人充分协商并经其同意，并报告经纪业务主管部门、合规与法律事务部、审计总部。

    ``consent``: the complainant's words. ``reports``: unit kinds that have been told in writing; all must be there.
    """
    complaint, viewer = change.acting(session, number, "request_extension", expected_version, by=by, now=now)
    rulebook = load(complaint.rulebook_version)
    rule = rulebook.life.further_extension
    change.demand(rule.clause, reason=reason, consent=consent)
    missing = [kind for kind in rule.what if kind not in reports]
    if missing:
        labels = "、".join(rulebook.unit_kinds[kind].label for kind in missing)
        raise Unprocessable("not_reported", f"再次延期还须先书面报告：{labels}。", clause=rule.clause)
    if complaint.extension_workdays is None:
        raise Conflict("not_extended_yet", "尚未经过首次延期，请先申请首次延期。", clause=rule.clause)
    granted = [clock.due_on for clock in clocks.of(complaint) if clock.name in ("extension_max", "further_extension")]
    if until <= max(granted):
        raise Unprocessable("until_earlier", "新的日期应晚于现在的期限，请核对。", clause=rule.clause)
    reason_note = change.note(session, complaint, "extension_reason", reason, by=by, now=now)
    consent_note = change.note(session, complaint, "extension_consent", consent, by=by, now=now)
    session.add(
        Extension(
            complaint_id=complaint.id, decision="consented", until=until, reports=list(rule.what),
            reason_note=reason_note, consent_note=consent_note, requested_by_id=viewer.person_id, requested_at=now,
        )
    )  # fmt: skip
    data: trail.Data = {"until": until.isoformat(), "reports": list(rule.what), "notes": [reason_note, consent_note]}
    return change.apply(
        session, complaint, Tag.COMPLAINT_EXTENSION_CONSENTED, by=by, now=now, data=data, further_until=until
    )


def _demand(*verdicts: Verdict) -> None:
    for verdict in verdicts:
        if not verdict.allowed:
            raise Unprocessable("may_not_extend", f"{verdict.reason}。", clause=verdict.clause)
