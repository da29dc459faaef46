"""Through whose hands a complaint goes, and who must keep theirs off it: assigned, handed over, marked as involved."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts import store as people
from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.errors import Conflict, Unprocessable
from backend.ledger import change, steps
from backend.ledger import store as ledger
from backend.ledger.life.models import Handover
from backend.ledger.models import Complaint, Involvement

CLAUSE = "第三条（四）"


def assign(
    session: Session, number: str, *, to: int, expected_version: int, by: Actor, now: datetime, reason: str = ""
) -> Complaint:
    """第五条、第十四条：指定专人经办；营销人员及涉事人员除外。 ``to``: person id; ``reason`` when it changes hands."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "assign", viewer, given={"handler": to, "reason": reason})
    _demand_able(session, complaint, to, now)
    if complaint.handler_id == to:
        raise Conflict("handler_unchanged", "该投诉已由此人经办，无须改派。")
    previous = complaint.handler_id
    if previous is not None and viewer is not None:
        session.add(
            Handover(
                complaint_id=complaint.id, from_unit_id=complaint.unit_id, to_unit_id=complaint.unit_id,
                from_person_id=previous, to_person_id=to, by_id=viewer.person_id, at=now,
            )
        )  # fmt: skip
    data: trail.Data = {"handler": to, "previous": previous}
    return change.move(
        session, complaint, step, Tag.COMPLAINT_ASSIGNED, by=by, now=now, texts={"reason": reason}, data=data,
        handler_id=to,
    )  # fmt: skip


def hand_over(
    session: Session,
    number: str,
    *,
    unit: str,
    reason: str,
    understanding: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    to: int | None = None,
) -> Complaint:
    """第三条（四）：不属于本单位办理的，引导至有关单位，不得推诿；转办须向客户说明并得到其理解。

    ``understanding``: what the customer was told and said to it. ``to``: the new handler, needed once somebody handles
    it. The first responder stays who they are and goes on following it; open tasks of the unit go along.
    """
    complaint, viewer = change.acting(session, number, "hand_over", expected_version, by=by, now=now)
    change.demand(CLAUSE, unit=unit, reason=reason, understanding=understanding)
    found = people.unit_by_key(session, unit)
    if found is None:
        raise Unprocessable("no_such_unit", "没有找到该单位，请从列表中选择。")
    if found.id == complaint.unit_id:
        raise Conflict("unit_unchanged", "该投诉已由该单位经办。", clause=CLAUSE)
    before, previous = complaint.unit, complaint.handler_id
    if previous is not None and to is None:
        raise Unprocessable("person_missing", "该投诉已在办理，请同时指定新单位的经办人员。", clause="第五条")
    complaint.unit_id, complaint.unit = found.id, found  # whether the new handler may is asked of the new unit
    if to is not None:
        _demand_able(session, complaint, to, now)
    understanding_note = change.note(session, complaint, "understanding", understanding, by=by, now=now)
    reason_note = change.note(session, complaint, "reason", reason, by=by, now=now)
    session.add(
        Handover(
            complaint_id=complaint.id, from_unit_id=before.id, to_unit_id=found.id, from_person_id=previous,
            to_person_id=to, understanding_note=understanding_note, by_id=viewer.person_id, at=now,
        )
    )  # fmt: skip
    for task in ledger.tasks(session, complaint.id):
        if task.done_at is None and task.owner_unit_id == before.id:
            task.owner_unit_id, task.owner_unit = found.id, found
    handler = {"handler_id": to} if previous is not None else {}
    data: trail.Data = {
        "unit": found.key,
        "previous_unit": before.key,
        "handler": to,
        "notes": [reason_note, understanding_note],
    }
    return change.apply(session, complaint, Tag.COMPLAINT_HANDED_OVER, by=by, now=now, data=data, **handler)


def mark_involved(
    session: Session, number: str, *, person: int, reason: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第十四条：投诉事项涉及的人员须回避。 The present handler cannot be marked before another one has taken over."""
    complaint, _ = change.acting(session, number, "edit", expected_version, by=by, now=now)
    change.demand("第十四条", reason=reason)
    if person not in people.names(session, [person]):
        raise Unprocessable("no_such_person", "没有找到该人员，请重新选择。")
    if person == complaint.handler_id:
        raise Conflict("handler_involved", "该人员正在经办此投诉，请先改派给其他人员。", clause="第十四条")
    if any(one.id == person for one in ledger.involved(session, complaint.id)):
        raise Conflict("involved_already", "该人员已登记为涉事人员。", clause="第十四条")
    session.add(Involvement(complaint_id=complaint.id, person_id=person, marked_at=now))
    notes = [change.note(session, complaint, "reason", reason, by=by, now=now)]
    data: trail.Data = {"person": person, "notes": notes}
    return change.apply(session, complaint, Tag.COMPLAINT_INVOLVED, by=by, now=now, data=data)


def _demand_able(session: Session, complaint: Complaint, to: int, now: datetime) -> None:
    chosen = accounts.viewer_of(session, to, now)
    if chosen is None:
        raise Unprocessable("no_such_handler", "没有找到该人员或其账号已停用，请重新选择经办人员。")
    verdict = steps.may(session, "be_assigned", complaint, chosen)
    if not verdict.allowed:
        raise Unprocessable("may_not_be_assigned", f"{verdict.reason}，请另选经办人员。", clause=verdict.clause)
