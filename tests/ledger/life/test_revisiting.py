"""After closing: revisited by others than the handlers; a dissatisfied customer goes up; the archive comes last."""

from datetime import timedelta

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline.calendar import local_day
from backend.ledger import service
from backend.ledger.store import queue
from tests.factories import enter, find
from tests.ledger.life.way import LATER, REPLY, closed, do, look
from tests.people import NOW, PHONE, House, hire


@pytest.fixture
def number(database: Database, house: House) -> str:
    return closed(database, house)


def revisit(database: Database, number: str, who: Viewer, outcome: str, opinion: str = "可以接受") -> None:
    do(database, service.start_revisit, number, who)
    do(database, service.finish_revisit, number, who, outcome=outcome, opinion=opinion)


def test_a_satisfied_customer_ends_the_revisit_and_its_task(
    database: Database, house: House, chenlan: Viewer, number: str
) -> None:
    with database.read() as session:
        assert queue(session, viewer=chenlan, view="to_revisit", now=LATER).total == 1
    revisit(database, number, chenlan, "satisfied")
    shown = look(database, number, house.liqiang)
    assert shown.row.stage == "closed"
    assert [(one.outcome, one.person, one.opinion) for one in shown.life.revisits] == [("满意", "陈兰", "可以接受")]
    with database.read() as session:
        assert queue(session, viewer=chenlan, view="to_revisit", now=LATER).total == 0


def test_neither_the_handler_nor_an_earlier_one_nor_an_involved_person_revisits(
    database: Database, house: House, chenlan: Viewer
) -> None:
    both = hire(database, "wuyi", "吴毅", "service_centre", ["handler", "revisit_agent"])
    earlier = hire(database, "qinfeng", "秦峰", "service_centre", ["handler", "revisit_agent"])
    number = enter(database).number
    do(database, service.accept, number, house.liqiang, NOW)
    do(database, service.assign, number, house.liqiang, NOW, to=earlier.person_id)
    do(database, service.assign, number, house.liqiang, NOW, to=both.person_id, reason="轮班")
    do(database, service.mark_involved, number, house.liqiang, person=chenlan.person_id, reason="客户提及")
    do(database, service.close, number, both, result="已说明", result_told_at=LATER)
    for who in (both, earlier, chenlan, house.liqiang, house.sunli):
        with pytest.raises(Forbidden) as refused:
            do(database, service.start_revisit, number, who)
        assert refused.value.clause == "第二十三条"
    assert find(database, number).stage == "closed"


def test_a_dissatisfied_customer_is_reported_and_followed(
    database: Database, house: House, chenlan: Viewer, chenjing: Viewer, number: str
) -> None:
    revisit(database, number, chenlan, "dissatisfied", "没有解决")
    shown = look(database, number, house.liqiang)
    assert shown.life.followed_since == local_day(LATER)
    owners = {task.owner for task in shown.tasks if task.clause == "第二十三条" and task.done_at is None}
    assert owners == {"客户服务中心", "零售客户总部"}
    assert "long_tail" in {clock.name for clock in shown.clocks}
    with pytest.raises(Conflict, match="持续跟进"):
        do(database, service.archive, number, chenjing, summary="升级未公告")
    half_a_year = LATER + timedelta(days=190)
    do(database, service.archive, number, chenjing, half_a_year, summary="升级未公告")
    assert find(database, number).stage == "archived"


def test_a_repeated_complaint_ends_the_waiting(
    database: Database, house: House, chenlan: Viewer, chenjing: Viewer, number: str
) -> None:
    revisit(database, number, chenlan, "dissatisfied", "没有解决")
    again = LATER + timedelta(days=30)
    enter(database, now=again, received_at=again, fields={"phone": PHONE})
    with pytest.raises(Conflict, match="反复投诉"):
        do(database, service.archive, number, chenjing, LATER + timedelta(days=190), summary="升级未公告")


def test_out_of_the_revisit_it_is_worked_on_again(
    database: Database, house: House, chenlan: Viewer, number: str
) -> None:
    do(database, service.start_revisit, number, chenlan)
    with pytest.raises(Unprocessable):
        do(database, service.reopen, number, chenlan, reason="客户不满意")
    do(database, service.reopen, number, chenlan, reason="客户不满意", outcome="dissatisfied", opinion="没有解决")
    complaint = find(database, number)
    assert (complaint.stage, complaint.closed_at, complaint.result_told_at) == ("assigned", None, None)
    with pytest.raises(Unprocessable, match="告知"):
        do(database, service.close, number, house.liqiang, result="重新说明")
    do(database, service.close, number, house.liqiang, result="重新说明", result_told_at=LATER)


def test_who_cannot_be_reached_is_tried_three_times(
    database: Database, house: House, chenlan: Viewer, chenjing: Viewer, number: str
) -> None:
    for _ in range(2):
        revisit(database, number, chenlan, "unreachable", "")
        with pytest.raises(Conflict, match="not_revisited"):
            do(database, service.archive, number, chenjing, summary="无法联系")
    revisit(database, number, chenlan, "unreachable", "")
    do(database, service.archive, number, chenjing, summary="无法联系")


@pytest.mark.parametrize(("outcome", "opinion"), [("satisfied", " "), ("delighted", "好"), ("", "好")])
def test_a_revisit_has_an_outcome_of_the_table_and_the_customers_opinion(
    database: Database, house: House, chenlan: Viewer, number: str, outcome: str, opinion: str
) -> None:
    do(database, service.start_revisit, number, chenlan)
    with pytest.raises(Unprocessable):
        do(database, service.finish_revisit, number, chenlan, outcome=outcome, opinion=opinion)
    assert find(database, number).stage == "revisiting"


def test_the_archive_wants_a_revisit_and_a_summary_and_is_the_end(
    database: Database, house: House, chenlan: Viewer, chenjing: Viewer, number: str
) -> None:
    with pytest.raises(Conflict, match="not_revisited"):
        do(database, service.archive, number, chenjing, summary="升级未公告")
    revisit(database, number, chenlan, "basically_satisfied")
    with pytest.raises(Unprocessable, match="案件总结"):
        do(database, service.archive, number, chenjing, summary=" ")
    do(database, service.archive, number, chenjing, summary="升级未公告，已完善公告流程")
    for verb, given in ((service.reopen, {"reason": "再看"}), (service.reply, REPLY)):
        with pytest.raises((Conflict, Forbidden)):
            do(database, verb, number, chenjing, **given)
    with pytest.raises(Conflict, match="not_open"):
        do(database, service.record_cause, number, chenjing, cause="system", measure="完善", unit="it_centre")
