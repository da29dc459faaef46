"""Assigning: a named person handles it, one who may; a change of hands needs a reason."""

import pytest

from backend.db.session import Database
from backend.errors import Conflict, Unprocessable
from backend.ledger import service, views
from tests.factories import enter, find
from tests.people import NOW, House, hire


@pytest.fixture
def accepted(database: Database, house: House) -> str:
    number = enter(database).number
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    return number


def test_the_handler_is_named(database: Database, house: House, accepted: str) -> None:
    with database.write() as session:
        complaint = service.assign(
            session, accepted, to=house.liqiang.person_id, expected_version=2, by=house.liqiang.actor, now=NOW
        )
    assert complaint.stage == "assigned"
    assert complaint.handler is not None
    assert complaint.handler.name == "李强"
    assert find(database, accepted).handler_id == house.liqiang.person_id


@pytest.mark.parametrize(
    ("who", "clause"),
    [("qianfang", "第十四条"), ("sunli", "第四条"), ("zhaolei", "第十四条"), ("zhoujing", "第十四条")],
)
def test_whoever_may_not_handle_cannot_be_assigned(
    database: Database, house: House, accepted: str, who: str, clause: str
) -> None:
    with pytest.raises(Unprocessable) as refused, database.write() as session:
        service.assign(
            session,
            accepted,
            to=getattr(house, who).person_id,
            expected_version=2,
            by=house.liqiang.actor,
            now=NOW,
        )
    assert refused.value.clause == clause
    assert find(database, accepted).handler_id is None


def test_nobody_can_be_assigned_who_is_not_there(database: Database, house: House, accepted: str) -> None:
    with pytest.raises(Unprocessable, match="no_such_handler"), database.write() as session:
        service.assign(session, accepted, to=9999, expected_version=2, by=house.liqiang.actor, now=NOW)


def test_a_change_of_hands_needs_a_reason_and_stays_in_the_history(
    database: Database, house: House, accepted: str
) -> None:
    second = hire(database, "chenjing", "陈静", "service_centre", ["officer"])
    by = house.liqiang.actor
    with database.write() as session:
        service.assign(session, accepted, to=house.liqiang.person_id, expected_version=2, by=by, now=NOW)
    with pytest.raises(Unprocessable, match="理由"), database.write() as session:
        service.assign(session, accepted, to=second.person_id, expected_version=3, by=by, now=NOW)
    with pytest.raises(Conflict, match="handler_unchanged"), database.write() as session:
        service.assign(session, accepted, to=house.liqiang.person_id, expected_version=3, reason="轮班", by=by, now=NOW)
    with database.write() as session:
        service.assign(session, accepted, to=second.person_id, expected_version=3, reason="李强休假", by=by, now=NOW)
    with database.read() as session:
        history = views.view(session, accepted, viewer=second, now=NOW).trail
    assert [(line.who, line.sentence, line.detail) for line in history[-2:]] == [
        ("李强", "指定了经办人员", "经办人员：李强"),
        ("李强", "指定了经办人员", "经办人员：陈静；李强休假"),
    ]


def test_only_people_who_may_handle_are_offered(database: Database, house: House, accepted: str) -> None:
    hire(database, "wumin", "吴敏", "tianhe", ["officer", "marketer"])
    with database.read() as session:
        offered = views.view(session, accepted, viewer=house.liqiang, now=NOW).assignees
    assert [person.name for person in offered] == ["李强"]
