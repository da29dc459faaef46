"""Handing over without pushing away: the customer understood, the first responder stays, the new unit takes all."""

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotFound, Unprocessable
from backend.ledger import service
from tests.factories import enter, find
from tests.ledger.life.way import assigned, do, look
from tests.people import House

OVER = {"unit": "yuexiu", "reason": "开户营业部", "understanding": "已说明由开户营业部办理，客户表示理解"}


def test_the_new_unit_takes_it_with_its_open_tasks_and_the_first_responder_stays(
    database: Database, house: House
) -> None:
    number = assigned(database, house)
    first = find(database, number).first_responder_id
    with pytest.raises(Unprocessable, match="经办人员"):
        do(database, service.hand_over, number, house.liqiang, **OVER)
    with pytest.raises(NotFound):
        look(database, number, house.zhaolei)
    do(database, service.hand_over, number, house.liqiang, **OVER, to=house.zhaolei.person_id)
    complaint = find(database, number)
    assert (complaint.unit.key, complaint.handler_id) == ("yuexiu", house.zhaolei.person_id)
    assert complaint.first_responder_id == first
    shown = look(database, number, house.zhaolei)
    assert "广州越秀营业部" in {task.owner for task in shown.tasks}
    assert "客户服务中心" not in {task.owner for task in shown.tasks}
    assert "客户表示理解" in shown.trail[-1].detail


@pytest.mark.parametrize("lacking", ["unit", "reason", "understanding"])
def test_it_is_not_handed_over_behind_the_customers_back(database: Database, house: House, lacking: str) -> None:
    number = enter(database).number
    with pytest.raises(Unprocessable, match="missing_facts"):
        do(database, service.hand_over, number, house.liqiang, **{**OVER, lacking: " "})
    assert find(database, number).unit.key == "service_centre"


def test_it_goes_to_another_unit_that_there_is_and_to_somebody_who_may(database: Database, house: House) -> None:
    number = assigned(database, house)
    with pytest.raises(Conflict, match="unit_unchanged"):
        do(database, service.hand_over, number, house.liqiang, **{**OVER, "unit": "service_centre"})
    with pytest.raises(Unprocessable, match="no_such_unit"):
        do(database, service.hand_over, number, house.liqiang, **{**OVER, "unit": "nowhere"})
    with pytest.raises(Unprocessable) as refused:
        do(database, service.hand_over, number, house.liqiang, **OVER, to=house.qianfang.person_id)
    assert refused.value.clause == "第十四条"
    assert find(database, number).unit.key == "service_centre"


def test_whoever_is_involved_stands_aside_from_then_on(database: Database, house: House, chenjing: Viewer) -> None:
    number = enter(database).number
    do(database, service.mark_involved, number, house.liqiang, person=chenjing.person_id, reason="客户指认")
    with pytest.raises(Forbidden) as refused:
        do(database, service.accept, number, chenjing)
    assert refused.value.clause == "第十四条"
    with pytest.raises(Conflict, match="involved_already"):
        do(database, service.mark_involved, number, house.liqiang, person=chenjing.person_id, reason="再次指认")
    with pytest.raises(Unprocessable, match="no_such_person"):
        do(database, service.mark_involved, number, house.liqiang, person=999, reason="没有此人")


def test_the_handler_is_replaced_before_being_marked(database: Database, house: House, chenjing: Viewer) -> None:
    number = assigned(database, house)
    with pytest.raises(Conflict, match="handler_involved"):
        do(database, service.mark_involved, number, chenjing, person=house.liqiang.person_id, reason="客户指认")
    do(database, service.assign, number, chenjing, to=chenjing.person_id, reason="原经办人员须回避")
    do(database, service.mark_involved, number, chenjing, person=house.liqiang.person_id, reason="客户指认")
