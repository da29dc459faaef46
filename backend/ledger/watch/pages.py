"""第三条（三）：必须马上报告。 The roster of the units concerned is called until somebody there confirms.

    reasons nobody was called for | units to tell, own unit | roster -> first pages      first_due, call
    pages without an answer | claim | wider roster, other units -> called again          again_due, call_again
    person | a page to their unit? -> confirmed                                          acknowledge

A unit where nobody can be called does not swallow the report: the units that stand behind are called at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, NotFound
from backend.guideline.rulebook import Rulebook, load
from backend.guideline.watch import called, widened
from backend.ledger import steps
from backend.ledger import store as ledger
from backend.ledger.models import Complaint
from backend.ledger.watch import roster, store
from backend.ledger.watch.models import TriggerPage

ACT = "acknowledge_trigger"
ONE_DAY = timedelta(days=1)


def first_due(session: Session, *, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """(number, trigger) for which nobody was called yet. A complaint that is over counts for a day."""
    return store.never_paged(session, since=now - ONE_DAY, rulebook=load(), limit=limit)


def call(session: Session, number: str, trigger: str, *, by: Actor, now: datetime) -> bool:
    """Call the units the rulebook names for the trigger, and the one that works on it. False: it was done already."""
    trail.hold(session)
    complaint = ledger.by_number(session, number)
    if complaint is None or store.pages(session, complaint.id, trigger):
        return False
    rulebook = load()
    kinds = rulebook.triggers[trigger].reports_to
    units = dict.fromkeys([complaint.unit_id, *roster.units_of(session, kinds)])
    reached = [_page(session, complaint, trigger, unit, backup=False, by=by, now=now) for unit in units]
    if not all(reached):
        _call_backup(session, complaint, trigger, rulebook, by=by, now=now)
    return True


def again_due(session: Session, *, now: datetime, limit: int) -> Sequence[tuple[str, str, int, int]]:
    """(number, trigger, unit id, attempts) of pages that stayed without an answer for too long."""
    rulebook = load()
    paging = rulebook.watch.paging
    pause = timedelta(minutes=rulebook.period(paging.again, local_date(now)).value)
    return store.unanswered(session, said_before=now - pause, at_most=paging.at_most, limit=limit)


def call_again(
    session: Session, number: str, trigger: str, unit_id: int, attempts: int, *, by: Actor, now: datetime
) -> bool:
    """Call a silent unit once more, after a while everybody in it and others beside it. False: no longer needed."""
    trail.hold(session)
    complaint = ledger.by_number(session, number)
    pages = store.pages(session, complaint.id, trigger) if complaint is not None else ()
    page = next((one for one in pages if one.unit_id == unit_id), None)
    if complaint is None or page is None or not store.claim_again(session, page, attempts=attempts, now=now):
        return False
    rulebook = load()
    attempt = attempts + 1
    _record(session, complaint, page, attempt, by=by, now=now)
    if widened(rulebook.watch.paging, attempt) and not page.backup:
        _call_backup(session, complaint, trigger, rulebook, by=by, now=now)
    if attempt >= rulebook.watch.paging.at_most:
        told: trail.Data = {"trigger": trigger, "unit": page.unit.key, "attempts": attempt}
        trail.record(session, Tag.TRIGGER_UNANSWERED, actor=by, subject=complaint.subject, data=told, now=now)
    return True


def acknowledge(session: Session, number: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Confirm for one's own unit that the report has arrived; returns the triggers confirmed.

    NotFound where one's unit was not called, Forbidden where this person may not answer for it, Conflict when it was
    confirmed before. One need not be able to read the complaint: the unit was called about it.
    """
    trail.hold(session)
    viewer = steps.viewer_of(session, by, now)
    complaint = ledger.by_number(session, number)
    pages = store.pages(session, complaint.id) if complaint is not None else ()
    own = [page for page in pages if viewer is not None and page.unit_id == viewer.unit_id]
    if complaint is None or viewer is None or not own:
        raise NotFound("not_paged", "没有找到发给您所在单位的紧急报告，请核对投诉编号。")
    verdict = steps.may(session, ACT, complaint, viewer)
    if not verdict.allowed:
        raise Forbidden(f"may_not_{ACT}", f"{verdict.reason}。", clause=verdict.clause)
    waiting = [page for page in own if page.acknowledged_at is None]
    if not waiting:
        raise Conflict("acknowledged_before", "这项紧急报告已由本单位的同事确认收到，请直接联系经办人员跟进。")
    for page in waiting:
        page.acknowledged_at, page.acknowledged_by_id = now, viewer.person_id
    names = [page.trigger for page in waiting]
    data: trail.Data = {"triggers": names, "unit": waiting[0].unit.key}
    trail.record(session, Tag.TRIGGER_ACKNOWLEDGED, actor=by, subject=complaint.subject, data=data, now=now)
    return tuple(names)


def _page(
    session: Session, complaint: Complaint, trigger: str, unit_id: int, *, backup: bool, by: Actor, now: datetime
) -> bool:
    """The first page to a unit. Whether anybody is there to be called."""
    page = TriggerPage(
        complaint_id=complaint.id,
        trigger=trigger,
        unit_id=unit_id,
        backup=backup,
        attempts=1,
        first_at=now,
        last_at=now,
    )
    session.add(page)
    session.flush()
    session.refresh(page, ["unit"])
    return _record(session, complaint, page, 1, by=by, now=now)


def _record(
    session: Session, complaint: Complaint, page: TriggerPage, attempt: int, *, by: Actor, now: datetime
) -> bool:
    """Tell the trail who is called; notices are sent from there. Whether that is anybody."""
    rulebook = load()
    able = rulebook.acts[ACT].roles
    there = roster.of_unit(session, page.unit_id, able, complaint, now=now)
    held = {role for roles in there.values() for role in roles}
    wanted = called(rulebook.watch.paging, attempt, held)
    told = [person for person, roles in there.items() if roles & wanted]
    data: trail.Data = {"trigger": page.trigger, "unit": page.unit.key, "attempt": attempt, "told": told}
    trail.record(session, Tag.TRIGGER_PAGED, actor=by, subject=complaint.subject, data=data, now=now)
    return bool(told)


def _call_backup(
    session: Session, complaint: Complaint, trigger: str, rulebook: Rulebook, *, by: Actor, now: datetime
) -> None:
    """The units that stand behind, each once, and not those that were called anyway."""
    there = {page.unit_id for page in store.pages(session, complaint.id, trigger)}
    for unit_id in roster.units_of(session, rulebook.watch.paging.backup):
        if unit_id not in there:
            _page(session, complaint, trigger, unit_id, backup=True, by=by, now=now)
