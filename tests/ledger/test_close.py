"""The ends of a complaint: closed with the result told, declined with a notice, withdrawn in the customer's words."""

from datetime import datetime, timedelta

import pytest

from backend.audit.actor import BOT, Actor
from backend.db.session import Database
from backend.errors import Forbidden, Unprocessable
from backend.ledger import service, views
from tests.factories import enter, find
from tests.people import NOW, PHONE, House, hire

LATER = NOW + timedelta(days=2)


@pytest.fixture
def assigned(database: Database, house: House) -> str:
    number, by = enter(database).number, house.liqiang.actor
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=by, now=NOW)
        service.assign(session, number, to=house.liqiang.person_id, expected_version=2, by=by, now=NOW)
    return number


def test_closing_keeps_the_result_and_when_it_was_told(database: Database, house: House, assigned: str) -> None:
    with database.write() as session:
        service.close(
            session,
            assigned,
            result=f"已致电{PHONE}说明原因并致歉",
            result_told_at=LATER - timedelta(hours=1),
            expected_version=3,
            by=house.liqiang.actor,
            now=LATER,
        )
    complaint = find(database, assigned)
    assert (complaint.stage, complaint.closed_at) == ("closed", LATER)
    with database.read() as session:
        shown = views.view(session, assigned, viewer=house.liqiang, now=LATER)
    assert shown.result == "已致电138****8000说明原因并致歉"
    assert not shown.row.overdue
    assert shown.row.days_left is None


@pytest.mark.parametrize("result", ["", "   "])
def test_without_a_result_it_is_not_closed(database: Database, house: House, assigned: str, result: str) -> None:
    with pytest.raises(Unprocessable, match="处理结果"), database.write() as session:
        service.close(
            session,
            assigned,
            result=result,
            result_told_at=LATER,
            expected_version=3,
            by=house.liqiang.actor,
            now=LATER,
        )
    assert find(database, assigned).stage == "assigned"


@pytest.mark.parametrize("told", [NOW - timedelta(days=1), LATER + timedelta(minutes=1)])
def test_the_result_was_told_between_receipt_and_now(
    database: Database, house: House, assigned: str, told: datetime
) -> None:
    with pytest.raises(Unprocessable, match="told_when"), database.write() as session:
        service.close(
            session,
            assigned,
            result="已答复",
            result_told_at=told,
            expected_version=3,
            by=house.liqiang.actor,
            now=LATER,
        )


def test_declining_needs_an_officer_a_reason_and_a_notice(database: Database, house: House) -> None:
    officer = hire(database, "chenjing", "陈静", "service_centre", ["officer"])
    number = enter(database).number
    words = {"reason": "不属于经纪业务", "reasoned_notice": "尊敬的客户：……"}
    with pytest.raises(Forbidden), database.write() as session:
        service.decline(session, number, **words, expected_version=1, by=house.liqiang.actor, now=NOW)
    with pytest.raises(Unprocessable, match="书面告知"), database.write() as session:
        service.decline(
            session, number, reason="不属于", reasoned_notice=" ", expected_version=1, by=officer.actor, now=NOW
        )
    with database.write() as session:
        service.decline(session, number, **words, expected_version=1, by=officer.actor, now=NOW)
    assert find(database, number).stage == "declined"


def test_the_bot_withdraws_on_the_customers_word_and_once(database: Database, house: House) -> None:
    number = enter(database).number
    for _ in range(2):
        with database.write() as session:
            complaint = service.withdraw(session, number, by=BOT, now=NOW)
    assert (complaint.stage, complaint.version) == ("withdrawn", 2)


def test_a_person_withdraws_only_with_the_customers_words(database: Database, house: House) -> None:
    number = enter(database).number
    with pytest.raises(Unprocessable, match="原话"), database.write() as session:
        service.withdraw(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    with database.write() as session:
        service.withdraw(
            session, number, expected_version=1, customer_statement="算了不投诉了", by=house.liqiang.actor, now=NOW
        )
    assert find(database, number).stage == "withdrawn"


def test_without_a_conversation_the_machine_has_no_word_to_go_by(database: Database, house: House) -> None:
    number = enter(database, conversation_id=None).number
    with pytest.raises(Unprocessable), database.write() as session:
        service.withdraw(session, number, by=Actor("system", "import"), now=NOW)
