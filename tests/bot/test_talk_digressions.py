"""What people say besides answering: each gets a short answer, then the question again, in other words."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from tests.bot.conftest import Conversation
from tests.bot.standin_backend import RECEIPT, StandInBackend

TOLD = "你们软件昨天登不上"


def begin(talk: Conversation) -> str:
    """A complaint whose demand is being asked."""
    return talk.say(TOLD, {"narrative": TOLD, "occurred_at": "昨天"}, category="info_system")


@pytest.mark.parametrize(
    "aside",
    ["佣金是多少", "你是机器人吗", "你好", "谢谢", "再见", "怎么还没处理", "查一下我的投诉进度", "asdfgh", "垃圾公司"],
)
def test_an_aside_is_answered_and_the_question_asked_in_other_words(talk: Conversation, aside: str) -> None:
    begin(talk)
    question = talk.texts[-1]
    talk.say(aside, kind="inquiry", kind_confidence=0.4, category="info_system")
    assert talk.asked == "demand" and len(talk.texts) == 2
    assert talk.texts[-1] != question


def test_greeting_says_who_it_is(talk: Conversation) -> None:
    said = talk.say("你好", kind="inquiry")
    assert "智能客服" in said and "机器人" in said and "人工" in said


def test_the_phone_is_answered_in_its_own_words(talk: Conversation) -> None:
    talk.say("你好", kind="inquiry", channel="phone")
    assert talk.last["messages"][0]["choices"] == []


def test_a_person_is_called_the_first_time_and_what_was_said_is_kept(
    talk: Conversation, backend: StandInBackend
) -> None:
    begin(talk)
    talk.say("转人工，我电话〔电话1〕", {"phone": "〔电话1〕"}, wants_human=True)
    assert backend.asked("handovers") == [{"conversation_id": talk.sender, "turn": 2, "reason": "asked"}]
    assert not talk.last["active"] and talk.last["slots"]["phone"] == "〔电话1〕"


def test_off_hours_a_call_back_is_promised_and_collecting_goes_on(talk: Conversation, backend: StandInBackend) -> None:
    backend.open = False
    begin(talk)
    said = talk.say("转人工", wants_human=True)
    assert "明天上午9点" in said and talk.asked == "demand" and talk.last["active"]


def test_two_misses_running_call_a_person(talk: Conversation, backend: StandInBackend) -> None:
    begin(talk)
    talk.say("asdfgh", kind="inquiry", kind_confidence=0.3)
    assert talk.last["misses"] == 1
    talk.say("qwerty", kind="inquiry", kind_confidence=0.3)
    assert backend.asked("handovers")[0]["reason"] == "misses"


def test_an_answer_between_two_misses_starts_the_count_anew(talk: Conversation, backend: StandInBackend) -> None:
    begin(talk)
    talk.say("asdfgh", kind="inquiry", kind_confidence=0.3)
    talk.say("要求道歉", {"demand": "要求道歉"})
    assert talk.last["misses"] == 0
    talk.say("qwerty", kind="inquiry", kind_confidence=0.3)
    assert not backend.asked("handovers")


def test_danger_is_met_with_care_and_a_person(talk: Conversation, backend: StandInBackend) -> None:
    said = talk.say("我不想活了", danger=True, triggers=["self_harm_or_violence_threat"], emotion="extreme")
    assert "110" in said and "120" in said
    assert backend.asked("handovers")[0]["reason"] == "danger"


def test_danger_is_met_with_care_even_if_nobody_can_be_called(talk: Conversation, backend: StandInBackend) -> None:
    backend.fail["handovers"] = 503
    said = talk.say("我不想活了", danger=True, emotion="extreme")
    assert "120" in said and "961303" in said


def test_the_regulator_is_a_right_not_a_danger(talk: Conversation, backend: StandInBackend) -> None:
    begin(talk)
    said = talk.say("再不处理我就去证监会告你们", triggers=["media_or_regulator_threat"], emotion="angry")
    assert "权" in said and "110" not in said and talk.asked == "demand"
    assert not backend.asked("handovers")


def test_abuse_is_answered_calmly_once_then_by_a_person(talk: Conversation, backend: StandInBackend) -> None:
    begin(talk)
    talk.say("骗子", kind="inquiry", kind_confidence=0.4)
    assert not backend.asked("handovers") and talk.last["messages"][0]["choices"][0]["value"] == "转人工"
    talk.say("你们就是骗子", kind="inquiry", kind_confidence=0.4)
    assert backend.asked("handovers")[0]["reason"] == "abuse"


def test_withdrawal_is_confirmed_first_and_can_be_thought_better_of(
    talk: Conversation, backend: StandInBackend
) -> None:
    begin(talk)
    talk.say("算了不投诉了")
    assert talk.asked == "withdraw_confirmed" and not backend.asked("withdrawals")
    talk.say("不，继续")
    assert talk.asked == "demand" and talk.last["active"]
    talk.say("撤回投诉")
    talk.say("是的，确认撤回")
    assert backend.asked("withdrawals") == [{"conversation_id": talk.sender, "turn": 5, "number": None}]
    assert "narrative" not in talk.last["slots"]


def test_status_by_number_and_phone(talk: Conversation, backend: StandInBackend) -> None:
    talk.say("查一下我的投诉进度", kind="inquiry")
    assert talk.asked == "complaint_number"
    talk.say(str(RECEIPT["number"]), kind="inquiry")
    assert talk.asked == "phone"
    said = talk.say("〔电话1〕", {"phone": "〔电话1〕"}, kind="inquiry")
    assert "调查中" in said
    assert backend.asked("status")[0]["phone"] == "〔电话1〕"


def test_status_without_a_number_offers_a_person(talk: Conversation, backend: StandInBackend) -> None:
    talk.say("催一下", kind="inquiry")
    talk.say("编号找不到了", kind="inquiry")
    assert talk.last["messages"][-1]["choices"][0]["value"] == "转人工" and not backend.asked("status")


def test_facts_before_any_complaint_are_kept(talk: Conversation) -> None:
    talk.draft["fields"] = {"name": "〔姓名1〕"}  # the backend's draft holds what its reader found
    talk.say("我叫〔姓名1〕", {"name": "〔姓名1〕"}, kind="inquiry", kind_confidence=0.5)
    assert talk.asked == "narrative" and talk.last["slots"]["name"] == "〔姓名1〕"


def test_a_forgotten_conversation_goes_on_where_it_was(
    talk: Conversation, agent: Agent, backend: StandInBackend
) -> None:
    """Rasa forgets everything before each turn: nothing is asked twice, nothing is lost."""
    facts = {"category": "info_system", "asks_account": True, "emotion": "angry"}
    answers = [
        (TOLD, {"narrative": TOLD}, "occurred_at"),
        ("昨天", {"occurred_at": "昨天"}, "demand"),
        ("你是机器人吗", {}, "demand"),
        ("要求道歉", {"demand": "要求道歉"}, "name"),
        ("〔姓名1〕", {"name": "〔姓名1〕"}, "phone"),
        ("不想留电话", {}, "branch"),
        ("天河营业部", {"branch": "天河营业部"}, "account_consent"),
        ("愿意提供", {}, "account"),
        ("你好", {}, "account"),
        ("〔账号1〕", {"account": "〔账号1〕"}, "confirmed"),
        ("姓名不对", {}, "name"),
        ("〔姓名2〕", {"name": "〔姓名2〕"}, "confirmed"),
    ]
    for text, spans, next_question in answers:
        agent.tracker_store._tracker_store.store.clear()  # type: ignore[attr-defined]
        talk.say(text, spans, **facts)
        assert talk.asked == next_question, text
    agent.tracker_store._tracker_store.store.clear()  # type: ignore[attr-defined]
    assert str(RECEIPT["number"]) in talk.say("确认提交", **facts)
    fields = backend.asked("complaints")[0]["fields"]
    assert fields["name"] == "〔姓名2〕" and fields["narrative"] == TOLD and "phone" not in fields
