"""From the first angry sentence to a number, and from the number to a handler's screen."""

import re
from typing import Any

import httpx

from backend.player import Customer
from tests.stack import Stack
from tests.walks.customers import complain, number_in, question_in

OPENING = "昨天早上开盘你们APP一直登不上，卖不出去亏了好几万，气死我了，我要投诉"
ANSWERS = {
    "occurred_at": "昨天早上九点半",
    "demand": "我要你们赔偿我的损失，给个说法",
    "name": "王敏",
    "phone": "19912345678",
    "branch": "天河营业部",
    "account_consent": "不方便",
    "account": "不方便说",
    "category": "主要是软件或系统不好用",
    "confirmed": "确认",
}
FEELING = re.compile("着急|生气|心情|难受|委屈|抱歉|理解|恼火|窝火|不好受|气愤|火大|焦急|担心|揪心|换谁|换成谁")
MATTER = re.compile("系统|软件|交易|情况|这件事|反映的事")


def test_a_complaint_ends_in_a_number_after_few_questions(stack: Stack) -> None:
    customer = stack.customer()
    number, asked = complain(customer, OPENING, ANSWERS)
    assert re.fullmatch(r"TS\d{15}", number)
    assert len([field for field in asked if field != "confirmed"]) <= 7
    assert "occurred_at" not in asked, "the time was said in the first sentence"
    assert len(asked) == len(set(asked)), f"asked twice: {asked}"


def test_the_customer_is_calmed_before_the_first_question(stack: Stack) -> None:
    answers = stack.customer().say(OPENING)
    text = "".join(line["text"] for line in answers)
    question = text.find("？") if "？" in text else len(text)
    assert FEELING.search(text[:question]), text
    assert MATTER.search(text[:question]), f"names the feeling, but not the matter: {text}"


def test_the_ledger_holds_what_was_said(stack: Stack) -> None:
    number, _ = complain(stack.customer(), OPENING, ANSWERS)
    shown = stack.anfu("complaints", "show", number, "--reveal", "测试核对")
    assert '"category": "info_system"' in shown
    assert "system_failure" in shown
    assert "compensation_or_litigation" in shown
    for said in ("王敏", "19912345678", "天河营业部", "卖不出去亏了好几万"):
        assert said in shown, said


def test_saying_everything_at_once_leaves_only_what_is_missing(stack: Stack) -> None:
    opening = (
        "我叫王敏，电话19912345678，昨天下午在天河营业部办转托管，柜台拖了我两个小时，态度还特别差，"
        "我要投诉，希望你们道歉并尽快办好"
    )
    number, asked = complain(stack.customer(), opening, ANSWERS)
    assert number
    assert not {"name", "phone", "branch", "occurred_at"} & set(asked), asked


def test_a_correction_at_the_read_back_is_taken(stack: Stack) -> None:
    customer = stack.customer()
    heard = customer.say("我叫王敏，电话19912345678，今天上午天河营业部的柜员对我大吼大叫，要求道歉，我要投诉")
    for _ in range(8):
        field = question_in(heard[-1]["text"])
        if field == "confirmed":
            break
        heard = customer.say(ANSWERS[field or ""])
    heard = customer.say("不对，电话是19887654321")
    for _ in range(3):
        number = number_in("".join(line["text"] for line in heard))
        if number:
            break
        heard = customer.say("确认")
    assert number
    shown = stack.anfu("complaints", "show", number, "--reveal", "测试核对")
    assert "19887654321" in shown
    assert "19912345678" not in shown.split('"narrative"')[0]


def test_asking_for_a_person_is_honoured_at_once(stack: Stack) -> None:
    customer = stack.customer()
    customer.say("转人工")
    assert customer.owner == "waiting"


def test_silence_is_no_refusal_of_service(stack: Stack) -> None:
    """Name and branch refused: a way of reply is enough."""
    answers = ANSWERS | {"name": "不想说", "branch": "不想说", "demand": "道歉就行"}
    number, asked = complain(stack.customer(), "你们客服电话打了十几遍没人接，太敷衍了，我要投诉", answers)
    assert number
    assert asked.count("name") == 1


def test_the_same_confirmation_twice_files_once(stack: Stack) -> None:
    customer = stack.customer()
    number, _ = complain(customer, OPENING, ANSWERS)
    customer.say("确认")
    again = stack.anfu("complaints", "show", number)
    assert again.count('"number"') == 1


def test_a_stranger_hears_nothing_of_another_conversation(stack: Stack) -> None:
    mine, other = stack.customer(), stack.customer()
    mine.say("我要投诉你们的柜员")
    answer = httpx.get(
        f"{stack.url}/api/chat/events",
        headers={"Authorization": f"Bearer {mine.conversation_id}"},
        trust_env=False,
    )
    assert answer.status_code == 401
    assert all("柜员" not in line["text"] for line in other.heard)


def test_the_stream_resumes_exactly(stack: Stack) -> None:
    customer = stack.customer()
    customer.say(OPENING)
    whole = _all(customer, 0)
    assert [line["seq"] for line in whole] == list(range(1, len(whole) + 1))
    assert _all(customer, 2) == whole[2:]


def _all(customer: Customer, after: int) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    try:
        for event, data in customer.events(after):
            if event == "message":
                lines.append(data)
    except httpx.ReadTimeout:
        pass
    return lines
