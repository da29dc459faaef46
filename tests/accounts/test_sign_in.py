"""Signing in: one sentence and one effort for every failure, a token that is stored nowhere, sessions that end."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.accounts import passwords, service
from backend.audit import trail
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotSignedIn, Unprocessable
from backend.settings import Settings
from tests.people import NOW, PASSWORD, House, hire

SETTINGS = Settings(session_idle=3600, session_absolute=7200)


def enter(database: Database, login: str, password: str) -> str:
    with database.write() as session:
        return service.sign_in(session, login=login, password=password, now=NOW).token


def who(database: Database, token: str, after: timedelta = timedelta(0)) -> str:
    with database.read() as session:
        return service.viewer_by_token(session, token, NOW + after, SETTINGS).name


def test_the_right_password_opens_a_session(database: Database, house: House) -> None:
    assert who(database, enter(database, "liqiang", PASSWORD)) == "李强"
    assert who(database, enter(database, " LiQiang ", PASSWORD)) == "李强"


@pytest.mark.parametrize(
    ("login", "password"), [("liqiang", "wrong"), ("nobody", PASSWORD), ("", ""), ("sunli", ""), ("sun\0li", PASSWORD)]
)
def test_every_failure_says_the_same(database: Database, house: House, login: str, password: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        enter(database, login, password)
    assert refused.value.say == "登录名或密码不正确，请核对后重试；忘记密码请联系系统管理员。"


def test_a_disabled_person_gets_the_same_answer_and_loses_every_session(database: Database, house: House) -> None:
    tokens = [enter(database, "liqiang", PASSWORD) for _ in range(2)]
    with database.write() as session:
        service.disable(session, person_id=house.liqiang.person_id, by=house.zhoujing.actor, now=NOW)
    for token in tokens:
        with pytest.raises(NotSignedIn):
            who(database, token)
    with pytest.raises(NotSignedIn, match="登录名或密码不正确"):
        enter(database, "liqiang", PASSWORD)


def test_an_unknown_login_costs_as_much_time_as_a_known_one() -> None:
    known = passwords.hashed("某个密码-123456")

    def cost(password_hash: str | None) -> float:
        spent = []
        for _ in range(3):
            start = time.process_time()
            assert not passwords.matches(password_hash, "wrong")
            spent.append(time.process_time() - start)
        return min(spent)

    assert cost(None) == pytest.approx(cost(known), rel=0.6)


def test_the_token_stands_nowhere_in_the_database(database: Database, house: House) -> None:
    token = enter(database, "liqiang", PASSWORD)
    with database.read() as session:
        kept = repr([tuple(row) for table in ("sign_in_sessions", "people", "trail")
                     for row in session.execute(text(f"SELECT * FROM {table}"))])  # fmt: skip
    assert token not in kept
    assert PASSWORD not in kept


@pytest.mark.parametrize("after", [timedelta(seconds=3601), timedelta(days=1)])
def test_an_idle_session_is_over(database: Database, house: House, after: timedelta) -> None:
    token = enter(database, "liqiang", PASSWORD)
    assert who(database, token, timedelta(seconds=3599)) == "李强"
    with pytest.raises(NotSignedIn):
        who(database, token, after)


def test_a_session_in_use_lives_on_but_not_for_ever(database: Database, house: House) -> None:
    token = enter(database, "liqiang", PASSWORD)
    for minutes in (50, 100):
        with database.write() as session:
            service.touch(session, token, NOW + timedelta(minutes=minutes))
    assert who(database, token, timedelta(minutes=119)) == "李强"
    with pytest.raises(NotSignedIn):
        who(database, token, timedelta(minutes=121))


def test_signing_out_ends_it_at_once(database: Database, house: House) -> None:
    token, other = enter(database, "liqiang", PASSWORD), enter(database, "liqiang", PASSWORD)
    with database.write() as session:
        service.sign_out(session, token=token, now=NOW)
        service.sign_out(session, token="unknown", now=NOW)
    with pytest.raises(NotSignedIn):
        who(database, token)
    assert who(database, other) == "李强"


def test_a_new_password_ends_the_other_sessions(database: Database, house: House) -> None:
    mine, other = enter(database, "liqiang", PASSWORD), enter(database, "liqiang", PASSWORD)
    with database.write() as session:
        service.change_password(
            session, viewer=house.liqiang, old=PASSWORD, new="珠江新城的木棉-88", now=NOW, token=mine
        )
    assert who(database, mine) == "李强"
    with pytest.raises(NotSignedIn):
        who(database, other)
    assert who(database, enter(database, "liqiang", "珠江新城的木棉-88")) == "李强"


@pytest.mark.parametrize(("new", "code"), [("short", "password_length"), ("x" * 129, "password_length"),
                                           (PASSWORD, "password_weak"), ("aaaaaaaaaaaa", "password_weak")])  # fmt: skip
def test_a_poor_password_is_refused(database: Database, house: House, new: str, code: str) -> None:
    with pytest.raises(Unprocessable) as refused, database.write() as session:
        service.change_password(session, viewer=house.liqiang, old=PASSWORD, new=new, now=NOW)
    assert refused.value.code == code


def test_without_the_old_password_nothing_changes(database: Database, house: House) -> None:
    with pytest.raises(Forbidden), database.write() as session:
        service.change_password(session, viewer=house.liqiang, old="guess", new="珠江新城的木棉-88", now=NOW)
    assert enter(database, "liqiang", PASSWORD)


def test_old_sessions_are_forgotten(database: Database, house: House) -> None:
    enter(database, "liqiang", PASSWORD)
    with database.write() as session:
        service.forget_old_sessions(session, now=NOW + timedelta(seconds=7201), settings=SETTINGS)
        assert session.execute(text("SELECT count(*) FROM sign_in_sessions")).scalar_one() == 0


def test_the_organisation_and_its_administrator_are_made_once(database: Database, cheap_passwords: None) -> None:
    with database.write() as session:
        assert service.seed_organisation(session, now=NOW)
        made = service.create_administrator(session, now=NOW)
        assert made is not None
        assert service.create_administrator(session, now=NOW) is None
        assert not service.seed_organisation(session, now=NOW)
        units = session.execute(text("SELECT name FROM units ORDER BY code")).scalars().all()
        assert trail.verify(session).ok
    assert {"客户服务中心", "合规与法律事务部", "审计总部", "营销中心", "信息技术中心"} <= set(units)
    with database.write() as session:
        viewer = service.sign_in(session, login="admin", password=made.one_time_password, now=NOW).viewer
    assert viewer.must_change_password
    assert viewer.roles == {"administrator"}
    assert viewer.unit is None


def test_a_person_works_in_one_unit_at_a_time(database: Database, house: House) -> None:
    both = hire(database, "wumin", "吴敏", "tianhe", ["handler", "officer"])
    assert both.roles == {"handler", "officer"}
    with pytest.raises(Conflict, match="works_elsewhere"), database.write() as session:
        service.place(
            session, person_id=both.person_id, unit="yuexiu", role="handler", by=house.zhoujing.actor, now=NOW
        )
    with pytest.raises(Conflict, match="login_taken"):
        hire(database, "WUMIN", "另一人", "tianhe", ["handler"])


@pytest.mark.parametrize(("unit", "role"), [("nowhere", "handler"), ("tianhe", "king"), (None, "handler")])
def test_a_place_that_is_none_is_refused(database: Database, house: House, unit: str | None, role: str) -> None:
    with pytest.raises(Unprocessable, match="unknown_place"):
        hire(database, "wumin", "吴敏", unit, [role])


def test_a_viewer_is_a_value(house: House) -> None:
    assert replace(house.liqiang, csrf="x").actor == house.liqiang.actor
