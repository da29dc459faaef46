"""The queries of accounts: units, people, current memberships, sessions, second steps."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.elements import ColumnElement

from backend.accounts.models import (
    AnsweredRequest,
    Membership,
    Person,
    RecoveryCode,
    SecondStep,
    SignInChallenge,
    SignInSession,
    Unit,
)


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


def memberships_between(session: Session, person_id: int, since: date, until: date | None) -> Sequence[Membership]:
    """The roles a person holds on any day from ``since`` to ``until`` (None: further notice), with their units."""
    query = select(Membership).where(Membership.person_id == person_id)
    query = query.where(or_(Membership.to_date.is_(None), Membership.to_date >= since))
    if until is not None:
        query = query.where(Membership.from_date <= until)
    query = query.options(joinedload(Membership.unit)).order_by(Membership.from_date, Membership.id)
    return [one for one in session.scalars(query) if one.to_date is None or one.to_date >= one.from_date]


def not_over(session: Session, on: date) -> Sequence[Membership]:
    """Every role held on a day or later, with its unit."""
    query = select(Membership).where(or_(Membership.to_date.is_(None), Membership.to_date >= on))
    query = query.options(joinedload(Membership.unit)).order_by(Membership.from_date, Membership.id)
    return [one for one in session.scalars(query) if one.to_date is None or one.to_date >= one.from_date]


def membership(session: Session, membership_id: int) -> Membership | None:
    query = select(Membership).where(Membership.id == membership_id).options(joinedload(Membership.unit))
    return session.scalars(query.execution_options(populate_existing=True)).first()


def open_sessions(session: Session) -> dict[int, int]:
    """How many sessions of each person are not ended."""
    query = select(SignInSession.person_id, func.count()).where(SignInSession.ended_at.is_(None))
    return {row[0]: row[1] for row in session.execute(query.group_by(SignInSession.person_id))}


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


def second_step(session: Session, person_id: int) -> SecondStep | None:
    return session.get(SecondStep, person_id, populate_existing=True)


def second_steps(session: Session) -> frozenset[int]:
    """The people who must give a code."""
    return frozenset(session.scalars(select(SecondStep.person_id).where(SecondStep.confirmed_at.is_not(None))))


def drop_second_step(session: Session, person_id: int) -> None:
    """Secret, recovery codes and whatever awaits a code."""
    for table in (SecondStep, RecoveryCode, SignInChallenge):
        session.execute(delete(table).where(table.person_id == person_id))
    session.expire_all()


def replace_recovery_codes(session: Session, codes: Collection[RecoveryCode], person_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.add_all(codes)
    session.flush()


def use_recovery_code(session: Session, person_id: int, code_hash: bytes, now: datetime) -> bool:
    """Claim an unused code; whoever comes second gets False."""
    query = update(RecoveryCode).where(
        RecoveryCode.code_hash == code_hash, RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return session.execute(query.values(used_at=now).returning(RecoveryCode.person_id)).first() is not None


def recovery_codes_left(session: Session, person_id: int) -> int:
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalars(query.where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))).one()


def challenge(session: Session, token_hash: bytes) -> SignInChallenge | None:
    return session.get(SignInChallenge, token_hash, populate_existing=True)


def drop_challenge(session: Session, token_hash: bytes) -> None:
    session.execute(delete(SignInChallenge).where(SignInChallenge.token_hash == token_hash))


def forget_challenges(session: Session, created_before: datetime) -> None:
    session.execute(delete(SignInChallenge).where(SignInChallenge.created_at < created_before))


def lock_key(session: Session, person_id: int, key: str) -> None:
    """Let two requests with one key come one after the other; SQLite's writers do so anyway."""
    if session.get_bind().dialect.name == "postgresql":
        wait = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
        session.execute(wait, {"key": f"{person_id}:{key}"})


def answered(session: Session, person_id: int, key: str) -> str | None:
    """The digest of the request that was done under this key."""
    found = session.get(AnsweredRequest, (person_id, key), populate_existing=True)
    return found.digest if found else None


def remember_answered(session: Session, person_id: int, key: str, digest: str, now: datetime) -> None:
    session.add(AnsweredRequest(person_id=person_id, key=key, digest=digest, answered_at=now))
    session.flush()


def forget_answered(session: Session, before: datetime) -> None:
    session.execute(delete(AnsweredRequest).where(AnsweredRequest.answered_at < before))


def unit_count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Unit)).one()


def _held_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return Membership.from_date <= on, or_(Membership.to_date.is_(None), Membership.to_date >= on)
