"""A complaint from the first sentence to the number: the trained bot, the real action server."""

from __future__ import annotations

from typing import Any

from tests.bot.conftest import Conversation
from tests.bot.standin_backend import StandInBackend

CRASH = "昨天早上开盘你们APP一直登不上，卖不出去亏了好几万，气死我了，我要投诉"
CRASH_READ: dict[str, Any] = {
    "emotion": "angry", "category": "info_system", "category_label": "信息系统类", "triggers": ["system_failure"],
}  # fmt: skip
QUESTION_MARKS = "？?"


def tell_all(talk: Conversation) -> str:
    """王敏 tells everything a complaint needs; returns the read-back."""
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘", "amount": "好几万"}, **CRASH_READ)
    talk.say("要求给我一个说法", {"demand": "要求给我一个说法"}, **CRASH_READ)
    talk.say("〔姓名1〕", {"name": "〔姓名1〕"}, **CRASH_READ)
    talk.say("〔电话1〕", {"phone": "〔电话1〕"}, **CRASH_READ)
    return talk.say("天河营业部", {"branch": "天河营业部"}, **CRASH_READ)


def test_feeling_is_answered_before_the_first_question(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    assert len(talk.texts) == 2
    assert not any(mark in talk.texts[0] for mark in QUESTION_MARKS)
    assert talk.asked == "demand"


def test_feeling_is_answered_once(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    talk.say("要求给我一个说法", {"demand": "要求给我一个说法"}, **CRASH_READ)
    assert len(talk.texts) == 1


def test_rising_emotion_is_calmed_again(talk: Conversation) -> None:
    talk.say("我要投诉柜台", {"narrative": "我要投诉柜台"}, category="counter", emotion="upset")
    talk.say("昨天", {"occurred_at": "昨天"}, category="counter", emotion="extreme")
    assert len(talk.texts) == 2 and talk.asked == "demand"


def test_told_facts_are_not_asked_and_the_number_is_given(talk: Conversation, backend: StandInBackend) -> None:
    read_back = tell_all(talk)
    assert talk.asked == "confirmed"
    assert all(
        known in read_back for known in ("昨天早上开盘", "要求给我一个说法", "〔姓名1〕", "〔电话1〕", "天河营业部")
    )
    assert "资金账号" not in read_back
    said = talk.say("确认提交", **CRASH_READ)
    assert "TS20261123GZ0000011" in said and "12月21日" in said and "信息系统类" in said
    (submitted,) = backend.asked("complaints")
    assert submitted["fields"]["phone"] == "〔电话1〕" and submitted["fields"]["amount"] == "好几万"
    assert submitted["conversation_id"] == talk.sender and not talk.last["active"]


def test_two_facts_in_one_sentence_fill_two_fields(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    both = "要个说法，我叫〔姓名1〕，电话〔电话1〕"
    talk.say(both, {"demand": "要个说法", "name": "〔姓名1〕", "phone": "〔电话1〕"}, **CRASH_READ)
    assert talk.asked == "branch"


def test_a_later_time_in_passing_does_not_replace_the_first(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    talk.say("今天之内给我答复", {"demand": "今天之内给我答复", "occurred_at": "今天"}, **CRASH_READ)
    assert talk.last["slots"]["occurred_at"] == "昨天早上开盘"


def test_a_correction_replaces_and_is_read_back(talk: Conversation) -> None:
    tell_all(talk)
    read_back = talk.say("不对，是前天下午", {"occurred_at": "前天下午"}, **CRASH_READ)
    assert "前天下午" in read_back and talk.asked == "confirmed"


def test_a_field_called_wrong_is_asked_again(talk: Conversation) -> None:
    tell_all(talk)
    talk.say("电话写错了", **CRASH_READ)
    assert talk.asked == "phone" and "phone" not in talk.last["slots"]
    assert "〔电话2〕" in talk.say("〔电话2〕", {"phone": "〔电话2〕"}, **CRASH_READ)


def test_needs_changing_asks_which(talk: Conversation) -> None:
    tell_all(talk)
    talk.say("需要修改", **CRASH_READ)
    assert talk.asked == "correction"
    talk.say("诉求不对", **CRASH_READ)
    assert talk.asked == "demand"


def test_an_unclear_category_is_asked_once(talk: Conversation) -> None:
    told = "你们太过分了我要投诉"
    talk.say(told, {"narrative": told}, category="other", category_certain=False)
    assert talk.asked == "category" and talk.last["messages"][-1]["choices"]
    talk.say("都不是", category="other", category_certain=False)
    assert talk.asked == "occurred_at"


def test_the_account_needs_consent_of_its_own(talk: Conversation) -> None:
    tell_all(talk)
    talk.say("等一下", asks_account=True, **CRASH_READ)  # the category became one that needs it
    if talk.asked == "confirmed":
        talk.say("诉求不对", asks_account=True, **CRASH_READ)
        talk.say("要求道歉", {"demand": "要求道歉"}, asks_account=True, **CRASH_READ)
    assert talk.asked == "account_consent"
    talk.say("不愿意提供", asks_account=True, **CRASH_READ)
    assert talk.asked == "confirmed" and talk.last["refused"] == ["account"]


def test_consent_given_asks_the_account(talk: Conversation) -> None:
    known = {"asks_account": True, **CRASH_READ}
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **known)
    talk.say("没想好", **known)
    talk.say("〔姓名1〕", {"name": "〔姓名1〕"}, **known)
    talk.say("〔电话1〕", {"phone": "〔电话1〕"}, **known)
    talk.say("不清楚", **known)
    assert talk.asked == "account_consent"
    talk.say("愿意提供", **known)
    assert talk.asked == "account"
    talk.say("〔账号1〕", {"account": "〔账号1〕"}, **known)
    assert talk.asked == "confirmed" and "资金账号：〔账号1〕" in talk.texts[-1]


def test_one_way_of_reply_is_explained_once_then_a_person_offered(talk: Conversation, backend: StandInBackend) -> None:
    told = "柜员态度特别恶劣"
    talk.say(told, {"narrative": told}, category="service")
    talk.say("记不清了")
    talk.say("没什么要求")
    talk.say("我不想说名字")
    talk.say("不留电话")
    assert talk.asked == "phone" and len(talk.texts) == 2
    talk.say("就是不想留电话")
    assert talk.asked == "contact_choice"
    talk.say("好的")
    assert backend.asked("handovers")[0]["reason"] == "unable"


def test_a_backend_out_of_order_is_told_and_confirmation_can_be_repeated(
    talk: Conversation, backend: StandInBackend
) -> None:
    tell_all(talk)
    backend.fail["complaints"] = 503
    talk.say("确认提交", **CRASH_READ)
    assert talk.asked == "confirmed" and talk.last["active"] and len(talk.texts) == 1
    backend.fail.clear()
    assert "TS20261123GZ0000011" in talk.say("确认提交", **CRASH_READ)


def test_a_second_grievance_is_told_apart_from_a_supplement(talk: Conversation, backend: StandInBackend) -> None:
    tell_all(talk)
    talk.say("确认提交", **CRASH_READ)
    more = "你们客服还挂我电话"
    talk.say(more, {"narrative": more}, category="service")
    assert talk.asked == "same_matter"
    talk.say("不是，是另一件事", category="service")
    assert talk.asked == "occurred_at" and talk.last["slots"]["narrative"] == more
    assert talk.last["slots"]["phone"] == "〔电话1〕"  # the person is known


def test_a_supplement_submits_nothing_new(talk: Conversation, backend: StandInBackend) -> None:
    tell_all(talk)
    talk.say("确认提交", **CRASH_READ)
    more = "你们客服还挂我电话"
    talk.say(more, {"narrative": more}, category="service")
    talk.say("是刚才那件事", category="service")
    assert not talk.last["active"] and len(backend.asked("complaints")) == 1


def test_raw_text_never_becomes_a_name_or_a_phone(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    talk.say("没想好", **CRASH_READ)
    talk.say("气死我了你们到底管不管", **CRASH_READ)
    assert talk.asked == "name" and "name" not in talk.last["slots"]


def test_a_slash_is_no_command(talk: Conversation) -> None:
    talk.say(CRASH, {"narrative": CRASH, "occurred_at": "昨天早上开盘"}, **CRASH_READ)
    talk.say("/restart", **CRASH_READ)
    assert talk.last["slots"]["narrative"] == CRASH
