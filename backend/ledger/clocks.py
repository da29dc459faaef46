"""The deadlines of one complaint, computed anew at every change from what happened, the calendar and its rulebook.

complaint | guideline.deadlines.clocks -> rows, the binding one repeated as resolve_due_at, tasks due along
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.clock import local_date
from backend.guideline import deadlines
from backend.guideline.calendar import end_of
from backend.guideline.deadlines import Clock
from backend.guideline.rulebook import load
from backend.ledger import store
from backend.ledger.calendar import load_calendar
from backend.ledger.models import Complaint, ComplaintClock, Task


def of(complaint: Complaint, *, accepted_at: datetime | None = None) -> tuple[Clock, ...]:
    """Every clock that runs; ``accepted_at`` supposes an acceptance that has not been made yet."""
    return deadlines.clocks(
        kind=complaint.kind,
        received_at=complaint.received_at,
        accepted_at=complaint.accepted_at or accepted_at,
        agreed_on=complaint.agreed_on,
        extension_workdays=complaint.extension_workdays,
        further_until=complaint.further_until,
        followed_since=complaint.followed_since,
        transferred_at=complaint.transferred_at,
        closed_at=complaint.closed_at,
        calendar=load_calendar(),
        rulebook=load(complaint.rulebook_version),
    )


def recompute(session: Session, complaint: Complaint) -> None:
    """Replace the clock rows and the tasks' due times; nothing is patched."""
    clocks = of(complaint)
    bound = deadlines.binding(clocks)
    complaint.resolve_due_at = bound.due_at if bound else None
    rows = [
        ComplaintClock(
            complaint_id=complaint.id,
            name=clock.name,
            position=position,
            label=clock.label,
            due_at=clock.due_at,
            clause=clock.clause,
            why=clock.why,
            provisional=clock.provisional,
            confirmed=clock.confirmed,
        )
        for position, clock in enumerate(clocks)
    ]
    store.replace_clocks(session, complaint.id, rows)
    for task in store.tasks(session, complaint.id):
        task.due_at = due(task, complaint, clocks)


def moved(session: Session, complaint: Complaint) -> tuple[str, ...]:
    """Names of the clocks that would stand elsewhere, or be final, if they were computed now."""
    stored = {row.name: (row.due_at, row.provisional) for row in store.clocks(session, complaint.id)}
    fresh = {clock.name: (clock.due_at, clock.provisional) for clock in of(complaint)}
    return tuple(name for name in {**fresh, **stored} if fresh.get(name) != stored.get(name))


def due(task: Task, complaint: Complaint, clocks: tuple[Clock, ...]) -> datetime | None:
    """When a task is due: with its clock; before that clock runs, not yet; other periods count from when it arose."""
    for clock in clocks:
        if clock.name == task.due:
            return clock.due_at
    deadline = load(complaint.rulebook_version).deadlines[task.due]
    if deadline.governs:
        return None
    start = local_date(task.created_at or complaint.registered_at)
    period = deadline.on(start)
    if period.unit == "workday":
        return end_of(load_calendar().add_workdays(start, period.value))
    return end_of(start + timedelta(days=period.value))
