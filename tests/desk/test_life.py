"""The whole life of a complaint at the desk, form by form, without JavaScript; each block of the file fills up."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from backend.clock import local, now
from backend.db.session import Database
from tests.desk.visitor import Visitor
from tests.factories import find
from tests.people import House, hire

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def number(register: Callable[..., str]) -> str:
    return register()


@pytest.fixture
def chenlan(app: FastAPI, database: Database) -> Visitor:
    hire(database, "chenlan", "陈兰", "service_centre", ["revisit_agent"])
    return Visitor(app, "chenlan")


@pytest.fixture
def hejun(app: FastAPI, database: Database) -> Visitor:
    hire(database, "hejun", "何军", "retail_hq", ["approver"])
    return Visitor(app, "hejun")


@pytest.fixture
def chenjing(app: FastAPI, database: Database) -> Visitor:
    hire(database, "chenjing", "陈静", "service_centre", ["officer"])
    return Visitor(app, "chenjing")


def send(visitor: Visitor, number: str, act: str, **fields: str) -> None:
    """Open the page, fill in the form of an act, and land on the page again."""
    home = f"/desk/complaints/{number}"
    visitor.get(home)
    answer = visitor.post(f"{home}/{act}", **fields)
    assert answer.status_code == 303, re.sub(r"\s+", " ", visitor.page)[:4000]
    if answer.headers["location"].startswith(home):
        visitor.get(answer.headers["location"])


def told_now() -> str:
    return local(now()).strftime("%Y-%m-%dT%H:%M")


def replied(liqiang: Visitor, house: House, number: str) -> None:
    send(liqiang, number, "accept")
    send(liqiang, number, "assign", handler=str(house.liqiang.person_id))
    send(liqiang, number, "investigate")
    send(liqiang, number, "resolve", findings="升级所致", solution="说明并致歉", **{"found.system_at_fault": "1"})
    assert "完善相关信息系统" in liqiang.page
    told = {"told_to": "投诉人本人", "told_by": "by_phone", "result_told_at": told_now()}
    send(liqiang, number, "reply", result="我们已查明原因并恢复，深表歉意。", **told)


def test_from_acceptance_to_the_archive(
    liqiang: Visitor, chenlan: Visitor, hejun: Visitor, chenjing: Visitor, house: House, number: str, database: Database
) -> None:
    replied(liqiang, house, number)
    assert "以电话告知投诉人本人" in liqiang.page
    send(liqiang, number, "close")
    assert find(database, number).stage == "closed"
    chenlan.get("/desk?view=to_revisit")
    assert number in chenlan.page
    send(chenlan, number, "revisit")
    assert "正在回访" in chenlan.page
    send(chenlan, number, "revisit", revisit_outcome="satisfied", opinion="处理得及时")
    assert "处理得及时" in chenlan.page
    liable = {"unit": "it_centre", "finding": "升级未公告", "sanction": "通报批评"}
    send(hejun, number, "record_accountability", **liable)
    assert "通报批评" in hejun.page
    send(liqiang, number, "record_cause", cause="process", measure="升级前一日公告", unit="it_centre")
    assert "升级前一日公告" in liqiang.page
    send(chenjing, number, "archive", summary="升级未公告，已改")
    assert find(database, number).stage == "archived"
    assert "没有可办理的步骤" in chenjing.page


def test_more_time_is_asked_for_and_granted(
    liqiang: Visitor, hejun: Visitor, house: House, number: str, database: Database
) -> None:
    send(liqiang, number, "accept")
    send(liqiang, number, "request_extension", workdays="5", reason="待外部回复", plan="收到即答复")
    assert "延期申请，等待审批" in liqiang.page
    assert f'action="/desk/complaints/{number}/decide_extension"' not in liqiang.page
    hejun.get("/desk/approvals")
    assert number in hejun.page
    send(hejun, number, "decide_extension", approved="yes", reason="情况属实")
    assert find(database, number).extension_workdays == 5
    hejun.get("/desk/approvals")
    assert number not in hejun.page


def test_a_forbidden_answer_comes_back_with_what_to_say_instead(
    liqiang: Visitor, house: House, number: str, database: Database
) -> None:
    send(liqiang, number, "accept")
    send(liqiang, number, "assign", handler=str(house.liqiang.person_id))
    send(liqiang, number, "investigate")
    send(liqiang, number, "resolve", findings="无", solution="无")
    told = {"told_to": "投诉人本人", "told_by": "by_phone", "result_told_at": told_now()}
    answer = liqiang.post(f"/desk/complaints/{number}/reply", result="这不可能，我公司没有错。", **told)
    assert answer.status_code == 422
    assert "可以改为" in liqiang.page
    assert ">这不可能，我公司没有错。</textarea>" in liqiang.page
    assert '<option value="by_phone" selected>' in liqiang.page


def test_a_task_is_ticked_off_with_what_was_done(liqiang: Visitor, number: str) -> None:
    send(liqiang, number, "accept")
    task = re.search(r'name="task" value="(\d+)"', liqiang.page)
    assert task
    send(liqiang, number, "complete_task", task=task[1], done="已电话报告")
    assert "已电话报告" in liqiang.page


def test_what_is_handed_over_leaves_the_sight_of_a_branch(
    app: FastAPI, register: Callable[..., str], liqiang: Visitor, zhaolei: Visitor, database: Database
) -> None:
    number = register(category="counter", triggers=(), fields={"branch": "越秀营业部"})
    given = {"unit": "tianhe", "reason": "开户在天河", "understanding": "已说明，客户理解"}
    send(zhaolei, number, "hand_over", **given)
    assert find(database, number).unit.key == "tianhe"
    assert zhaolei.get(f"/desk/complaints/{number}").status_code == 404


def test_a_supervisor_is_offered_nothing_that_changes_it(sunli: Visitor, number: str) -> None:
    sunli.get(f"/desk/complaints/{number}")
    assert "其他办理" not in sunli.page
    assert "办理完成" not in sunli.page


@pytest.mark.parametrize(("act", "fields"), [
    ("agree", {"agreed_on": "someday", "customer_statement": "好"}),
    ("request_extension", {"workdays": "many", "reason": "无", "plan": "无"}),
    ("mark_involved", {"person": "", "reason": "无"}),
    ("complete_task", {"task": "", "done": "无"}),
    ("log_work", {"work": "shouting", "done": "无"}),
])  # fmt: skip
def test_what_cannot_be_read_comes_back_in_words(
    liqiang: Visitor, number: str, database: Database, act: str, fields: dict[str, str]
) -> None:
    send(liqiang, number, "accept")
    before = find(database, number).version
    assert liqiang.post(f"/desk/complaints/{number}/{act}", **fields).status_code == 422
    assert find(database, number).version == before
