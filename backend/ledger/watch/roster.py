"""Who can be reached where, today: people of a unit in given roles, without those whom the complaint is about."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import store as people
from backend.clock import local_date
from backend.ledger import store
from backend.ledger.models import Complaint


def of_unit(
    session: Session, unit_id: int, roles: Collection[str], complaint: Complaint, *, now: datetime
) -> dict[int, frozenset[str]]:
    """Person id -> those of ``roles`` they hold there today."""
    aside = {person.id for person in store.involved(session, complaint.id)}
    held: dict[int, set[str]] = {}
    for one in people.staff(session, local_date(now), unit_ids=[unit_id], roles=roles):
        if one.person_id not in aside:
            held.setdefault(one.person_id, set()).add(one.role)
    return {person: frozenset(found) for person, found in held.items()}


def units_of(session: Session, kinds: Collection[str]) -> list[int]:
    """The units of these kinds, each once, kinds in their order."""
    return list(dict.fromkeys(unit.id for kind in kinds for unit in people.units_of_kind(session, kind)))
