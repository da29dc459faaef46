"""One complaint on the desk: masked, revealed with a reason, moved by whoever may; nothing lost when two are at it."""

import re
from collections.abc import Callable

import pytest

from backend.clock import local, now
from backend.db.session import Database
from backend.ledger import views
from backend.transcripts import service as transcripts
from backend.transcripts.values import Utterance
from tests.desk.visitor import Visitor
from tests.factories import find
from tests.people import ACCOUNT, CUSTOMER, PHONE, House

Register = Callable[..., str]
PERSONAL = (CUSTOMER, PHONE, ACCOUNT)


@pytest.fixture
def number(register: Register) -> str:
    return register()


def home(number: str) -> str:
    return f"/desk/complaints/{number}"


def told_now() -> str:
    return local(now()).strftime("%Y-%m-%dT%H:%M")


def test_the_five_blocks_stand_there_and_nothing_personal_does(liqiang: Visitor, number: str) -> None:
    liqiang.get(home(number))
    for block in ("投诉人基本信息", "投诉事项基本情况", "处理过程和结果", "责任追究情况", "回访情况"):
        assert block in liqiang.page
    assert "138****8000" in liqiang.page
    assert not [value for value in PERSONAL if value in liqiang.page]


def test_another_branch_learns_nothing(zhaolei: Visitor, number: str) -> None:
    assert zhaolei.get(home(number)).status_code == 404
    assert zhaolei.get(home("TS209901010100019")).status_code == 404
    zhaolei.get("/desk")
    assert zhaolei.post(f"{home(number)}/accept", version="1").status_code == 404


def test_revealing_wants_a_reason_and_leaves_a_trace(
    liqiang: Visitor, database: Database, house: House, number: str
) -> None:
    liqiang.get(home(number))
    assert liqiang.post(f"{home(number)}/reveal", reason="  ").status_code == 422
    assert PHONE not in liqiang.page
    assert liqiang.post(f"{home(number)}/reveal", reason="回电核实情况").status_code == 200
    assert all(value in liqiang.page for value in PERSONAL)
    with database.read() as session:
        trail = views.view(session, number, viewer=house.liqiang, now=now()).trail
    assert (trail[-1].who, trail[-1].detail) == ("李强", "回电核实情况")
    liqiang.get(home(number))
    assert PHONE not in liqiang.page


def test_a_complaint_is_accepted_assigned_and_closed(
    liqiang: Visitor, database: Database, house: House, number: str
) -> None:
    liqiang.get(home(number))
    answer = liqiang.post(f"{home(number)}/accept")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{home(number)}?done=accept")
    liqiang.get(answer.headers["location"])
    assert "已完成：受理" in liqiang.page
    assert "办结并告知处理结果" in liqiang.page
    liqiang.post(f"{home(number)}/assign", handler=str(house.liqiang.person_id))
    liqiang.get(home(number))
    answer = liqiang.post(
        f"{home(number)}/close", result="已查明原因并向客户说明，客户表示接受。", result_told_at=told_now()
    )
    assert answer.status_code == 303, liqiang.page
    complaint = find(database, number)
    assert (complaint.stage, complaint.handler_id) == ("closed", house.liqiang.person_id)
    liqiang.get(home(number))
    assert "已查明原因并向客户说明" in liqiang.page


def test_a_step_that_lacks_something_comes_back_with_what_was_typed(
    liqiang: Visitor, database: Database, number: str
) -> None:
    liqiang.get(home(number))
    liqiang.post(f"{home(number)}/accept")
    liqiang.get(home(number))
    answer = liqiang.post(f"{home(number)}/close", result="已向客户说明", result_told_at="")
    assert answer.status_code == 422
    assert "请填写完整的日期和时间" in liqiang.page
    assert ">已向客户说明</textarea>" in liqiang.page
    assert find(database, number).stage == "accepted"


def test_who_was_first_is_named_and_the_second_loses_nothing(
    liqiang: Visitor, sunli: Visitor, database: Database, house: House, number: str
) -> None:
    liqiang.get(home(number))
    liqiang.post(f"{home(number)}/accept")
    stale = {"version": "1", "customer_statement": "客户来电说不投诉了"}
    liqiang.get(home(number))
    answer = liqiang.post(f"{home(number)}/withdraw", **stale)
    assert answer.status_code == 409
    assert re.search(r"李强已于 \d{4}-\d\d-\d\d \d\d:\d\d 受理了投诉", liqiang.page)
    assert "客户来电说不投诉了" in liqiang.page
    assert find(database, number).stage == "accepted"


def test_a_supervisor_reads_why_each_step_is_not_theirs(sunli: Visitor, database: Database, number: str) -> None:
    sunli.get(home(number))
    assert "<b>受理</b>：暂不可办理" in sunli.page
    assert "第四条" in sunli.page
    assert f'action="{home(number)}/accept"' not in sunli.page
    assert sunli.post(f"{home(number)}/accept", version="1").status_code == 403
    assert find(database, number).stage == "registered"


@pytest.mark.parametrize("token", ["", "guessed"])
def test_a_form_without_its_token_changes_nothing(
    liqiang: Visitor, database: Database, number: str, token: str
) -> None:
    liqiang.get(home(number))
    assert liqiang.post(f"{home(number)}/accept", csrf=token).status_code == 403
    assert find(database, number).stage == "registered"


def test_an_unknown_step_is_a_clear_refusal(liqiang: Visitor, number: str) -> None:
    liqiang.get(home(number))
    assert liqiang.post(f"{home(number)}/explode").status_code == 404
    assert "没有这个办理步骤" in liqiang.page


def test_what_a_handler_learned_is_added(liqiang: Visitor, database: Database, register: Register) -> None:
    number = register(incomplete=True)
    liqiang.get(home(number))
    assert "待补充" in liqiang.page
    answer = liqiang.post(
        f"{home(number)}/supplement", field_branch="广州天河营业部", narrative="客户补充说十点半恢复", complete="1"
    )
    assert answer.status_code == 303, liqiang.page
    liqiang.get(home(number))
    assert "客户补充说十点半恢复" in liqiang.page
    assert not find(database, number).incomplete
    assert liqiang.post(f"{home(number)}/supplement").status_code == 422


def test_what_a_customer_wrote_is_text_and_never_markup(liqiang: Visitor, register: Register) -> None:
    number = register(narrative="<script>alert(1)</script>", fields={"name": "<b>王敏</b>", "demand": '"><img src=x>'})
    raw = liqiang.get(home(number)).text
    assert "<script>alert" not in raw
    assert "<img" not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw


def test_the_conversation_is_shown_with_its_evidence(liqiang: Visitor, database: Database, register: Register) -> None:
    moment = now()
    with database.write() as session:
        conversation, _ = transcripts.open_conversation(
            session, channel="web_chat", notice_version="2026.1", rulebook_version="2026.1", now=moment
        )
        transcripts.append(session, conversation.id, sender="bot", text="您好，请慢慢说。", now=moment)
        transcripts.keep(session, Utterance(conversation.id, "m1", "昨天早上开盘你们APP一直登不上", moment))
    mark = {"label": "system_failure", "seq": 2, "start": 8, "end": 15, "weight": 0.9}
    liqiang.get(home(register(conversation_id=conversation.id, evidence=(mark,))))
    assert "请慢慢说" in liqiang.page
    assert '<mark title="依据：交易系统故障">APP一直登不</mark>上' in liqiang.page
