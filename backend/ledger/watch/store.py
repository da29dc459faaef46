"""The queries of the watch: clocks that call for an alarm, reasons nobody was paged for, pages nobody answered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.models import Person
from backend.guideline.rulebook import Rulebook
from backend.ledger.models import Complaint, ComplaintClock, ComplaintTrigger
from backend.ledger.watch.models import AuthorityReport, ClockAlarm, TriggerPage


class DueAlarm(NamedTuple):
    """A clock for which an alarm has not been given."""

    number: str
    clock: str
    due_at: datetime


def without_alarm(
    session: Session, event: str, *, clocks: Collection[str], due_by: datetime, rulebook: Rulebook, limit: int
) -> Sequence[DueAlarm]:
    """Running clocks among ``clocks`` due until ``due_by`` that ``event`` was not given for, the earliest first."""
    given = and_(
        ClockAlarm.complaint_id == ComplaintClock.complaint_id,
        ClockAlarm.clock == ComplaintClock.name,
        ClockAlarm.due_at == ComplaintClock.due_at,
        ClockAlarm.event == event,
    )
    query = (
        select(Complaint.number, ComplaintClock.name, ComplaintClock.due_at)
        .join(Complaint, Complaint.id == ComplaintClock.complaint_id)
        .outerjoin(ClockAlarm, given)
        .where(
            ClockAlarm.at.is_(None),
            ComplaintClock.name.in_(clocks),
            ComplaintClock.due_at <= due_by,
            _running(rulebook),
        )
        .order_by(ComplaintClock.due_at, ComplaintClock.complaint_id, ComplaintClock.position)
        .limit(limit)
    )
    return [DueAlarm(*row) for row in session.execute(query)]


def alarm(session: Session, complaint_id: int, clock: str, due_at: datetime, event: str) -> ClockAlarm | None:
    return session.get(ClockAlarm, (complaint_id, clock, due_at, event))


def runs(session: Session, complaint_id: int, clock: str, due_at: datetime, rulebook: Rulebook) -> bool:
    """Whether the clock still stands there and still counts."""
    query = select(ComplaintClock.name).join(Complaint, Complaint.id == ComplaintClock.complaint_id)
    query = query.where(
        ComplaintClock.complaint_id == complaint_id,
        ComplaintClock.name == clock,
        ComplaintClock.due_at == due_at,
        _running(rulebook),
    )
    return session.scalars(query).first() is not None


def watched(session: Session, rulebook: Rulebook) -> Sequence[Complaint]:
    """Complaints in a stage in which some clock runs."""
    stages = {stage for deadline in rulebook.deadlines.values() for stage in deadline.stages} | _open(rulebook)
    query = select(Complaint).where(Complaint.stage.in_(stages)).options(defer(Complaint.facts))
    return session.scalars(query.order_by(Complaint.id)).all()


def never_paged(session: Session, *, since: datetime, rulebook: Rulebook, limit: int) -> Sequence[tuple[str, str]]:
    """(number, trigger) nobody was called for yet; of complaints that are over only those registered ``since``."""
    page = and_(
        TriggerPage.complaint_id == ComplaintTrigger.complaint_id, TriggerPage.trigger == ComplaintTrigger.trigger
    )
    query = (
        select(Complaint.number, ComplaintTrigger.trigger)
        .join(Complaint, Complaint.id == ComplaintTrigger.complaint_id)
        .outerjoin(TriggerPage, page)
        .where(
            TriggerPage.unit_id.is_(None),
            or_(Complaint.stage.in_(_open(rulebook)), Complaint.registered_at >= since),
        )
        .order_by(Complaint.id, ComplaintTrigger.position)
        .limit(limit)
    )
    return [(number, trigger) for number, trigger in session.execute(query)]


def pages(session: Session, complaint_id: int, trigger: str | None = None) -> Sequence[TriggerPage]:
    """Every page about a complaint, with unit and whoever confirmed, in the order they were made."""
    query = select(TriggerPage).where(TriggerPage.complaint_id == complaint_id)
    if trigger is not None:
        query = query.where(TriggerPage.trigger == trigger)
    query = query.options(
        joinedload(TriggerPage.unit), joinedload(TriggerPage.acknowledged_by).load_only(Person.name)
    ).order_by(TriggerPage.first_at, TriggerPage.trigger, TriggerPage.unit_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def unanswered(
    session: Session, *, said_before: datetime, at_most: int, limit: int
) -> Sequence[tuple[str, str, int, int]]:
    """(number, trigger, unit id, attempts) of pages to repeat, the longest silent first."""
    query = (
        select(Complaint.number, TriggerPage.trigger, TriggerPage.unit_id, TriggerPage.attempts)
        .join(Complaint, Complaint.id == TriggerPage.complaint_id)
        .where(
            TriggerPage.acknowledged_at.is_(None), TriggerPage.last_at <= said_before, TriggerPage.attempts < at_most
        )
        .order_by(TriggerPage.last_at, TriggerPage.complaint_id)
        .limit(limit)
    )
    return [(number, trigger, unit, attempts) for number, trigger, unit, attempts in session.execute(query)]


def claim_again(session: Session, page: TriggerPage, *, attempts: int, now: datetime) -> bool:
    """Count one more page if nobody has counted or confirmed it meanwhile."""
    claimed = session.execute(
        update(TriggerPage)
        .where(
            TriggerPage.complaint_id == page.complaint_id,
            TriggerPage.trigger == page.trigger,
            TriggerPage.unit_id == page.unit_id,
            TriggerPage.attempts == attempts,
            TriggerPage.acknowledged_at.is_(None),
        )
        .values(attempts=attempts + 1, last_at=now)
        .execution_options(synchronize_session="fetch")
        .returning(TriggerPage.attempts)
    )
    return claimed.first() is not None


def open_pages(session: Session, unit_id: int | None, *, limit: int) -> Sequence[TriggerPage]:
    """Pages nobody confirmed, of one unit or of all (None), the oldest first."""
    query = select(TriggerPage).where(TriggerPage.acknowledged_at.is_(None))
    if unit_id is not None:
        query = query.where(TriggerPage.unit_id == unit_id)
    query = query.options(joinedload(TriggerPage.complaint), joinedload(TriggerPage.unit))
    return session.scalars(query.order_by(TriggerPage.first_at, TriggerPage.complaint_id).limit(limit)).all()


def reports(session: Session, complaint_id: int) -> Sequence[AuthorityReport]:
    query = select(AuthorityReport).where(AuthorityReport.complaint_id == complaint_id)
    query = query.options(joinedload(AuthorityReport.recorded_by).load_only(Person.name))
    return session.scalars(query.order_by(AuthorityReport.id)).all()


def _open(rulebook: Rulebook) -> set[str]:
    return {stage.id for stage in rulebook.stages.values() if stage.open}


def _running(rulebook: Rulebook) -> ColumnElement[bool]:
    """A clock counts in its own stages, or, where none are named, in every open one."""
    own = {deadline.id: deadline.stages for deadline in rulebook.deadlines.values() if deadline.stages}
    usual = and_(ComplaintClock.name.not_in(own), Complaint.stage.in_(_open(rulebook)))
    return or_(usual, *(and_(ComplaintClock.name == name, Complaint.stage.in_(stages)) for name, stages in own.items()))
