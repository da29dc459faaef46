"""Signing in: one sentence for every failure, nowhere else to go, the one-time password first."""

import pytest
from fastapi import FastAPI

from backend.accounts import service
from backend.audit.actor import SYSTEM
from backend.clock import now
from backend.db.session import Database
from backend.settings import get_settings
from tests.desk.visitor import Visitor
from tests.people import PASSWORD


def test_a_good_password_opens_the_desk(app: FastAPI) -> None:
    visitor = Visitor(app)
    answer = visitor.sign_in("liqiang")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert visitor.get("/desk").status_code == 200
    assert "李强" in visitor.page


def test_a_wrong_password_and_an_unknown_name_are_told_apart_by_nothing(app: FastAPI) -> None:
    visitor = Visitor(app)
    wrong, unknown = visitor.sign_in("liqiang", "不是这个密码"), visitor.sign_in("nobody", "不是这个密码")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text == unknown.text.replace("nobody", "liqiang")
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/conversations", "/desk/complaints/TS202611230100018", "/desk/password"]
)
def test_without_signing_in_every_page_leads_to_the_door(app: FastAPI, path: str) -> None:
    answer = Visitor(app).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk/sign-in?next={path}"


@pytest.mark.parametrize(
    ("wanted", "landing"),
    [
        ("/desk/complaints/TS202611230100018", "/desk/complaints/TS202611230100018"),
        ("/desk/complaints/TS202611230100018/accept", "/desk/complaints/TS202611230100018"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example", "/desk"),
        ("/chat", "/desk"),
    ],
)
def test_one_lands_where_one_wanted_to_go_and_never_outside(app: FastAPI, wanted: str, landing: str) -> None:
    assert Visitor(app).sign_in("liqiang", next=wanted).headers["location"] == landing


def test_a_form_on_another_site_signs_nobody_in(app: FastAPI) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        data = {"login": "liqiang", "password": PASSWORD}
        answer = Visitor(app).client.post("/desk/sign-in", data=data, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_for_the_address(app: FastAPI) -> None:
    visitor = Visitor(app)
    answers = [visitor.sign_in("liqiang", "猜一个") for _ in range(get_settings().sign_ins_per_minute + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [401, 429]
    assert "一分钟后" in answers[-1].text


def test_the_one_time_password_must_be_changed_first(app: FastAPI, database: Database) -> None:
    with database.write() as session:
        made = service.create_person(
            session, login="zhouxin", name="周新", unit="service_centre", roles=("handler",), by=SYSTEM, now=now()
        )
    visitor = Visitor(app)
    assert visitor.sign_in("zhouxin", made.one_time_password).headers["location"] == "/desk/password"
    assert visitor.get("/desk").status_code == 403
    assert "/desk/password" in visitor.page
    visitor.get("/desk/password")
    differ = visitor.post("/desk/password", old=made.one_time_password, new=PASSWORD, again=PASSWORD + "x")
    assert differ.status_code == 422
    done = visitor.post("/desk/password", old=made.one_time_password, new=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/desk?done=password")
    assert visitor.get("/desk?done=password").status_code == 200
    assert "密码已修改" in visitor.page


def test_signing_out_ends_the_session_itself(liqiang: Visitor) -> None:
    liqiang.get("/desk")
    cookies = dict(liqiang.client.cookies)
    assert liqiang.post("/desk/sign-out").headers["location"] == "/desk/sign-in"
    liqiang.client.cookies.update(cookies)
    assert liqiang.get("/desk").status_code == 303


def test_no_page_of_the_desk_may_be_kept_framed_or_scripted(liqiang: Visitor) -> None:
    answer = liqiang.get("/desk")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text
