"""The queries of accounts: units, people, current memberships, sessions."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.models import Membership, Person, SignInSession, Unit


def units(session: Session) -> Sequence[Unit]:
    return session.scalars(select(Unit).order_by(Unit.code)).all()


def unit_by_key(session: Session, key: str) -> Unit | None:
    return session.scalars(select(Unit).where(Unit.key == key)).first()


def units_of_kind(session: Session, kind: str) -> Sequence[Unit]:
    return session.scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.code)).all()


def people(session: Session) -> Sequence[Person]:
    return session.scalars(select(Person).order_by(Person.id)).all()


def anyone(session: Session) -> bool:
    return session.scalars(select(Person.id).limit(1)).first() is not None


def person_by_login(session: Session, login: str) -> Person | None:
    login = login.strip().casefold()
    return session.scalars(select(Person).where(Person.login == login)).first() if login.isprintable() else None


def people_named(session: Session, name: str) -> Sequence[Person]:
    if not name.isprintable():  # PostgreSQL refuses a NUL, and a name on a badge has none
        return []
    return session.scalars(select(Person).where(Person.name == name).order_by(Person.id)).all()


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def memberships(session: Session, person_id: int, on: date) -> Sequence[Membership]:
    """The roles a person holds on a day, with their units, the oldest first."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id, *_held_on(on))
        .options(joinedload(Membership.unit))
        .order_by(Membership.id)
    )
    return session.scalars(query).all()


def staff(
    session: Session, on: date, *, unit_ids: Collection[int] | None = None, roles: Collection[str] | None = None
) -> Sequence[Membership]:
    """Who works there on a day, with person and unit; disabled people left out. None: everywhere, in any role."""
    query = select(Membership).join(Membership.person).where(*_held_on(on), Person.disabled_at.is_(None))
    if unit_ids is not None:
        query = query.where(Membership.unit_id.in_(unit_ids))
    if roles is not None:
        query = query.where(Membership.role.in_(roles))
    query = query.options(joinedload(Membership.unit), joinedload(Membership.person)).order_by(Membership.id)
    return session.scalars(query).all()


def sign_in_session(session: Session, token_hash: bytes) -> SignInSession | None:
    return session.get(SignInSession, token_hash, populate_existing=True)


def touch(session: Session, token_hash: bytes, now: datetime) -> None:
    session.execute(update(SignInSession).where(SignInSession.token_hash == token_hash).values(last_seen_at=now))


def end_sessions(session: Session, person_id: int, now: datetime, *, but: bytes | None = None) -> None:
    """End every open session of a person, except the one with the hash ``but``."""
    query = update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    if but is not None:
        query = query.where(SignInSession.token_hash != but)
    session.execute(query.values(ended_at=now))


def forget_sessions(session: Session, created_before: datetime) -> None:
    session.execute(delete(SignInSession).where(SignInSession.created_at < created_before))


def unit_count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Unit)).one()


def _held_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return Membership.from_date <= on, or_(Membership.to_date.is_(None), Membership.to_date >= on)
