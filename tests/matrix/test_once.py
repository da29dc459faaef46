"""Idempotency keys over HTTP: a request sent again because its answer got lost is answered and not done again."""

import pytest
from fastapi.testclient import TestClient

from backend.audit import store as audit
from backend.clock import now
from backend.db.session import Database
from backend.ledger.routes import router
from tests.doors import browser, door
from tests.factories import enter, find
from tests.people import House

KEY = {"Idempotency-Key": "6f1c2a34-accept"}


@pytest.fixture
def liqiang(database: Database, house: House) -> TestClient:
    return browser(door(database, router), house.liqiang)


def entries(database: Database) -> int:
    with database.read() as session:
        return audit.count(session)


def test_the_same_request_again_is_answered_and_not_done_again(database: Database, liqiang: TestClient) -> None:
    moment = now()
    number = enter(database, now=moment, received_at=moment).number
    at, body = f"/api/complaints/{number}/accept", {"expected_version": 1}
    first = liqiang.post(at, json=body, headers=KEY)
    before = entries(database)
    again = liqiang.post(at, json=body, headers=KEY)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["complaint"]["stage"]["id"] == "accepted"
    assert entries(database) == before
    assert liqiang.post(at, json=body).status_code == 409  # without the key it is a second act, too late


def test_another_body_under_the_same_key_is_409_with_the_reason(database: Database, liqiang: TestClient) -> None:
    moment = now()
    number = enter(database, now=moment, received_at=moment).number
    liqiang.post(f"/api/complaints/{number}/accept", json={"expected_version": 1}, headers=KEY)
    for act, body in (("accept", {"expected_version": 2}), ("investigate", {"expected_version": 1, "reason": ""})):
        answer = liqiang.post(f"/api/complaints/{number}/{act}", json=body, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert find(database, number).version == 2


def test_what_was_refused_may_be_sent_again_under_its_key(database: Database, liqiang: TestClient) -> None:
    moment = now()
    number = enter(database, now=moment, received_at=moment).number
    at, body = f"/api/complaints/{number}/assign", {"expected_version": 1, "to": 1}
    assert liqiang.post(at, json=body, headers=KEY).status_code == 409  # not accepted yet
    assert liqiang.post(at, json=body, headers=KEY).json()["code"] != "idempotency_key_reused"


@pytest.mark.parametrize("key", ["short", "x" * 81])
def test_what_is_no_key_is_refused(database: Database, liqiang: TestClient, key: str) -> None:
    number = enter(database).number
    at = f"/api/complaints/{number}/accept"
    answer = liqiang.post(at, json={"expected_version": 1}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_form")
    assert find(database, number).version == 1
