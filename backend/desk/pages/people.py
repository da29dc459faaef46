"""``/desk/people``: who works here, for the administrator; the alarm for a unit without a named officer.

GET  /desk/people              everybody, the roster, the form for a new person
GET  /desk/people/{id}         one person: roles with dates, sessions, password, authenticator
POST /desk/people              a new person; the one-time password is shown once, on the answer itself
POST /desk/people/{id}/{verb}  place, password, sessions, second-step, disable, enable
POST /desk/people/{id}/places/{membership}/end
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from backend.accounts import administration, store
from backend.accounts.values import NewAccount, Viewer
from backend.clock import local_date, now
from backend.desk.pages.answers import Doer, Reader, Store, page, see_other
from backend.errors import NotFound, Refusal, Unprocessable
from backend.guideline.rulebook import load

HERE = "/desk/people"
VERBS: dict[str, Callable[..., None]] = {
    "sessions": administration.end_sessions,
    "second-step": administration.remove_second_step,
    "disable": administration.disable,
    "enable": administration.enable,
}
NOBODY: dict[str, str] = {"login": "", "name": "", "unit": "", "role": ""}
Text = Annotated[str, Form(max_length=128)]

router = APIRouter(include_in_schema=False)


@router.get(HERE)
def everybody(database: Store, viewer: Reader) -> Response:
    return listed(database, viewer)


@router.post(HERE)
def create(
    database: Store, viewer: Doer, login: Text = "", name: Text = "", unit: Text = "", role: Text = ""
) -> Response:
    try:
        with database.write() as session:
            made = administration.create(
                session, login=login, name=name, unit=unit or None, roles=(role,), by=viewer.actor, now=now()
            )
    except Refusal as refusal:
        given = {"login": login, "name": name, "unit": unit, "role": role}
        return listed(database, viewer, refusal=refusal, given=given)
    return shown(database, viewer, made.person_id, account=made)


@router.get(HERE + "/{person_id}")
def somebody(database: Store, viewer: Reader, person_id: int) -> Response:
    return shown(database, viewer, person_id)


@router.post(HERE + "/{person_id}/place")
def place(
    database: Store, viewer: Doer, person_id: int,
    unit: Text = "", role: Text = "", since: Text = "", until: Text = "",
) -> Response:  # fmt: skip
    def verb(session: Any) -> None:
        administration.place(
            session, person_id=person_id, unit=unit or None, role=role,
            since=day(since), until=day(until), by=viewer.actor, now=now(),
        )  # fmt: skip

    return done(database, viewer, person_id, verb)


@router.post(HERE + "/{person_id}/places/{membership_id}/end")
def move_on(
    database: Store, viewer: Doer, person_id: int, membership_id: int, last_day: Text = ""
) -> Response:  # fmt: skip
    def verb(session: Any) -> None:
        administration.move_on(session, membership_id=membership_id, last_day=day(last_day), by=viewer.actor, now=now())

    return done(database, viewer, person_id, verb)


@router.post(HERE + "/{person_id}/password")
def renew_password(database: Store, viewer: Doer, person_id: int) -> Response:
    """The one-time password stands on this answer and nowhere else."""
    try:
        with database.write() as session:
            made = administration.renew_password(session, person_id=person_id, by=viewer.actor, now=now())
    except Refusal as refusal:
        return shown(database, viewer, person_id, refusal=refusal)
    return shown(database, viewer, person_id, account=made)


@router.post(HERE + "/{person_id}/{verb}")
def act(database: Store, viewer: Doer, person_id: int, verb: str) -> Response:
    found = VERBS.get(verb)
    if found is None:
        raise NotFound("no_such_page", "没有这个页面，请检查地址。")
    return done(
        database, viewer, person_id,
        lambda session: found(session, person_id=person_id, by=viewer.actor, now=now()),
    )  # fmt: skip


def done(database: Store, viewer: Viewer, person_id: int, verb: Callable[[Any], None]) -> Response:
    """Do it and fetch the page anew, or show why not."""
    try:
        with database.write() as session:
            verb(session)
    except Refusal as refusal:
        return shown(database, viewer, person_id, refusal=refusal)
    return see_other(f"{HERE}/{person_id}")


def listed(
    database: Store, viewer: Viewer, *, refusal: Refusal | None = None, given: dict[str, str] = NOBODY
) -> Response:
    moment = now()
    with database.read() as session:
        cards = administration.cards(session, by=viewer.actor, now=moment)
        posts = administration.roster(session, on=local_date(moment))
        units = store.units(session)
    return page(
        "people.html", viewer=viewer, status=refusal.status if refusal else 200, cards=cards, posts=posts,
        units=units, roles=load().roles, named=load().roles[administration.NAMED].label,
        refusal=refusal, given=given,
    )  # fmt: skip


def shown(
    database: Store,
    viewer: Viewer,
    person_id: int,
    *,
    refusal: Refusal | None = None,
    account: NewAccount | None = None,
) -> Response:
    """One person; ``account`` is there once, right after its one-time password was made."""
    moment = now()
    with database.read() as session:
        cards = administration.cards(session, by=viewer.actor, now=moment)
        units = store.units(session)
    card = next((one for one in cards if one.person_id == person_id), None)
    if card is None:
        raise NotFound("no_such_person", "没有找到该人员，请核对后重试。")
    return page(
        "person.html", viewer=viewer, status=refusal.status if refusal else 200, card=card, units=units,
        roles=load().roles, today=local_date(moment), refusal=refusal, account=account,
    )  # fmt: skip


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Unprocessable("day_form", "请填写完整的日期。") from error
