"""The working life over HTTP: the same verbs, the same refusals with their status, and nothing changed by them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.accounts.values import Viewer
from backend.clock import now
from backend.db.session import Database
from backend.ledger.routes import router
from tests.doors import browser, door
from tests.factories import enter, find
from tests.people import House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ACTS: dict[str, dict[str, Any]] = {
    "investigate": {},
    "resolve": {"findings": "无", "solution": "无"},
    "reply": {
        "result": "已说明",
        "told_to": "本人",
        "told_by": "by_phone",
        "result_told_at": "2026-11-23T10:30:00+08:00",
    },
    "merge": {"merged_into": "TS209901010100019", "reason": "同一事项"},
    "extension/request": {"workdays": 5, "reason": "无", "plan": "无"},
    "extension/decide": {"approved": True, "reason": "无"},
    "extension/further": {"until": "2027-02-26", "reason": "无", "consent": "无", "reports": ["retail_hq"]},
    "agree": {"agreed_on": "2027-02-26", "customer_statement": "好"},
    "involve": {"person": 1, "reason": "无"},
    "work": {"work": "explanation", "text": "无"},
    "malicious": {"reason": "无"},
    "convert": {"kind": "inquiry", "reason": "无", "customer_statement": "好"},
    "category": {"category": "service", "reason": "无"},
    "accountability": {"unit": "tianhe", "finding": "无", "sanction": "无"},
    "cause": {"cause": "process", "measure": "无", "unit": "tianhe"},
    "hand-over": {"unit": "tianhe", "reason": "无", "understanding": "理解"},
    "tasks/1/done": {"text": "无"},
    "revisit/start": {},
    "revisit/finish": {"outcome": "satisfied", "opinion": "好"},
    "reopen": {"reason": "无"},
    "archive": {"summary": "无"},
}


@pytest.fixture
def liqiang(database: Database, house: House) -> TestClient:
    return browser(door(database, router), house.liqiang)


@pytest.fixture
def number(database: Database, house: House) -> str:
    moment = now()
    return enter(database, now=moment, received_at=moment).number


def test_from_registration_to_the_archive(
    database: Database, house: House, liqiang: TestClient, number: str, chenlan: Viewer, chenjing: Viewer
) -> None:
    at = f"/api/complaints/{number}"

    def send(client: TestClient, act: str, **body: Any) -> dict[str, Any]:
        answer = client.post(f"{at}/{act}", json={"expected_version": find(database, number).version, **body})
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        told: dict[str, Any] = answer.json()
        return told

    send(liqiang, "accept")
    send(liqiang, "assign", to=house.liqiang.person_id)
    send(liqiang, "investigate")
    send(liqiang, "resolve", findings="升级所致", solution="说明并致歉", found=["system_at_fault"])
    told = {"told_to": "本人", "told_by": "by_phone", "result_told_at": now().isoformat()}
    shown = send(liqiang, "reply", result="我们已查明原因，深表歉意。", **told)
    assert shown["life"]["tellings"][0]["told_by"] == "电话"
    send(liqiang, "close")
    revisitor, officer = browser(liqiang.app, chenlan), browser(liqiang.app, chenjing)  # type: ignore[arg-type]
    send(revisitor, "revisit/start")
    shown = send(revisitor, "revisit/finish", outcome="satisfied", opinion="可以")
    assert shown["life"]["revisits"][0]["outcome"] == "满意"
    assert send(officer, "archive", summary="升级未公告")["complaint"]["stage"]["id"] == "archived"


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize(("who", "status"), [("zhaolei", 404), ("qianfang", 404), ("sunli", 403), ("zhoujing", 403)])
def test_what_is_not_allowed_is_refused_and_changes_nothing(
    database: Database, house: House, liqiang: TestClient, number: str, act: str, who: str, status: int
) -> None:
    client = browser(liqiang.app, getattr(house, who))  # type: ignore[arg-type]
    answer = client.post(f"/api/complaints/{number}/{act}", json={"expected_version": 1, **ACTS[act]})
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
    assert find(database, number).version == 1


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_stale_version_is_409(database: Database, liqiang: TestClient, number: str, act: str) -> None:
    liqiang.post(f"/api/complaints/{number}/accept", json={"expected_version": 1})
    late = liqiang.post(f"/api/complaints/{number}/{act}", json={"expected_version": 1, **ACTS[act]})
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")


def test_what_was_handed_over_is_answered_with_where_it_went(
    database: Database, house: House, liqiang: TestClient
) -> None:
    number = enter(database, category="counter", triggers=(), fields={"branch": "越秀营业部"}).number
    zhaolei = browser(liqiang.app, house.zhaolei)  # type: ignore[arg-type]
    body = {"expected_version": 1, **ACTS["hand-over"]}
    assert zhaolei.post(f"/api/complaints/{number}/hand-over", json=body).json() == {
        "number": number,
        "unit": "广州天河营业部",
        "version": 2,
    }
    assert zhaolei.get(f"/api/complaints/{number}").status_code == 404


def test_a_letter_is_registered_once_under_its_key(liqiang: TestClient) -> None:
    body = {
        "key": "letter-2026-0117",
        "channel": "letter",
        "category": "service",
        "fields": {"name": "王敏", "branch": "天河营业部"},
        "narrative": "柜台等了两个小时没有人理我。",
        "received_at": now().isoformat(),
    }
    first = liqiang.post("/api/complaints", json=body)
    assert (first.status_code, first.json()["created"]) == (201, True), first.text
    again = liqiang.post("/api/complaints", json=body).json()
    assert (again["number"], again["created"]) == (first.json()["number"], False)
    other = liqiang.post("/api/complaints", json={**body, "narrative": "另一件事。"})
    assert (other.status_code, other.json()["code"]) == (409, "source_key_reused")
    for wrong in ({"channel": "web_chat"}, {"narrative": ""}, {"fields": {"shoe_size": "43"}}, {"kind": "gossip"}):
        assert liqiang.post("/api/complaints", json={**body, "key": "letter-2026-0118", **wrong}).status_code == 422


def test_who_may_approve_sees_what_waits(
    database: Database, house: House, liqiang: TestClient, number: str, hejun: Viewer
) -> None:
    liqiang.post(f"/api/complaints/{number}/accept", json={"expected_version": 1})
    asked = {"expected_version": 2, **ACTS["extension/request"]}
    assert liqiang.post(f"/api/complaints/{number}/extension/request", json=asked).status_code == 200
    approver = browser(liqiang.app, hejun)  # type: ignore[arg-type]
    assert [one["number"] for one in approver.get("/api/complaints/approvals").json()] == [number]
    assert liqiang.get("/api/complaints/approvals").json() == []
