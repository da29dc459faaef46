"""The ledger's queries: the queue and its counts, one complaint, what belongs to it.

    viewer | units they may read | view | filters | order, page -> Page(rows)

The queue opens no sealed column except the name, which is shown masked. Its order never changes between pages:
urgent first, then by deadline, then by age.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, and_, case, delete, false, func, or_, select, true
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.models import Person, Unit
from backend.accounts.values import Viewer
from backend.clock import SHANGHAI, local_date
from backend.guideline import duties, numbers
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import display, sealed
from backend.ledger.calendar import load_calendar
from backend.ledger.models import (
    Complaint,
    ComplaintClock,
    ComplaintTrigger,
    Involvement,
    Note,
    NumberCounter,
    Task,
)
from backend.ledger.values import Filters, Page

VIEWS = (
    "all", "registered", "accepted", "assigned", "mine", "due_soon", "overdue", "incomplete", "urgent", "to_revisit",
    "closed",
)  # fmt: skip
LARGEST_PAGE = 100
WARNING_DEADLINE = "extension_request_lead"  # the last days in which an extension can still be asked for
NO_FILTERS = Filters()


def queue(
    session: Session,
    *,
    viewer: Viewer,
    now: datetime,
    view: str = "all",
    filters: Filters = NO_FILTERS,
    page: int = 1,
    size: int = 20,
) -> Page:
    """One page of what ``viewer`` may see. A page past the end is the last one; ``size`` is at most 100."""
    size = min(max(size, 1), LARGEST_PAGE)
    where = (_visible(viewer), _in_view(view, viewer, now), *_narrowed(filters))
    total = session.scalars(select(func.count()).select_from(Complaint).where(*where)).one()
    pages = max(-(-total // size), 1)
    page = min(max(page, 1), pages)
    query = _with_names(select(Complaint)).where(*where).options(defer(Complaint.facts))
    ended = case((Complaint.stage.in_(_running(load())), 0), else_=1)
    query = query.order_by(
        ended, Complaint.urgent.desc(), Complaint.resolve_due_at.asc().nulls_last(), Complaint.received_at, Complaint.id
    )
    found = session.scalars(query.limit(size).offset((page - 1) * size)).unique().all()
    return Page(tuple(display.row(complaint, now) for complaint in found), total, page, pages, size)


def counts(session: Session, *, viewer: Viewer, now: datetime) -> dict[str, int]:
    """How many complaints each view holds for this viewer."""
    sums = [func.coalesce(func.sum(case((_in_view(view, viewer, now), 1), else_=0)), 0) for view in VIEWS]
    row = session.execute(select(*sums).select_from(Complaint).where(_visible(viewer))).one()
    return dict(zip(VIEWS, (int(value) for value in row), strict=True))


def by_number(session: Session, number: str) -> Complaint | None:
    """The complaint as it stands now, with unit and people; numbers are read as people write and say them."""
    found = numbers.parse(number)
    if found is None:
        return None
    query = _with_names(select(Complaint)).where(Complaint.number == str(found))
    return session.scalars(query.execution_options(populate_existing=True)).unique().first()


def by_source_key(session: Session, source_key: str) -> Complaint | None:
    query = _with_names(select(Complaint)).where(Complaint.source_key == source_key)
    return session.scalars(query.execution_options(populate_existing=True)).unique().first()


def of_conversation(session: Session, conversation_id: str) -> Sequence[Complaint]:
    """The complaints that came out of a conversation, the oldest first."""
    query = _with_names(select(Complaint)).where(Complaint.conversation_id == conversation_id)
    return session.scalars(query.order_by(Complaint.id)).unique().all()


def for_customer(session: Session, *, number: str, phone: str) -> Complaint | None:
    """The complaint, for whoever knows both its number and the phone it was made with."""
    found = by_number(session, number) if phone.strip() else None
    return found if found and found.phone_index == sealed.index("phone", phone) else None


def clocks(session: Session, complaint_id: int) -> Sequence[ComplaintClock]:
    query = select(ComplaintClock).where(ComplaintClock.complaint_id == complaint_id)
    return session.scalars(query.order_by(ComplaintClock.position)).all()


def replace_clocks(session: Session, complaint_id: int, rows: Sequence[ComplaintClock]) -> None:
    session.execute(delete(ComplaintClock).where(ComplaintClock.complaint_id == complaint_id))
    session.add_all(rows)
    session.flush()


def tasks(session: Session, complaint_id: int) -> Sequence[Task]:
    query = select(Task).where(Task.complaint_id == complaint_id).options(joinedload(Task.owner_unit))
    return session.scalars(query.order_by(Task.id)).all()


def notes(session: Session, complaint_id: int) -> Sequence[Note]:
    return session.scalars(select(Note).where(Note.complaint_id == complaint_id).order_by(Note.id)).all()


def involved(session: Session, complaint_id: int) -> Sequence[Person]:
    """The people of the house whom the complaint is about."""
    query = select(Person).join(Involvement, Involvement.person_id == Person.id)
    return session.scalars(query.where(Involvement.complaint_id == complaint_id).order_by(Person.id)).all()


def next_complaint_id(session: Session) -> int:
    """Given out under the trail's lock, so that nobody else gets the same."""
    return (session.scalars(select(func.max(Complaint.id))).one() or 0) + 1


def next_note_id(session: Session) -> int:
    return (session.scalars(select(func.max(Note.id))).one() or 0) + 1


def next_running(session: Session, day: date, unit_code: str) -> int:
    """The next running number of a unit on a day, from 1; under the trail's lock."""
    key = (day.strftime("%Y%m%d"), unit_code)
    counter = session.get(NumberCounter, key, populate_existing=True)
    if counter is None:
        counter = NumberCounter(day=key[0], unit_code=unit_code, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return counter.last


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """``duties.yml``, act read: every unit, one's own, or nothing."""
    roles, unit, kind, rulebook = viewer.roles, viewer.unit, viewer.unit_kind, load()
    if duties.sees_all(roles=roles, unit=unit, unit_kind=kind, rulebook=rulebook):
        return true()
    own = duties.may(
        "read", roles=roles, unit=unit, unit_kind=kind, complaint_unit=unit, involvement=frozenset(), rulebook=rulebook
    )
    return Complaint.unit_id == viewer.unit_id if own.allowed else false()


def _in_view(view: str, viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    rulebook = load()
    running = Complaint.stage.in_(_running(rulebook))
    match view:
        case "registered" | "accepted":
            return Complaint.stage == view
        case "assigned":
            return and_(running, Complaint.handler_id.is_not(None))
        case "to_revisit":
            waiting = select(Task.id).where(
                Task.complaint_id == Complaint.id, Task.key == "revisit", Task.done_at.is_(None)
            )
            return and_(~running, waiting.exists())
        case "mine":
            undecided = and_(Complaint.handler_id.is_(None), Complaint.first_responder_id == viewer.person_id)
            return and_(running, or_(Complaint.handler_id == viewer.person_id, undecided))
        case "due_soon":
            return and_(running, Complaint.resolve_due_at >= now, Complaint.resolve_due_at <= _soon(now, rulebook))
        case "overdue":
            return and_(running, Complaint.resolve_due_at < now)
        case "incomplete":
            return and_(running, Complaint.incomplete)
        case "urgent":
            return and_(running, Complaint.urgent)
        case "closed":
            return ~running
        case _:
            return true()


def _running(rulebook: Rulebook) -> list[str]:
    return [stage.id for stage in rulebook.stages.values() if stage.open]


def _soon(now: datetime, rulebook: Rulebook) -> datetime:
    today = local_date(now)
    days = rulebook.deadlines[WARNING_DEADLINE].on(today).value
    return _start_of(load_calendar().add_workdays(today, days) + timedelta(days=1))


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.category:
        where.append(Complaint.category == filters.category)
    if filters.trigger:
        where.append(Complaint.trigger_rows.any(ComplaintTrigger.trigger == filters.trigger))
    if filters.channel:
        where.append(Complaint.channel == filters.channel)
    if filters.unit:
        where.append(Complaint.unit_id.in_(select(Unit.id).where(Unit.key == filters.unit)))
    if filters.q and (q := filters.q.strip()):
        where.append(
            or_(
                Complaint.number == str(numbers.parse(q) or ""),
                Complaint.name_index == sealed.index("name", q),
                Complaint.phone_index == sealed.index("phone", q),
            )
        )
    if filters.since:
        where.append(Complaint.received_at >= _start_of(filters.since))
    if filters.until:
        where.append(Complaint.received_at < _start_of(filters.until + timedelta(days=1)))
    return where


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def _with_names(query: Select[Complaint]) -> Select[Complaint]:
    """Unit and people along with the complaint; of people only the name."""
    return query.options(
        joinedload(Complaint.unit),
        joinedload(Complaint.first_responder).load_only(Person.name),
        joinedload(Complaint.handler).load_only(Person.name),
    )
