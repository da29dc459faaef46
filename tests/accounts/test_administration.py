"""People and roles: dated, by the administrator alone, in force at once, and never without anybody who may manage."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from backend.accounts import administration, second_step, service, store
from backend.accounts.administration import Card
from backend.accounts.values import Viewer
from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotFound, NotSignedIn, Unprocessable
from tests.people import NOW, PASSWORD, House, hire

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def sign_in(database: Database, login: str, password: str = PASSWORD) -> str:
    with database.write() as session:
        return service.sign_in(session, login=login, password=password, now=NOW).token


def alive(database: Database, token: str) -> bool:
    with database.read() as session:
        try:
            service.viewer_by_token(session, token, NOW)
        except NotSignedIn:
            return False
        return True


def card(database: Database, house: House, viewer: Viewer) -> Card:
    with database.read() as session:
        found = administration.cards(session, by=house.zhoujing.actor, now=NOW)
    return next(one for one in found if one.person_id == viewer.person_id)


def roles_on(database: Database, viewer: Viewer, day: date) -> set[str]:
    with database.read() as session:
        return {one.role for one in store.memberships(session, viewer.person_id, day)}


VERBS: dict[str, Callable[..., Any]] = {
    "create": lambda session, house, by: administration.create(
        session, login="xin", name="新人", unit="tianhe", roles=["handler"], by=by, now=NOW
    ),
    "place": lambda session, house, by: administration.place(
        session, person_id=house.liqiang.person_id, unit="service_centre", role="officer",
        since=None, until=None, by=by, now=NOW,
    ),
    "move_on": lambda session, house, by: administration.move_on(
        session, membership_id=store.memberships(session, house.liqiang.person_id, TODAY)[0].id,
        last_day=None, by=by, now=NOW,
    ),
    "password": lambda session, house, by: administration.renew_password(
        session, person_id=house.liqiang.person_id, by=by, now=NOW
    ),
    "sessions": lambda session, house, by: administration.end_sessions(
        session, person_id=house.liqiang.person_id, by=by, now=NOW
    ),
    "second step": lambda session, house, by: administration.remove_second_step(
        session, person_id=house.liqiang.person_id, by=by, now=NOW
    ),
    "disable": lambda session, house, by: administration.disable(
        session, person_id=house.liqiang.person_id, by=by, now=NOW
    ),
    "enable": lambda session, house, by: administration.enable(
        session, person_id=house.liqiang.person_id, by=by, now=NOW
    ),
    "cards": lambda session, house, by: administration.cards(session, by=by, now=NOW),
}  # fmt: skip


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_only_the_administrator_may(database: Database, house: House, verb: str) -> None:
    before = count(database)
    for who in (house.liqiang, house.qianfang, house.sunli, house.zhaolei):
        with pytest.raises(Forbidden, match="may_not_manage_people") as refused, database.write() as session:
            VERBS[verb](session, house, who.actor)
        assert refused.value.clause
    assert count(database) == before
    with database.write() as session:
        VERBS[verb](session, house, house.zhoujing.actor)
    with database.read() as session:
        assert trail.verify(session).ok


def count(database: Database) -> int:
    with database.read() as session:
        return audit.count(session)


def test_an_administrator_who_was_disabled_may_nothing(database: Database, house: House) -> None:
    other = hire(database, "wuguan", "吴管", None, ["administrator"])
    with database.write() as session:
        administration.disable(session, person_id=house.zhoujing.person_id, by=other.actor, now=NOW)
    with pytest.raises(Forbidden, match="person_disabled"), database.write() as session:
        administration.disable(session, person_id=other.person_id, by=house.zhoujing.actor, now=NOW)


def test_a_role_holds_from_its_first_to_its_last_day(database: Database, house: House) -> None:
    since, until = TODAY + DAY, TODAY + 3 * DAY
    with database.write() as session:
        administration.place(
            session, person_id=house.liqiang.person_id, unit="service_centre", role="officer",
            since=since, until=until, by=house.zhoujing.actor, now=NOW,
        )  # fmt: skip
    held = {day: "officer" in roles_on(database, house.liqiang, TODAY + day * DAY) for day in range(5)}
    assert held == {0: False, 1: True, 2: True, 3: True, 4: False}
    assert card(database, house, house.liqiang).places[-1].until == until


@pytest.mark.parametrize(("since", "until"), [(TODAY - DAY, None), (None, TODAY - DAY), (TODAY + DAY, TODAY)])
def test_days_in_the_past_or_the_wrong_order_are_refused(
    database: Database, house: House, since: date | None, until: date | None
) -> None:
    with pytest.raises(Unprocessable, match="place_days"), database.write() as session:
        administration.place(
            session, person_id=house.liqiang.person_id, unit="service_centre", role="officer",
            since=since, until=until, by=SYSTEM, now=NOW,
        )  # fmt: skip


def test_somebody_changes_the_unit_from_a_day_on(database: Database, house: House) -> None:
    [held] = card(database, house, house.zhaolei).places
    move = {"person_id": house.zhaolei.person_id, "unit": "tianhe", "role": "handler", "since": TODAY + 5 * DAY}
    with pytest.raises(Conflict, match="works_elsewhere"), database.write() as session:
        administration.place(session, **move, until=None, by=SYSTEM, now=NOW)  # type: ignore[arg-type]
    with database.write() as session:
        administration.move_on(session, membership_id=held.membership_id, last_day=TODAY + 4 * DAY, by=SYSTEM, now=NOW)
        administration.place(session, **move, until=None, by=SYSTEM, now=NOW)  # type: ignore[arg-type]
    units = []
    with database.read() as session:
        for days in (0, 4, 5):
            viewer = service.viewer_of(session, house.zhaolei.person_id, NOW + days * DAY)
            units.append(viewer and viewer.unit)
    assert units == ["yuexiu", "yuexiu", "tianhe"]


def test_a_role_that_ends_at_once_is_gone_at_once(database: Database, house: House) -> None:
    [held] = card(database, house, house.liqiang).places
    with database.write() as session:
        administration.move_on(session, membership_id=held.membership_id, last_day=None, by=SYSTEM, now=NOW)
    assert roles_on(database, house.liqiang, TODAY) == set()
    assert roles_on(database, house.liqiang, TODAY - DAY) == {"handler"}
    with pytest.raises(NotFound), database.write() as session:
        administration.move_on(session, membership_id=held.membership_id, last_day=None, by=SYSTEM, now=NOW)


def test_the_last_who_may_manage_stays(database: Database, house: House) -> None:
    [held] = card(database, house, house.zhoujing).places
    for last_day in (None, TODAY, TODAY + 30 * DAY):
        with pytest.raises(Conflict, match="last_manager"), database.write() as session:
            administration.move_on(session, membership_id=held.membership_id, last_day=last_day, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="last_manager"), database.write() as session:
        administration.disable(session, person_id=house.zhoujing.person_id, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="own_account"), database.write() as session:
        administration.disable(session, person_id=house.zhoujing.person_id, by=house.zhoujing.actor, now=NOW)


def test_a_forgotten_password_is_replaced_and_every_session_ends(database: Database, house: House) -> None:
    token = sign_in(database, "liqiang")
    with database.write() as session:
        made = administration.renew_password(
            session, person_id=house.liqiang.person_id, by=house.zhoujing.actor, now=NOW
        )
    assert not alive(database, token)
    with pytest.raises(NotSignedIn):
        sign_in(database, "liqiang")
    assert alive(database, sign_in(database, "liqiang", made.one_time_password))
    assert card(database, house, house.liqiang).must_change_password


def test_ended_sessions_are_over_and_a_lost_telephone_is_forgotten(database: Database, house: House) -> None:
    token = sign_in(database, "liqiang")
    assert card(database, house, house.liqiang).open_sessions == 1
    with database.write() as session:
        administration.end_sessions(session, person_id=house.liqiang.person_id, by=SYSTEM, now=NOW)
    assert not alive(database, token)
    with database.write() as session:
        second_step.begin(session, viewer=house.liqiang, password=PASSWORD, now=NOW)
        administration.remove_second_step(session, person_id=house.liqiang.person_id, by=SYSTEM, now=NOW)
        assert second_step.pending(session, viewer=house.liqiang) is None


def test_who_comes_back_has_the_roles_that_have_not_run_out(database: Database, house: House) -> None:
    for verb in (administration.disable, administration.enable, administration.enable):
        with database.write() as session:
            verb(session, person_id=house.liqiang.person_id, by=house.zhoujing.actor, now=NOW)
    assert alive(database, sign_in(database, "liqiang"))
    with pytest.raises(NotFound), database.write() as session:
        administration.enable(session, person_id=999, by=SYSTEM, now=NOW)


def test_a_unit_without_a_named_officer_is_an_alarm(database: Database, house: House) -> None:
    def posts(on: date = TODAY) -> dict[str, tuple[bool, tuple[str, ...], date | None]]:
        with database.read() as session:
            return {one.unit: (one.alarm, one.officers, one.until) for one in administration.roster(session, on=on)}

    assert set(posts()) == {"service_centre", "tianhe", "yuexiu"}  # the units that work on complaints
    assert all(alarm for alarm, _, _ in posts().values())
    officer = hire(database, "wumin", "吴敏", "tianhe", ["officer"])
    assert posts()["tianhe"] == (False, ("吴敏",), None)
    [held] = card(database, house, officer).places
    with database.write() as session:
        administration.move_on(session, membership_id=held.membership_id, last_day=TODAY + DAY, by=SYSTEM, now=NOW)
    assert posts()["tianhe"] == (False, ("吴敏",), TODAY + DAY)
    assert posts(TODAY + 2 * DAY)["tianhe"] == (True, (), None)
    with database.write() as session:
        administration.disable(session, person_id=officer.person_id, by=SYSTEM, now=NOW)
    assert posts()["tianhe"][0]
