"""Seeing: everybody sees their own unit's complaints, personal data masked, more only for a reason that stays."""

from datetime import timedelta

import pytest

from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import BOT, SYSTEM
from backend.audit.tags import Tag
from backend.db.session import Database
from backend.errors import Forbidden, NotFound, Unprocessable
from backend.ledger import service, store, views
from backend.ledger.values import ComplaintView
from tests.factories import enter
from tests.people import ACCOUNT, CUSTOMER, NOW, PHONE, House


def look(database: Database, number: str, house: House, who: str = "liqiang") -> ComplaintView:
    with database.read() as session:
        return views.view(session, number, viewer=getattr(house, who), now=NOW)


def values(view: ComplaintView) -> dict[str, str]:
    return {field.id: field.value for field in (*view.complainant, *view.matter)}


def test_personal_data_is_masked_everywhere(database: Database, house: House) -> None:
    shown = look(database, enter(database).number, house)
    assert values(shown)["name"] == "王*"
    assert values(shown)["phone"] == "138****8000"
    assert values(shown)["account"] == "****0030"
    assert values(shown)["amount"] == "30000元"
    assert "我的电话是138****8000，我叫王*" in shown.narrative[0]
    assert not any(canary in repr(shown) for canary in (CUSTOMER, PHONE, ACCOUNT))


@pytest.mark.parametrize("who", ["zhaolei", "qianfang"])
def test_another_unit_and_marketing_staff_get_404(database: Database, house: House, who: str) -> None:
    number = enter(database).number
    with pytest.raises(NotFound):
        look(database, number, house, who)


@pytest.mark.parametrize("who", ["liqiang", "sunli", "zhoujing"])
def test_service_centre_supervisors_and_administrator_see_it(database: Database, house: House, who: str) -> None:
    number = enter(database, category="counter", triggers=(), fields={"branch": "越秀营业部"}).number
    assert look(database, number, house, who).row.unit_name == "广州越秀营业部"
    assert look(database, number, house, "zhaolei").row.number == number


def test_the_number_is_read_as_people_write_it(database: Database, house: House) -> None:
    number = enter(database).number
    assert look(database, f" {number[:2].lower()} {number[2:6]}-{number[6:]} ", house).row.number == number


def test_revealing_shows_it_in_full_and_leaves_who_when_and_why(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        full = service.reveal(session, number, reason="致电客户核实", by=house.liqiang.actor, now=NOW)
    assert full.revealed
    assert values(full)["phone"] == PHONE
    assert PHONE in full.narrative[0]
    last = look(database, number, house).trail[-1]
    assert (last.who, last.sentence, last.detail) == ("李强", "查看了未遮盖的个人信息", "致电客户核实")
    assert look(database, number, house).row.version == 1  # nothing about the complaint has changed


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_revealed(database: Database, house: House, reason: str) -> None:
    number = enter(database).number
    with pytest.raises(Unprocessable, match="理由"), database.write() as session:
        service.reveal(session, number, reason=reason, by=house.liqiang.actor, now=NOW)


def test_the_administrator_and_the_bot_reveal_nothing(database: Database, house: House) -> None:
    number = enter(database).number
    for actor in (house.zhoujing.actor, BOT):
        with pytest.raises(Forbidden), database.write() as session:
            service.reveal(session, number, reason="好奇", by=actor, now=NOW)
    with pytest.raises(Forbidden), database.write() as session:
        service.export(session, number, reveal="好奇", by=BOT, now=NOW)


def test_an_operators_export_is_in_full_and_leaves_an_entry(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        told = service.export(session, number, reveal="核对迁移结果", by=SYSTEM, now=NOW)
    assert told["fields"]["phone"] == PHONE
    with database.read() as session:
        last = audit.of_subject(session, f"complaint:{number}")[-1]
        complaint = store.by_number(session, number)
        assert complaint is not None
        assert PHONE not in repr(views.export(session, complaint, revealed=False))
    assert last.tag == Tag.COMPLAINT_REVEALED


def test_the_history_reads_as_sentences_and_the_chain_holds(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW + timedelta(minutes=5))
    lines = [(line.who, line.sentence) for line in look(database, number, house).trail]
    assert lines == [("智能客服", "登记了投诉"), ("智能客服", "触发了立即报告"), ("李强", "受理了投诉")]
    with database.read() as session:
        assert trail.verify(session).ok
