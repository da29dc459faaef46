"""Units, people and sign-in. Every change leaves its trail entry in the same transaction.

    login and password | same work for known and unknown | session row (hash only) -> SignedIn(token)
    cookie token | hash | session alive, person not disabled | today's roles -> Viewer

A person works in one unit at a time and may hold several roles in it; roles the rulebook calls unbound need no unit.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from backend.accounts import once, passwords, second_step, store
from backend.accounts.models import Membership, Person, SignInSession, Unit
from backend.accounts.values import NewAccount, SignedIn, Viewer
from backend.audit import trail
from backend.audit.actor import SYSTEM, Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, NotFound, NotSignedIn, Unprocessable
from backend.guideline.rulebook import Rulebook, load
from backend.settings import Settings, get_settings

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
TOUCH_AFTER = timedelta(seconds=60)  # a session's last_seen_at is not worth a write for every request


def seed_organisation(session: Session, *, now: datetime, rulebook: Rulebook | None = None) -> bool:
    """Create the units of the rulebook on an empty ledger; False (and nothing done) where units stand already."""
    trail.hold(session)
    if store.unit_count(session):
        return False
    for unit in (rulebook or load()).units.values():
        session.add(Unit(key=unit.id, kind=unit.kind, name=unit.label, code=unit.code))
    session.flush()
    trail.record(session, Tag.ORGANISATION_CREATED, actor=SYSTEM, subject="unit:all", data={}, now=now)
    return True


def create_administrator(
    session: Session, *, now: datetime, login: str = "admin", name: str = "系统管理员"
) -> NewAccount | None:
    """The first person of an empty house, with a one-time password to be shown once; None where people exist."""
    trail.hold(session)
    if store.anyone(session):
        return None
    return create_person(session, login=login, name=name, unit=None, roles=("administrator",), by=SYSTEM, now=now)


def create_person(
    session: Session,
    *,
    login: str,
    name: str,
    unit: str | None,
    roles: Iterable[str],
    by: Actor,
    now: datetime,
    password: str | None = None,
) -> NewAccount:
    """A person with roles in a unit (rulebook ids; no unit for unbound roles). Without ``password`` one is made.

    Either must be changed at the first sign-in. Unprocessable: bad login, unknown unit or role; Conflict: login taken.
    """
    trail.hold(session)
    login = login.strip().casefold()
    if not LOGIN.fullmatch(login):
        raise Unprocessable("login_form", "登录名由 2 至 64 个小写字母、数字、点、横线组成，请修改后重试。")
    if not name.strip():
        raise Unprocessable("name_missing", "请填写姓名。")
    if store.person_by_login(session, login):
        raise Conflict("login_taken", "该登录名已被使用，请换一个。", extra={"login": login})
    chosen = password or passwords.one_time()
    person = Person(
        login=login,
        name=name.strip(),
        password_hash=passwords.hashed(chosen),
        must_change_password=True,
        created_at=now,
    )
    session.add(person)
    session.flush()
    trail.record(session, Tag.PERSON_CREATED, actor=by, subject=f"person:{person.id}", data={}, now=now)
    for role in roles:
        place(session, person_id=person.id, unit=unit, role=role, by=by, now=now)
    return NewAccount(person.id, login, chosen)


def place(
    session: Session,
    *,
    person_id: int,
    unit: str | None,
    role: str,
    by: Actor,
    now: datetime,
    since: date | None = None,
    until: date | None = None,
) -> None:
    """Give a person a role from a day (today) to a day (further notice), both included; holding it is nothing to do.

    Unprocessable: unknown unit or role, a role without the unit it needs, days that lie back or in the wrong order.
    Conflict: they work elsewhere in that time.
    """
    rulebook = load()
    where = store.unit_by_key(session, unit) if unit else None
    if role not in rulebook.roles or (where is None and (unit is not None or role not in rulebook.unbound)):
        raise Unprocessable("unknown_place", "没有这个单位或岗位，请从列表中选择。", extra={"unit": unit, "role": role})
    since = since or local_date(now)
    if since < local_date(now) or (until is not None and until < since):
        raise Unprocessable("place_days", "任职须自今天或以后开始，结束日期不得早于开始日期，请修改。")
    held = store.memberships_between(session, person_id, since, until)
    if where and any(one.unit_id not in (None, where.id) for one in held):
        raise Conflict("works_elsewhere", "该人员在此期间于其他单位任职，请先结束原任职。", extra={"person": person_id})
    if any(one.role == role for one in held):
        return
    unit_id = where.id if where else None
    session.add(Membership(person_id=person_id, unit_id=unit_id, role=role, from_date=since, to_date=until))
    subject = f"person:{person_id}"
    data = {"unit": unit, "role": role, "since": since.isoformat(), "until": until.isoformat() if until else None}
    trail.record(session, Tag.PERSON_PLACED, actor=by, subject=subject, data=data, now=now)


def disable(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """Shut a person out at once: the account is disabled and every session ends."""
    trail.hold(session)
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFound("no_such_person", "没有找到该人员，请核对后重试。")
    if person.disabled_at is None:
        person.disabled_at = now
        store.end_sessions(session, person_id, now)
        trail.record(session, Tag.PERSON_DISABLED, actor=by, subject=f"person:{person_id}", data={}, now=now)


def viewer_of(session: Session, person_id: int, now: datetime) -> Viewer | None:
    """The person as they may act today; None if there is none or they are disabled."""
    person = session.get(Person, person_id, populate_existing=True)
    if person is None or person.disabled_at is not None:
        return None
    held = store.memberships(session, person_id, local_date(now))
    unit = next((one.unit for one in held if one.unit), None)
    return Viewer(
        person_id=person.id,
        login=person.login,
        name=person.name,
        roles=frozenset(one.role for one in held),
        unit_id=unit.id if unit else None,
        unit=unit.key if unit else None,
        unit_name=unit.name if unit else None,
        unit_kind=unit.kind if unit else None,
        must_change_password=person.must_change_password,
        must_enrol=get_settings().second_step == "required" and not second_step.enrolled(session, person_id),
    )


def identify(session: Session, *, login: str, password: str) -> int:
    """The person with this login and password. Takes the time of one argon2 check, so give it a read transaction.

    NotSignedIn, in the same words and the same time, for an unknown login, a wrong password and a disabled person.
    """
    person = store.person_by_login(session, login)
    alive = person is not None and person.disabled_at is None
    if not passwords.matches(person.password_hash if person else None, password) or person is None or not alive:
        raise _wrong()
    return person.id


def open_session(session: Session, *, person_id: int, now: datetime) -> SignedIn:
    """A new session with a token of its own (never a reused one)."""
    viewer = viewer_of(session, person_id, now)
    if viewer is None:
        raise _wrong()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    session.add(
        SignInSession(token_hash=_hash(token), person_id=person_id, csrf=csrf, created_at=now, last_seen_at=now)
    )
    trail.record(session, Tag.PERSON_SIGNED_IN, actor=viewer.actor, subject=f"person:{person_id}", data={}, now=now)
    return SignedIn(token, replace(viewer, csrf=csrf))


def sign_in(session: Session, *, login: str, password: str, now: datetime) -> SignedIn:
    """``identify | open_session`` in one transaction; the desk takes the two apart, see ``identify``."""
    return open_session(session, person_id=identify(session, login=login, password=password), now=now)


def viewer_by_token(session: Session, token: str, now: datetime, settings: Settings | None = None) -> Viewer:
    """Who stands behind a cookie. NotSignedIn when the session is unknown, ended, idle or old, or its person gone."""
    settings = settings or get_settings()
    row = store.sign_in_session(session, _hash(token))
    if row is None or row.ended_at is not None:
        raise ended()
    idle, age = now - row.last_seen_at, now - row.created_at
    if idle.total_seconds() > settings.session_idle or age.total_seconds() > settings.session_absolute:
        raise ended()
    viewer = viewer_of(session, row.person_id, now)
    if viewer is None:
        raise ended()
    return replace(viewer, csrf=row.csrf)


def is_stale(session: Session, token: str, now: datetime) -> bool:
    """Should ``last_seen_at`` be written again?"""
    row = store.sign_in_session(session, _hash(token))
    return row is not None and now - row.last_seen_at > TOUCH_AFTER


def touch(session: Session, token: str, now: datetime) -> None:
    store.touch(session, _hash(token), now)


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End the session behind a token; an unknown or ended one is nothing to do."""
    row = store.sign_in_session(session, _hash(token))
    if row is None or row.ended_at is not None:
        return
    row.ended_at = now
    actor = Actor.person(row.person_id)
    trail.record(session, Tag.PERSON_SIGNED_OUT, actor=actor, subject=str(actor), data={}, now=now)


def forget_old_sessions(session: Session, *, now: datetime, settings: Settings | None = None) -> None:
    """Drop the rows of sessions that cannot be alive any more; who signed in when stays in the trail."""
    store.forget_sessions(session, now - timedelta(seconds=(settings or get_settings()).session_absolute))
    store.forget_challenges(session, now - second_step.CHALLENGE_LIVES)
    once.forget(session, now=now)


def change_password(
    session: Session, *, viewer: Viewer, old: str, new: str, now: datetime, token: str | None = None
) -> None:
    """Set a password of one's own. Every other session of the person ends; the one behind ``token`` stays."""
    trail.hold(session)
    person = session.get_one(Person, viewer.person_id, populate_existing=True)
    if not passwords.matches(person.password_hash, old):
        raise Forbidden("wrong_password", "原密码不正确，请重新输入。")
    passwords.demand_good(new, login=person.login, old=old)
    person.password_hash = passwords.hashed(new)
    person.must_change_password = False
    store.end_sessions(session, person.id, now, but=_hash(token) if token else None)
    trail.record(
        session, Tag.PERSON_PASSWORD_CHANGED, actor=viewer.actor, subject=f"person:{person.id}", data={}, now=now
    )


def ended() -> NotSignedIn:
    return NotSignedIn("not_signed_in", "登录已失效或尚未登录，请重新登录。")


def _wrong() -> NotSignedIn:
    return NotSignedIn("wrong_credentials", "登录名或密码不正确，请核对后重试；忘记密码请联系系统管理员。")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
