"""Signing in with an authenticator, in a browser without JavaScript; and where the house demands one."""

import re

import pytest
from fastapi import FastAPI

from backend.accounts import totp
from backend.clock import now
from backend.settings import Settings
from tests.desk.visitor import Visitor
from tests.people import PASSWORD

SECRET = re.compile(r'second-step-key">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li><code>([^<]+)</code>")


def code_of(secret: str, ahead: int = 0) -> str:
    return totp.code(totp.from_shown(secret), totp.step_of(now()) + ahead)


@pytest.fixture
def enrolled(app: FastAPI) -> tuple[str, list[str]]:
    """李强 enrols; his secret and his recovery codes."""
    visitor = Visitor(app, "liqiang")
    visitor.get("/desk/second-step")
    assert visitor.post("/desk/second-step/begin", password=PASSWORD).status_code == 303
    visitor.get("/desk/second-step")
    secret = SECRET.findall(visitor.page)[0]
    assert visitor.post("/desk/second-step/confirm", code="000000").status_code == 422
    assert visitor.post("/desk/second-step/confirm", code=code_of(secret)).status_code == 200
    codes = CODES.findall(visitor.page)
    assert len(codes) == 10
    visitor.get("/desk/second-step")
    assert not any(code in visitor.page for code in (*codes, secret))
    return secret, codes


def test_the_password_alone_opens_nothing_any_more(app: FastAPI, enrolled: tuple[str, list[str]]) -> None:
    visitor = Visitor(app)
    answer = visitor.sign_in("liqiang", next="/desk/conversations")
    assert answer.headers["location"] == "/desk/sign-in/code?next=%2Fdesk%2Fconversations"
    assert "anfu-challenge=" in answer.headers["set-cookie"]
    assert visitor.get("/desk").status_code == 303
    assert visitor.get("/desk/sign-in/code").status_code == 200
    good = visitor.post("/desk/sign-in/code", code=code_of(enrolled[0], 1), next="/desk/conversations")
    assert (good.status_code, good.headers["location"]) == (303, "/desk/conversations")
    assert visitor.get("/desk").status_code == 200


def test_a_wrong_code_says_so_and_stays_counted(app: FastAPI, enrolled: tuple[str, list[str]]) -> None:
    visitor = Visitor(app)
    visitor.sign_in("liqiang")
    answers = [visitor.post("/desk/sign-in/code", code="000000").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert "恢复码" in visitor.page
    assert visitor.post("/desk/sign-in/code", code=enrolled[1][0]).status_code == 303


def test_without_a_first_step_there_is_no_second(app: FastAPI, enrolled: tuple[str, list[str]]) -> None:
    visitor = Visitor(app)
    assert visitor.get("/desk/sign-in/code").headers["location"].startswith("/desk/sign-in?")
    answer = visitor.post("/desk/sign-in/code", code=code_of(enrolled[0]))
    assert answer.status_code == 401
    assert 'name="password"' in visitor.page


def test_another_site_cannot_send_the_code(app: FastAPI, enrolled: tuple[str, list[str]]) -> None:
    visitor = Visitor(app)
    visitor.sign_in("liqiang")
    data = {"code": code_of(enrolled[0], 1)}
    answer = visitor.client.post("/desk/sign-in/code", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert visitor.get("/desk").status_code == 303


def test_where_it_is_demanded_nobody_works_without(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.accounts.service.get_settings", lambda: Settings(second_step="required"))
    visitor = Visitor(app)
    assert visitor.sign_in("liqiang").headers["location"] == "/desk/second-step"
    assert visitor.get("/desk").status_code == 403
    assert "动态口令" in visitor.page
    visitor.get("/desk/second-step")
    visitor.post("/desk/second-step/begin", password=PASSWORD)
    visitor.get("/desk/second-step")
    secret = SECRET.findall(visitor.page)[0]
    assert visitor.post("/desk/second-step/confirm", code=code_of(secret)).status_code == 200
    assert visitor.get("/desk").status_code == 200


def test_it_is_given_up_with_the_password_only(app: FastAPI, enrolled: tuple[str, list[str]]) -> None:
    visitor = Visitor(app)
    visitor.sign_in("liqiang")
    visitor.post("/desk/sign-in/code", code=enrolled[1][1])
    visitor.get("/desk/second-step")
    assert visitor.post("/desk/second-step/remove", password="guess").status_code == 403
    visitor.get("/desk/second-step")
    assert visitor.post("/desk/second-step/remove", password=PASSWORD).status_code == 303
    assert Visitor(app, "liqiang").get("/desk").status_code == 200
