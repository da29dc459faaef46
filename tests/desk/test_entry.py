"""Entry by hand: what came on paper is registered once, with its number, by whoever may."""

import re

import pytest

from backend.clock import local, now
from backend.db.session import Database
from backend.ledger import store
from backend.ledger.values import Filters
from tests.desk.visitor import Visitor
from tests.factories import find
from tests.people import PHONE, House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LETTER = {
    "channel": "letter",
    "kind": "complaint",
    "category": "service",
    "emotion": "upset",
    "narrative": "柜台等了两个小时没有人理我。",
    "field_name": "王敏",
    "field_phone": PHONE,
    "field_branch": "天河营业部",
}


def received() -> str:
    return local(now()).strftime("%Y-%m-%dT%H:%M")


def key_of(visitor: Visitor) -> str:
    found = re.search(r'name="key" value="(\w+)"', visitor.page)
    assert found
    return found[1]


def test_a_letter_becomes_a_complaint_of_the_branch_once(liqiang: Visitor, database: Database, house: House) -> None:
    liqiang.get("/desk/new")
    sent = {**LETTER, "key": key_of(liqiang), "received_at": received()}
    answers = [liqiang.post("/desk/new", csrf=csrf, **sent) for csrf in [csrf_of(liqiang)] * 2]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    with database.read() as session:
        page = store.queue(session, viewer=house.liqiang, filters=Filters(channel="letter"), now=now())
    assert page.total == 1
    complaint = find(database, page.rows[0].number)
    assert (complaint.unit.key, complaint.category, complaint.first_responder_id) == (
        "tianhe", "service", house.liqiang.person_id,
    )  # fmt: skip


def csrf_of(visitor: Visitor) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', visitor.page)
    assert found
    return found[1]


@pytest.mark.parametrize("wrong", [
    {"channel": "web_chat"}, {"channel": "pigeon"}, {"kind": "gossip"}, {"narrative": " "}, {"received_at": "soon"},
    {"category": "weather"}, {"field_shoe_size": "43"},
])  # fmt: skip
def test_what_is_wrong_comes_back_with_what_was_typed(
    liqiang: Visitor, database: Database, house: House, wrong: dict[str, str]
) -> None:
    liqiang.get("/desk/new")
    sent = {**LETTER, "key": key_of(liqiang), "received_at": received(), **wrong}
    assert liqiang.post("/desk/new", **sent).status_code == 422
    assert 'value="王敏"' in liqiang.page
    with database.read() as session:
        assert store.counts(session, viewer=house.liqiang, now=now())["all"] == 0


def test_a_supervisor_registers_nothing(sunli: Visitor) -> None:
    sunli.get("/desk/new")
    sent = {**LETTER, "key": key_of(sunli), "received_at": received()}
    assert sunli.post("/desk/new", **sent).status_code == 403
