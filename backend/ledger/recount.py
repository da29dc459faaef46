"""Deadlines counted anew when the calendar they were counted by has changed; each complaint whose dates move says so.

running complaints | clocks as stored against clocks as computed -> numbers      moved
number | compute anew | trail -> the clocks that moved                           recount
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.guideline.rulebook import load
from backend.ledger import change, clocks
from backend.ledger.watch import store


def moved(session: Session) -> Sequence[str]:
    """The complaints with a running clock that would stand elsewhere now."""
    return [one.number for one in store.watched(session, load()) if clocks.moved(session, one)]


def recount(session: Session, number: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Compute the clocks of one complaint anew. Nothing moved, no change, no entry."""
    complaint, _ = change.loaded(session, number, None, by=by, now=now)
    names = clocks.moved(session, complaint)
    if names:
        data: trail.Data = {"clocks": list(names), "rulebook": complaint.rulebook_version}
        change.apply(session, complaint, Tag.COMPLAINT_CLOCKS_CHANGED, by=by, now=now, data=data)
    return names
