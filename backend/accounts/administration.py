"""Who works here, from when to when, and what to do when a telephone is lost or somebody leaves.

    by | duties: manage_people | the verb of accounts | somebody is still left who may -> trail

Every verb asks the duties itself (the command line acts as the system and passes) and leaves its entry. The house can
never be left without anybody who may manage it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from backend.accounts import passwords, second_step, service, store
from backend.accounts.models import Membership, Person
from backend.accounts.values import NewAccount, Viewer
from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, NotFound, Unprocessable
from backend.guideline import duties
from backend.guideline.rulebook import load
from backend.guideline.values import Verdict

ACT = "manage_people"
NAMED = "officer"  # 第五条: the named person of every unit that works on complaints
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One role from a day to a day, both included; ``until`` None: until further notice."""

    membership_id: int
    role: str
    unit: str | None
    unit_name: str | None
    since: date
    until: date | None
    held_today: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One person as the administrator sees them."""

    person_id: int
    login: str
    name: str
    disabled_at: datetime | None
    must_change_password: bool
    second_step: bool
    open_sessions: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A unit that needs a named officer. ``alarm``: has none today. ``until``: the last day somebody is named."""

    unit: str
    unit_name: str
    officers: tuple[str, ...]
    until: date | None
    alarm: bool


def may_manage(viewer: Viewer) -> Verdict:
    """第五条: may this person manage people and units?"""
    return duties.may(
        ACT, roles=viewer.roles, unit=viewer.unit, unit_kind=viewer.unit_kind,
        complaint_unit=None, involvement=frozenset(), rulebook=load(),
    )  # fmt: skip


def demand_manager(session: Session, by: Actor, now: datetime) -> None:
    """第五条: Forbidden for a person whom the duties do not name; programs of the house pass."""
    if by.person_id is None:
        return
    viewer = service.viewer_of(session, by.person_id, now)
    if viewer is None:
        raise Forbidden("person_disabled", "该账号已停用；如有疑问请联系系统管理员。")
    verdict = may_manage(viewer)
    if not verdict.allowed:
        raise Forbidden(f"may_not_{ACT}", f"{verdict.reason}。", clause=verdict.clause)


def cards(session: Session, *, by: Actor, now: datetime) -> tuple[Card, ...]:
    """Everybody, in the order they came."""
    demand_manager(session, by, now)
    today = local_date(now)
    places: dict[int, list[Place]] = {}
    for one in store.not_over(session, today):
        places.setdefault(one.person_id, []).append(_place(one, today))
    sessions, stepped = store.open_sessions(session), store.second_steps(session)
    return tuple(
        Card(
            one.id, one.login, one.name, one.disabled_at, one.must_change_password,
            one.id in stepped, sessions.get(one.id, 0), tuple(places.get(one.id, ())),
        )
        for one in store.people(session)
    )  # fmt: skip


def roster(session: Session, *, on: date) -> tuple[Post, ...]:
    """第五条: the named officers of the units that work on complaints, the service centre and every branch."""
    rulebook, posts = load(), []
    named: dict[int, list[Membership]] = {}
    for one in store.staff(session, on, roles=(NAMED,)):
        if one.unit_id is not None:
            named.setdefault(one.unit_id, []).append(one)
    for unit in store.units(session):
        if unit.kind not in rulebook.unit_kinds or not rulebook.unit_kinds[unit.kind].handles:
            continue
        held = named.get(unit.id, [])
        ends = [one.to_date for one in held if one.to_date]
        until = max(ends) if held and len(ends) == len(held) else None
        posts.append(Post(unit.key, unit.name, tuple(one.person.name for one in held), until, not held))
    return tuple(posts)


def create(
    session: Session, *, login: str, name: str, unit: str | None, roles: Iterable[str], by: Actor, now: datetime
) -> NewAccount:
    """A new person with a one-time password."""
    trail.hold(session)
    demand_manager(session, by, now)
    return service.create_person(session, login=login, name=name, unit=unit, roles=roles, by=by, now=now)


def place(
    session: Session, *, person_id: int, unit: str | None, role: str, since: date | None, until: date | None,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """A further role, from a day to a day."""
    _managed(session, person_id, by, now)
    service.place(session, person_id=person_id, unit=unit, role=role, by=by, now=now, since=since, until=until)


def move_on(session: Session, *, membership_id: int, last_day: date | None, by: Actor, now: datetime) -> int:
    """A role ends: after ``last_day``, or at once. Returns whose it was; what was done under it stands."""
    trail.hold(session)
    demand_manager(session, by, now)
    held, today = store.membership(session, membership_id), local_date(now)
    if held is None or (held.to_date is not None and held.to_date < today):
        raise NotFound("no_such_place", "没有找到这项任职或已经结束，请刷新后重试。")
    last_day = last_day or today - DAY
    if last_day < today - DAY:
        raise Unprocessable("place_days", "任职的结束日期不能早于今天，请修改。")
    held.to_date = last_day
    session.flush()
    _demand_manager_left(session, last_day + DAY)
    data = {"role": held.role, "unit": held.unit.key if held.unit else None, "until": last_day.isoformat()}
    subject = f"person:{held.person_id}"
    trail.record(session, Tag.PERSON_MOVED_ON, actor=by, subject=subject, data=data, now=now)
    return held.person_id


def renew_password(session: Session, *, person_id: int, by: Actor, now: datetime) -> NewAccount:
    """A forgotten password: a one-time one, shown once; every session ends."""
    person = _managed(session, person_id, by, now)
    chosen = passwords.one_time()
    person.password_hash, person.must_change_password = passwords.hashed(chosen), True
    store.end_sessions(session, person_id, now)
    _tell(session, Tag.PERSON_PASSWORD_RENEWED, person_id, by, now)
    return NewAccount(person_id, person.login, chosen)


def end_sessions(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """A lost laptop: whoever sits there is signed out at the next click."""
    _managed(session, person_id, by, now)
    store.end_sessions(session, person_id, now)
    _tell(session, Tag.PERSON_SESSIONS_ENDED, person_id, by, now)


def remove_second_step(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """A lost telephone and no recovery code: the person enrols anew. Every session ends."""
    _managed(session, person_id, by, now)
    second_step.drop(session, person_id=person_id, by=by, now=now)
    store.end_sessions(session, person_id, now)


def disable(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """Somebody leaves: shut out at once. Nobody shuts out themselves, nor the last who may manage."""
    _managed(session, person_id, by, now)
    if by.person_id == person_id:
        raise Conflict("own_account", "不能停用自己的账号，请由另一名系统管理员操作。")
    service.disable(session, person_id=person_id, by=by, now=now)
    session.flush()
    _demand_manager_left(session, local_date(now))


def enable(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """Somebody comes back, with the roles that have not run out meanwhile. Not disabled: nothing to do."""
    person = _managed(session, person_id, by, now)
    if person.disabled_at is not None:
        person.disabled_at = None
        _tell(session, Tag.PERSON_ENABLED, person_id, by, now)


def _managed(session: Session, person_id: int, by: Actor, now: datetime) -> Person:
    trail.hold(session)
    demand_manager(session, by, now)
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFound("no_such_person", "没有找到该人员，请核对后重试。")
    return person


def _demand_manager_left(session: Session, on: date) -> None:
    if not store.staff(session, on, roles=load().acts[ACT].roles):
        raise Conflict("last_manager", "这是最后一名可以管理人员的人，请先指定另一人，再作此变更。")


def _tell(session: Session, tag: Tag, person_id: int, by: Actor, now: datetime) -> None:
    trail.record(session, tag, actor=by, subject=f"person:{person_id}", data={}, now=now)


def _place(one: Membership, today: date) -> Place:
    unit = one.unit
    return Place(
        one.id, one.role, unit.key if unit else None, unit.name if unit else None,
        one.from_date, one.to_date, one.from_date <= today,
    )  # fmt: skip
