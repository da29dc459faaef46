"""The clocks of open complaints, watched: a date comes near, is past, is taken further. Each is told once.

    running clocks | the day each alarm fires | none given yet -> due            due
    one of them | claim | who must know | trail -> given or not                 give

A clock that is moved (an extension, a new calendar) has another due day and may be told of again, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.guideline.calendar import Calendar, end_of
from backend.guideline.rulebook import Rulebook, load
from backend.guideline.watch import Alarm, fires_on
from backend.ledger import store as ledger
from backend.ledger.calendar import load_calendar
from backend.ledger.models import Complaint
from backend.ledger.watch import roster, store
from backend.ledger.watch.models import ClockAlarm

TAGS = {"warned": Tag.CLOCK_WARNED, "lapsed": Tag.CLOCK_LAPSED, "escalated": Tag.CLOCK_ESCALATED}


@dataclass(frozen=True, slots=True)
class Due:
    """An alarm to give. ``event``: its id in the rulebook."""

    number: str
    clock: str
    due_at: datetime
    event: str


def due(session: Session, *, now: datetime, limit: int) -> Sequence[Due]:
    """Alarms to give now, at most ``limit`` of each sort. A clock that is past is no longer said to come near."""
    rulebook, calendar, today = load(), load_calendar(), local_date(now)
    found = []
    for alarm in rulebook.watch.alarms.values():
        clocks = [one.id for one in rulebook.deadlines.values() if one.governs or not alarm.governing]
        for row in store.without_alarm(
            session,
            alarm.id,
            clocks=clocks,
            due_by=_latest(alarm, today, calendar, rulebook),
            rulebook=rulebook,
            limit=limit,
        ):
            past = row.due_at < now
            ready = today >= fires_on(alarm, local_date(row.due_at), calendar=calendar, rulebook=rulebook)
            if ready and past is not bool(alarm.before):
                found.append(Due(row.number, row.clock, row.due_at, alarm.id))
    return found


def give(session: Session, alarm: Due, *, by: Actor, now: datetime) -> bool:
    """第五条：切实跟进投诉处理的各项环节。 False when somebody else gave it, or the clock has moved or stopped since."""
    trail.hold(session)
    rulebook = load()
    complaint = ledger.by_number(session, alarm.number)
    if complaint is None or not store.runs(session, complaint.id, alarm.clock, alarm.due_at, rulebook):
        return False
    if store.alarm(session, complaint.id, alarm.clock, alarm.due_at, alarm.event) is not None:
        return False
    session.add(
        ClockAlarm(complaint_id=complaint.id, clock=alarm.clock, due_at=alarm.due_at, event=alarm.event, at=now)
    )
    session.flush()
    told = _told(session, complaint, rulebook.watch.alarms[alarm.event], now=now)
    data: trail.Data = {"clock": alarm.clock, "due": local_date(alarm.due_at).isoformat(), "told": told}
    trail.record(session, TAGS[alarm.event], actor=by, subject=complaint.subject, data=data, now=now)
    return True


def _told(session: Session, complaint: Complaint, alarm: Alarm, *, now: datetime) -> list[int]:
    """Who must know, as person ids: whoever works on it, named roles of its unit, those who answer for the rest."""
    found: dict[int, None] = {}
    if alarm.handler:
        found[complaint.handler_id or complaint.first_responder_id] = None
    found |= dict.fromkeys(roster.of_unit(session, complaint.unit_id, alarm.roles, complaint, now=now))
    above = load().acts["acknowledge_trigger"].roles
    for unit_id in roster.units_of(session, alarm.kinds):
        found |= dict.fromkeys(roster.of_unit(session, unit_id, above, complaint, now=now))
    return list(found)


def _latest(alarm: Alarm, today: date, calendar: Calendar, rulebook: Rulebook) -> datetime:
    """No clock due later than this can call for the alarm today."""
    ahead = rulebook.period(alarm.before, today).value if alarm.before else 0
    return end_of(calendar.add_workdays(today, ahead))
