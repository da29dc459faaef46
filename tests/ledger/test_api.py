"""``/api/complaints`` over HTTP: the way of a complaint, and every refusal with its status and nothing changed."""

import pytest
from fastapi.testclient import TestClient

from backend.clock import now
from backend.db.session import Database
from backend.ledger.routes import router
from tests.doors import browser, door
from tests.factories import enter, find
from tests.people import PHONE, House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def liqiang(database: Database, house: House) -> TestClient:
    return browser(door(database, router), house.liqiang)


def test_a_complaint_goes_its_whole_way(database: Database, house: House, liqiang: TestClient) -> None:
    moment = now()
    number = enter(database, now=moment, received_at=moment).number
    at = f"/api/complaints/{number}"
    accepted = liqiang.post(f"{at}/accept", json={"expected_version": 1})
    assert accepted.status_code == 200, accepted.text
    assert accepted.headers["cache-control"] == "no-store"
    assert accepted.json()["complaint"]["stage"] == {"id": "accepted", "label": "已受理"}
    assigned = liqiang.post(f"{at}/assign", json={"expected_version": 2, "to": house.liqiang.person_id})
    assert assigned.json()["complaint"]["handler"] == "李强"
    told = {"expected_version": 3, "result": "已说明", "result_told_at": moment.isoformat()}
    closed = liqiang.post(f"{at}/close", json=told)
    assert closed.json()["complaint"]["stage"]["id"] == "closed"
    assert [line["sentence"] for line in liqiang.get(at).json()["trail"]] == [
        "登记了投诉", "触发了立即报告", "受理了投诉", "指定了经办人员", "办结了投诉",
    ]  # fmt: skip


def test_lists_counts_steps_and_search(database: Database, house: House, liqiang: TestClient) -> None:
    number = enter(database).number
    listed = liqiang.get("/api/complaints", params={"view": "urgent"}).json()
    assert [(item["number"], item["name"]) for item in listed["items"]] == [(number, "王*")]
    assert liqiang.get("/api/complaints/counts").json()["urgent"] == 1
    assert liqiang.post("/api/complaints/search", json={"q": PHONE}).json()["total"] == 1
    steps = liqiang.get(f"/api/complaints/{number}/steps").json()
    assert {step["act"]: step["allowed"] for step in steps}["accept"] is True


def test_revealing_needs_a_reason(database: Database, house: House, liqiang: TestClient) -> None:
    number = enter(database).number
    assert PHONE not in liqiang.get(f"/api/complaints/{number}").text
    assert liqiang.post(f"/api/complaints/{number}/reveal", json={"reason": ""}).status_code == 422
    full = liqiang.post(f"/api/complaints/{number}/reveal", json={"reason": "致电核实"})
    assert PHONE in full.text
    assert full.headers["cache-control"] == "no-store"


def test_whoever_is_not_signed_in_gets_401(database: Database, house: House, liqiang: TestClient) -> None:
    stranger = TestClient(liqiang.app)
    number = enter(database).number
    for answer in (stranger.get("/api/complaints"), stranger.get(f"/api/complaints/{number}")):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(("who", "status"), [("zhaolei", 404), ("qianfang", 404), ("sunli", 403), ("zhoujing", 403)])
def test_what_is_not_allowed_is_refused_and_changes_nothing(
    database: Database, house: House, liqiang: TestClient, who: str, status: int
) -> None:
    number = enter(database).number
    client = browser(liqiang.app, getattr(house, who))  # type: ignore[arg-type]
    bodies = {
        "accept": {"expected_version": 1},
        "decline": {"expected_version": 1, "reason": "无", "reasoned_notice": "无"},
        "withdraw": {"expected_version": 1, "customer_statement": "算了"},
        "facts": {"expected_version": 1, "narrative": "补充"},
    }
    for act, body in bodies.items():
        answer = client.post(f"/api/complaints/{number}/{act}", json=body)
        assert answer.status_code == status, act
        assert answer.json()["detail"]
    assert find(database, number).version == 1


def test_a_lost_update_is_409_and_says_who(database: Database, house: House, liqiang: TestClient) -> None:
    number = enter(database).number
    liqiang.post(f"/api/complaints/{number}/accept", json={"expected_version": 1})
    late = liqiang.post(f"/api/complaints/{number}/accept", json={"expected_version": 1})
    assert late.status_code == 409
    assert late.json()["code"] == "version_conflict"
    assert late.json()["detail"].startswith("李强已于")


def test_another_site_or_a_missing_token_changes_nothing(database: Database, house: House, liqiang: TestClient) -> None:
    number, body = enter(database).number, {"expected_version": 1}
    at = f"/api/complaints/{number}/accept"
    for headers in (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "not it"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        assert liqiang.post(at, json=body, headers=headers).status_code == 403, headers
    assert find(database, number).version == 1
    assert liqiang.post(at, json=body, headers={"Origin": "http://testserver"}).status_code == 200


@pytest.mark.parametrize("number", ["TS20261123010009x", "没有", "TS2026112301000190000", "%00", "' OR 1=1"])
def test_a_number_that_is_none_gets_404(database: Database, house: House, liqiang: TestClient, number: str) -> None:
    assert liqiang.get(f"/api/complaints/{number}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"expected_version": 0}, {"expected_version": 1, "extra": 1}, {"expected_version": "x"}, []]
)
def test_a_body_that_does_not_fit_is_refused(
    database: Database, house: House, liqiang: TestClient, body: object
) -> None:
    number = enter(database).number
    assert liqiang.post(f"/api/complaints/{number}/accept", json=body).status_code == 422
