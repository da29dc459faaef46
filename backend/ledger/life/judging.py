"""What people find about a complaint: its kind and category, who is to blame, why it came to it, whether it is malice.

Nothing here is ever decided by a program.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts import store as people
from backend.accounts.models import Unit
from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline.life import conversion
from backend.guideline.rulebook import load
from backend.ledger import change, opening, steps
from backend.ledger.life import store
from backend.ledger.life.models import Accountability, Measure
from backend.ledger.models import Complaint, Task

IMPROVEMENT = "improvement"  # the deadline of a corrective measure


def recategorise(
    session: Session, number: str, *, category: str, reason: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第十六条：更正类别。 The tasks of the new category come along, those that were begun stay."""
    complaint, _ = change.acting(session, number, "edit", expected_version, by=by, now=now)
    rulebook = load(complaint.rulebook_version)
    if category not in rulebook.categories:
        raise Unprocessable("unknown_word", "类别不在规则库中，请从列表中选择。", clause=rulebook.judging.clause)
    change.demand(rulebook.judging.clause, reason=reason)
    if complaint.category == category and complaint.category_certain:
        raise Conflict("category_unchanged", "该投诉已属于这一类别，无须更正。", clause=rulebook.judging.clause)
    notes = [change.note(session, complaint, "reason", reason, by=by, now=now)]
    data: trail.Data = {"category": category, "previous_category": complaint.category, "notes": notes}
    complaint.category = category
    opening.add_tasks(session, complaint)
    return change.apply(
        session, complaint, Tag.COMPLAINT_CATEGORY_CHANGED, by=by, now=now, data=data, category_certain=True
    )


def convert(
    session: Session,
    number: str,
    *,
    kind: str,
    reason: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    customer_statement: str = "",
) -> Complaint:
    """第十五条：客户接受解释的咨询不作为投诉；不接受的转为投诉，收到时间不变。

    A complaint becomes an inquiry only in the customer's words, and after acceptance only by whoever could decline it.
    """
    complaint, viewer = change.acting(session, number, "convert", expected_version, by=by, now=now)
    rulebook = load(complaint.rulebook_version)
    way = conversion(complaint.kind, kind, rulebook)
    if way is None:
        raise Unprocessable("no_such_conversion", "不能这样转换性质，请核对。", clause="第十五条")
    told = {"reason": reason, "customer_statement": customer_statement}
    change.demand(way.clause, **{need: told[need] for need in way.needs})
    if complaint.accepted_at is not None and not way.after_acceptance:
        verdict = steps.may(session, "decline", complaint, viewer)
        if not verdict.allowed:
            raise Forbidden("may_not_convert", "受理后的投诉只能由负责人决定转为咨询。", clause=way.clause)
    notes = [
        change.note(session, complaint, about, text, by=by, now=now) for about, text in told.items() if text.strip()
    ]
    data: trail.Data = {"kind": kind, "previous_kind": complaint.kind, "notes": notes}
    return change.apply(session, complaint, Tag.COMPLAINT_CONVERTED, by=by, now=now, data=data, kind=kind)


def mark_malicious(
    session: Session, number: str, *, reason: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第十七条（四）：解释、协调均无效后，才可认定恶意投诉；只能由人认定。 The complaint is worked on as before."""
    complaint, _ = change.acting(session, number, "mark_malicious", expected_version, by=by, now=now)
    rule = load(complaint.rulebook_version).life
    change.demand(rule.malicious.clause, reason=reason)
    missing = [one for one in rule.malicious.what if one not in store.noted(session, complaint.id)]
    if missing:
        labels = "、".join(rule.work[one].label for one in missing)
        raise Unprocessable(
            "not_tried_yet", f"认定前须先办理并记录：{labels}。", clause=rule.malicious.clause,
            extra={"missing": missing},
        )  # fmt: skip
    if complaint.malicious_at is not None:
        raise Conflict("marked_already", "该投诉已作此认定。", clause=rule.malicious.clause)
    notes = [change.note(session, complaint, "reason", reason, by=by, now=now)]
    return change.apply(
        session, complaint, Tag.COMPLAINT_MALICIOUS, by=by, now=now, data={"notes": notes}, malicious_at=now
    )


def record_accountability(
    session: Session,
    number: str,
    *,
    unit: str,
    finding: str,
    sanction: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    person: int | None = None,
) -> Complaint:
    """第十条、第十八条：对责任单位和责任人员的追究情况；责任人本人不能决定。"""
    complaint, viewer = change.acting(
        session, number, "record_accountability", expected_version, by=by, now=now, ended=True
    )
    clause = load().acts["record_accountability"].clause
    change.demand(clause, unit=unit, finding=finding, sanction=sanction)
    if person is not None and accounts.viewer_of(session, person, now) is None:
        raise Unprocessable("no_such_person", "没有找到该人员，请重新选择。")
    if person == viewer.person_id:
        raise Forbidden("may_not_record_accountability", "责任追究不能由责任人本人决定。", clause=clause)
    where = _unit(session, unit)
    finding_note = change.note(session, complaint, "finding", finding, by=by, now=now)
    sanction_note = change.note(session, complaint, "sanction", sanction, by=by, now=now)
    session.add(
        Accountability(
            complaint_id=complaint.id, unit_id=where.id, person_id=person, finding_note=finding_note,
            sanction_note=sanction_note, decided_by_id=viewer.person_id, decided_at=now,
        )
    )  # fmt: skip
    data: trail.Data = {"unit": where.key, "person": person, "notes": [finding_note, sanction_note]}
    return change.apply(session, complaint, Tag.COMPLAINT_ACCOUNTED, by=by, now=now, data=data)


def record_cause(
    session: Session,
    number: str,
    *,
    cause: str,
    measure: str,
    unit: str,
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Complaint:
    """第八条：查找原因，完善制度和流程。 The measure is a task of ``unit`` with the deadline of improvements."""
    complaint, viewer = change.acting(session, number, "resolve", expected_version, by=by, now=now, ended=True)
    rulebook = load(complaint.rulebook_version)
    if cause not in rulebook.life.root_causes:
        raise Unprocessable("unknown_word", "原因不在规则库中，请从列表中选择。")
    change.demand("第八条", measure=measure, unit=unit)
    where = _unit(session, unit)
    label = rulebook.requirements["measure"].label
    task = Task(
        complaint_id=complaint.id, key="measure", what=f"{label}：{rulebook.life.root_causes[cause].label}",
        clause="第八条", owner_unit_id=where.id, due=IMPROVEMENT, created_at=now,
    )  # fmt: skip
    session.add(task)
    measure_note = change.note(session, complaint, "measure", measure, by=by, now=now)  # flushes: the task has its id
    session.add(
        Measure(
            complaint_id=complaint.id, cause=cause, measure_note=measure_note, task_id=task.id,
            by_id=viewer.person_id, at=now,
        )
    )  # fmt: skip
    data: trail.Data = {"cause": cause, "unit": where.key, "task": task.id, "notes": [measure_note]}
    return change.apply(session, complaint, Tag.COMPLAINT_MEASURED, by=by, now=now, data=data)


def _unit(session: Session, key: str) -> Unit:
    found = people.unit_by_key(session, key)
    if found is None:
        raise Unprocessable("no_such_unit", "没有找到该单位，请从列表中选择。")
    return found
