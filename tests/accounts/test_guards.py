"""The guards: who stands at a staff door, whether the request is from our own page, and the bot's token."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Form
from fastapi.testclient import TestClient

from backend.accounts import guards, service
from backend.accounts.values import Viewer
from backend.audit.actor import SYSTEM, Actor
from backend.clock import now
from backend.db.session import Database
from backend.settings import Settings, get_settings
from tests.doors import browser, door, signed_in
from tests.people import House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
router = APIRouter()


@router.get("/who")
def who(viewer: Annotated[Viewer, Depends(guards.current_viewer)]) -> str:
    return viewer.name


@router.get("/work")
def work(viewer: Annotated[Viewer, Depends(guards.ready_viewer)]) -> str:
    return viewer.name


@router.post("/write")
def write(viewer: Annotated[Viewer, Depends(guards.checked_viewer)], text: Annotated[str, Form()] = "") -> str:
    return text


@router.post("/bot")
def bot(actor: Annotated[Actor, Depends(guards.service_actor)]) -> str:
    return str(actor)


@pytest.fixture
def client(database: Database, house: House) -> TestClient:
    return TestClient(door(database, router))


def test_a_form_field_carries_the_token(database: Database, house: House, client: TestClient) -> None:
    signed = signed_in(database, house.liqiang)
    client.cookies.set(guards.cookie_name(), signed.token)
    form = {"text": "内容", "csrf": signed.viewer.csrf}
    assert client.post("/write", data=form).json() == "内容"
    assert client.post("/write", data={**form, "csrf": "guess"}).status_code == 403
    assert client.post("/write", data={"text": "内容"}).status_code == 403
    assert client.post("/write", data=form, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403


def test_the_token_of_another_session_does_not_fit(database: Database, house: House, client: TestClient) -> None:
    mine, other = signed_in(database, house.liqiang), signed_in(database, house.sunli)
    client.cookies.set(guards.cookie_name(), mine.token)
    assert client.post("/write", headers={"X-CSRF-Token": other.viewer.csrf}).status_code == 403
    assert client.post("/write", headers={"X-CSRF-Token": mine.viewer.csrf}).status_code == 200


@pytest.mark.parametrize("cookie", ["", "unknown", "x" * 5000, "令牌".encode().hex()])
def test_a_cookie_that_opens_nothing_is_401(client: TestClient, cookie: str) -> None:
    client.cookies.set(guards.cookie_name(), cookie)
    assert client.get("/who").status_code == 401


def test_with_a_one_time_password_one_cannot_work_yet(database: Database, house: House, client: TestClient) -> None:
    with database.write() as session:
        made = service.create_person(
            session, login="xinren", name="新人", unit="tianhe", roles=["handler"], by=SYSTEM, now=now()
        )
        person = service.viewer_of(session, made.person_id, now())
    assert person is not None
    newcomer = browser(client.app, person)  # type: ignore[arg-type]
    assert newcomer.get("/who").json() == "新人"
    assert newcomer.get("/work").json()["code"] == "password_due"


def test_only_the_bots_token_is_the_bot(client: TestClient) -> None:
    good = get_settings().bot_token
    assert client.post("/bot", headers={"Authorization": f"Bearer {good}"}).json() == "bot:rasa"
    for wrong in ("", f"Basic {good}", "Bearer ", f"Bearer {good}x", "Bearer 令牌".encode()):
        assert client.post("/bot", headers={"Authorization": wrong}).status_code == 401


def test_the_cookie_is_bound_to_the_host_where_there_is_https(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guards.cookie_name() == "anfu"
    monkeypatch.setattr(guards, "get_settings", lambda: Settings(public_url="https://chat.example.cn"))
    assert guards.cookie_name() == "__Host-anfu"
