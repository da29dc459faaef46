"""What people find: kind, category, blame, cause, malice; each by whoever may, with its reason, never by itself."""

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.ledger import service
from tests.factories import enter, find
from tests.ledger.life.way import assigned, closed, do, look
from tests.people import NOW, House, hire


def test_malice_comes_after_explaining_and_coordinating(database: Database, house: House, chenjing: Viewer) -> None:
    number = assigned(database, house)
    for done, lacking in (("explanation", "协调"), ("coordination", "")):
        with pytest.raises(Unprocessable, match="认定前须先") as refused:
            do(database, service.mark_malicious, number, chenjing, reason="以举报相要挟")
        assert refused.value.clause == "第十七条（四）"
        assert lacking in refused.value.say
        do(database, service.log_work, number, house.liqiang, work=done, text="逐项说明")
    with pytest.raises(Forbidden):
        do(database, service.mark_malicious, number, house.liqiang, reason="以举报相要挟")
    do(database, service.mark_malicious, number, chenjing, reason="以举报相要挟")
    assert find(database, number).malicious_at is not None
    assert find(database, number).stage == "assigned"  # it is worked on as before
    with pytest.raises(Conflict, match="marked_already"):
        do(database, service.mark_malicious, number, chenjing, reason="再一次")


def test_an_inquiry_whose_answer_is_not_accepted_becomes_a_complaint_of_the_first_hour(
    database: Database, house: House
) -> None:
    number = enter(database, kind="inquiry", triggers=()).number
    do(database, service.convert, number, house.liqiang, kind="complaint", reason="客户不接受解释")
    complaint = find(database, number)
    assert (complaint.kind, complaint.received_at) == ("complaint", NOW)
    assert "acceptance_decision" in {clock.name for clock in look(database, number, house.liqiang).clocks}


def test_a_complaint_becomes_an_inquiry_in_the_customers_words_and_late_only_by_the_head(
    database: Database, house: House, chenjing: Viewer
) -> None:
    number = enter(database).number
    with pytest.raises(Unprocessable, match="原话"):
        do(database, service.convert, number, house.liqiang, kind="inquiry", reason="客户接受解释")
    told = {"kind": "inquiry", "reason": "客户接受解释", "customer_statement": "明白了，那没事了"}
    do(database, service.convert, number, house.liqiang, **told)
    assert find(database, number).kind == "inquiry"
    later = assigned(database, house)
    with pytest.raises(Forbidden, match="负责人"):
        do(database, service.convert, later, house.liqiang, **told)
    do(database, service.convert, later, chenjing, **told)
    with pytest.raises(Unprocessable, match="no_such_conversion"):
        do(database, service.convert, later, chenjing, kind="report", reason="无")


def test_a_corrected_category_brings_its_tasks(database: Database, house: House) -> None:
    number = assigned(database, house, category_certain=False)
    do(database, service.recategorise, number, house.liqiang, category="service", reason="主要投诉服务态度")
    shown = look(database, number, house.liqiang)
    assert (shown.row.category, shown.row.category_certain) == ("service", True)
    assert "第十六条（五）" in {task.clause for task in shown.tasks}
    with pytest.raises(Conflict, match="category_unchanged"):
        do(database, service.recategorise, number, house.liqiang, category="service", reason="同上")


def test_accountability_is_decided_by_another_person_and_shown_in_block_four(
    database: Database, house: House, hejun: Viewer
) -> None:
    number = closed(database, house)
    given = {
        "unit": "service_centre",
        "person": house.liqiang.person_id,
        "finding": "解释不到位",
        "sanction": "通报批评",
    }
    with pytest.raises(Forbidden):
        do(database, service.record_accountability, number, house.liqiang, **given)
    with pytest.raises(Forbidden, match="本人"):
        do(database, service.record_accountability, number, hejun, **{**given, "person": hejun.person_id})
    do(database, service.record_accountability, number, hejun, **given)
    one = look(database, number, house.liqiang).life.accountabilities[0]
    assert (one.unit, one.person, one.sanction, one.decided_by) == ("客户服务中心", "李强", "通报批评", "何军")
    head = hire(database, "luping", "罗平", "retail_hq", ["approver"])
    do(database, service.record_accountability, number, head, **{**given, "person": hejun.person_id})
    with pytest.raises(Forbidden):  # now responsible themselves
        do(database, service.record_accountability, number, hejun, **given)


def test_a_cause_has_a_measure_with_an_owner_and_a_day(database: Database, house: House) -> None:
    number = closed(database, house)
    given = {"cause": "process", "measure": "升级前一日公告", "unit": "it_centre"}
    do(database, service.record_cause, number, house.liqiang, **given)
    shown = look(database, number, house.liqiang)
    measure = shown.life.measures[0]
    assert (measure.cause, measure.measure, measure.owner) == ("流程不顺畅", "升级前一日公告", "信息技术中心")
    assert measure.due_at is not None
    task = next(task for task in shown.tasks if task.clause == "第八条")
    do(database, service.complete_task, number, house.liqiang, task=task.id, text="公告流程已修订")
    assert look(database, number, house.liqiang).life.measures[0].done_at is not None
    for wrong in ({"cause": "fate"}, {"unit": "nowhere"}, {"measure": ""}):
        with pytest.raises(Unprocessable):
            do(database, service.record_cause, number, house.liqiang, **{**given, **wrong})
