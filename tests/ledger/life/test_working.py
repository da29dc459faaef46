"""From the investigation to the answer: the table's order, tasks from findings, nothing forbidden said."""

from datetime import date, timedelta

import pytest

from backend.audit import trail
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotFound, Unprocessable
from backend.ledger import service
from tests.factories import enter, find
from tests.ledger.life.way import LATER, REPLY, assigned, do, look, replied
from tests.people import NOW, House


def test_the_whole_way_to_the_answer_stands_in_the_history(database: Database, house: House) -> None:
    number = replied(database, house)
    shown = look(database, number, house.liqiang)
    assert shown.row.stage == "replied"
    assert [line.sentence for line in shown.trail][-3:] == [
        "开始了调查", "提出了处理方案", "向投诉人告知了处理结果",
    ]  # fmt: skip
    told = shown.life.tellings[0]
    assert (told.told_to, told.told_by, told.told_at, told.person) == ("投诉人本人", "电话", LATER, "李强")
    assert shown.result == REPLY["result"]
    with database.read() as session:
        assert trail.verify(session).ok


def test_what_was_found_creates_the_tasks_that_hang_on_it(database: Database, house: House) -> None:
    number = replied(database, house, "system_at_fault", "violation")
    tasks = {(task.what, task.owner, task.clause) for task in look(database, number, house.liqiang).tasks}
    assert ("完善相关信息系统", "信息技术中心", "第十六条（四）") in tasks
    assert ("向监管部门报告责任追究情况", "合规与法律事务部", "第十八条") in tasks


def test_a_finding_outside_the_rulebook_is_refused(database: Database, house: House) -> None:
    number = assigned(database, house)
    do(database, service.investigate, number, house.liqiang)
    with pytest.raises(Unprocessable, match="规则库"):
        do(database, service.resolve, number, house.liqiang, findings="无", solution="无", found=["guilty"])
    assert find(database, number).stage == "investigating"


@pytest.mark.parametrize(
    "sentence", ["这不可能，我们的系统没有问题。", "这事情的责任不在我公司。", "我们保证赔偿您的损失。"]
)
def test_a_forbidden_answer_is_refused_with_what_to_say_instead(
    database: Database, house: House, sentence: str
) -> None:
    number = assigned(database, house)
    do(database, service.investigate, number, house.liqiang)
    do(database, service.resolve, number, house.liqiang, findings="无", solution="无")
    with pytest.raises(Unprocessable, match="可以改为") as refused:
        do(database, service.reply, number, house.liqiang, **{**REPLY, "result": sentence})
    assert refused.value.code == "forbidden_wording"
    assert find(database, number).stage == "resolving"


@pytest.mark.parametrize("lacking", ["result", "told_to", "told_by"])
def test_an_answer_names_what_to_whom_and_how(database: Database, house: House, lacking: str) -> None:
    number = assigned(database, house)
    do(database, service.investigate, number, house.liqiang)
    do(database, service.resolve, number, house.liqiang, findings="无", solution="无")
    with pytest.raises(Unprocessable, match="missing_facts"):
        do(database, service.reply, number, house.liqiang, **{**REPLY, lacking: " "})


def test_after_the_answer_closing_needs_nothing_more_and_creates_the_revisit(database: Database, house: House) -> None:
    number = replied(database, house)
    do(database, service.close, number, house.liqiang)
    shown = look(database, number, house.liqiang)
    assert (shown.row.stage, shown.result_told_at) == ("closed", LATER)
    task = next(task for task in shown.tasks if task.clause == "第二十三条")
    assert task.owner == "客户服务中心"
    assert task.due_at is not None and task.due_at > LATER


def test_solved_on_the_spot_whoever_solved_it_handled_it(database: Database, house: House) -> None:
    number = enter(database).number
    do(database, service.accept, number, house.liqiang, NOW)
    told = {"result": "当场说明并致歉", "result_told_at": NOW, "told_to": "投诉人本人", "told_by": "in_person"}
    do(database, service.close, number, house.liqiang, **told)
    complaint = find(database, number)
    assert (complaint.stage, complaint.handler_id) == ("closed", house.liqiang.person_id)
    assert look(database, number, house.liqiang).life.tellings[0].told_by == "当面"


def test_the_agreed_day_counts_beside_the_twenty_days(database: Database, house: House) -> None:
    number = assigned(database, house)
    given = {"agreed_on": date(2026, 11, 27), "customer_statement": "好，周五前给我答复"}
    do(database, service.agree, number, house.liqiang, **given)
    shown = look(database, number, house.liqiang)
    clock = next(clock for clock in shown.clocks if clock.name == "agreed")
    assert shown.row.due_at == clock.due_at
    assert "2026年11月27日" in clock.why
    with pytest.raises(Unprocessable, match="已经过去"):
        do(database, service.agree, number, house.liqiang, **{**given, "agreed_on": date(2026, 11, 20)})


def test_a_task_is_done_once_by_somebody_who_may_and_says_how(database: Database, house: House) -> None:
    number = assigned(database, house)
    task = look(database, number, house.liqiang).tasks[0].id
    with pytest.raises(Unprocessable, match="办理情况"):
        do(database, service.complete_task, number, house.liqiang, task=task, text=" ")
    with pytest.raises(Forbidden):
        do(database, service.complete_task, number, house.sunli, task=task, text="已报告")
    do(database, service.complete_task, number, house.liqiang, task=task, text="已书面报告")
    shown = look(database, number, house.liqiang)
    assert shown.tasks[0].done_at == LATER
    assert shown.trail[-1].detail == "已书面报告"
    with pytest.raises(Conflict, match="task_done"):
        do(database, service.complete_task, number, house.liqiang, task=task, text="再一次")
    with pytest.raises(NotFound):
        do(database, service.complete_task, number, house.liqiang, task=task + 999, text="没有")


def test_an_answer_reopened_is_told_again(database: Database, house: House) -> None:
    number = replied(database, house)
    with pytest.raises(Unprocessable, match="理由"):
        do(database, service.investigate, number, house.liqiang)
    do(database, service.investigate, number, house.liqiang, reason="客户补充了证据")
    do(database, service.resolve, number, house.liqiang, findings="补充核实", solution="更正")
    later = LATER + timedelta(days=1)
    do(database, service.reply, number, house.liqiang, later, **{**REPLY, "result_told_at": later})
    assert len(look(database, number, house.liqiang, later).life.tellings) == 2
