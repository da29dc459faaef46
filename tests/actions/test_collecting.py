"""The collecting of a complaint, without Rasa: an utterance and the slots before it, the step after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.collecting import FIELDS, Step, collect
from actions.turn import Turn

QUIET = Turn(
    conversation="c", number=7, text="", intent="nlu_fallback", confidence=0.9, spans=(), words={}, asked=None,
    emotion="calm", triggers=(), danger=False, category="service", category_certain=True, asks_account=False,
    draft={}, answered=False, opening=False,
)  # fmt: skip
TOLD: dict[str, Any] = {"narrative": "柜员态度差", "calmed": "calm", "refused": []}
ALL_TOLD = {
    **TOLD,
    "occurred_at": "昨天",
    "demand": "道歉",
    "name": "〔姓名1〕",
    "phone": "〔电话1〕",
    "branch": "天河",
}


def step(asked: str | None, slots: dict[str, Any], **facts: Any) -> Step:
    """The step after an utterance that was said to the question ``asked``."""
    return collect(replace(QUIET, asked=asked, **facts), slots)


def test_the_questions_come_in_order() -> None:
    slots: dict[str, Any] = {"refused": []}
    asked = []
    for value in ("事", "时", "求", "名", "电", "部"):
        question = collect(replace(QUIET, opening=True), slots).ask
        assert question is not None
        asked.append(question)
        slots[question] = value
    assert asked == ["narrative", "occurred_at", "demand", "name", "phone", "branch"]
    assert collect(replace(QUIET, opening=True), slots).ask == "confirmed"


def test_the_grievance_is_calmed_with_its_matter() -> None:
    after = step(
        None, {"refused": []}, opening=True, intent="file_complaint", spans=(("narrative", "登不上"),), emotion="angry"
    )
    assert after.says == ["utter_calm"] and after.slots["calmed"] == "angry"


def test_a_form_that_opens_untold_is_welcomed() -> None:
    after = step(None, {"refused": []}, opening=True, intent="file_complaint")
    assert after.says == ["utter_ready"] and after.ask == "narrative"


def test_what_the_draft_holds_is_not_asked() -> None:
    draft = {"fields": {"name": "〔姓名1〕", "narrative": "登不上"}}
    after = step(None, {"refused": []}, opening=True, intent="file_complaint", draft=draft)
    assert after.slots["name"] == "〔姓名1〕" and after.ask == "occurred_at"


@pytest.mark.parametrize("emotion, said", [("calm", []), ("upset", ["utter_calm_again"])])
def test_only_a_rising_emotion_is_calmed_again(emotion: str, said: list[str]) -> None:
    after = step("occurred_at", TOLD, intent="provide_time", spans=(("occurred_at", "昨天"),), emotion=emotion)
    assert after.says == said


@pytest.mark.parametrize("field", ["occurred_at", "demand", "name", "branch", "account"])
def test_a_refused_field_is_not_asked_again(field: str) -> None:
    slots = {name: value for name, value in ALL_TOLD.items() if name != field}
    after = step(field, {**slots, "account_consent": field == "account" or None}, intent="refuse_to_say")
    assert after.slots["refused"] == [field] and after.ask == "confirmed"


def test_a_refused_field_given_later_is_taken() -> None:
    slots = {**ALL_TOLD, "phone": None, "refused": ["phone"]}
    after = step("confirmed", slots, spans=(("phone", "〔电话2〕"),))
    assert after.slots["phone"] == "〔电话2〕" and after.slots["refused"] == [] and after.ask == "confirmed"


def test_neither_name_nor_phone_is_explained_then_a_person_is_offered() -> None:
    slots = {**ALL_TOLD, "name": None, "phone": None, "refused": ["name"]}
    first = step("phone", slots, intent="refuse_to_say")
    assert first.says == ["utter_need_contact"] and first.ask == "phone" and first.slots["refused"] == ["name"]
    second = step("phone", {**slots, **first.slots}, intent="refuse_to_say")
    assert second.ask == "contact_choice"
    third = step("contact_choice", {**slots, **first.slots, **second.slots}, intent="affirm")
    assert third.interrupt and third.follow == "action_handover"


@pytest.mark.parametrize("asked", ["name", "phone", "account"])
def test_raw_words_never_fill_a_personal_field(asked: str) -> None:
    after = step(asked, {**TOLD, "occurred_at": "昨天", "demand": "道歉"}, text="关你什么事", intent="nlu_fallback")
    assert asked not in after.slots and after.interrupt


@pytest.mark.parametrize(
    "asked, text, intent, taken",
    [
        ("occurred_at", "就是开完会那会儿", "nlu_fallback", True),
        ("occurred_at", "你们这是什么态度", "dissatisfied_with_reply", False),
        ("demand", "别再这么对人就行", "nlu_fallback", True),
        ("demand", "佣金怎么收", "inquiry", False),
        ("branch", "太古汇对面那个", "provide_branch", True),
        ("branch", "字" * 40, "provide_branch", False),
        ("narrative", "嗯", "nlu_fallback", False),
        ("narrative", "东西全没了", "file_complaint", True),
    ],
)
def test_a_free_answer_is_taken_if_it_sounds_like_one(asked: str, text: str, intent: str, taken: bool) -> None:
    slots = {name: value for name, value in ALL_TOLD.items() if name != asked}
    after = step(asked, slots, text=text, intent=intent)
    assert (after.slots.get(asked) == text) is taken
    assert after.interrupt is not taken


def test_a_person_is_called_whatever_else_was_said() -> None:
    after = step("phone", {**ALL_TOLD, "phone": None}, intent="ask_human", spans=(("phone", "〔电话1〕"),))
    assert after.interrupt and after.slots["phone"] == "〔电话1〕"


def test_a_value_stands_until_it_is_corrected() -> None:
    passing = step("demand", {**TOLD, "occurred_at": "昨天"}, spans=(("demand", "今天答复"), ("occurred_at", "今天")))
    assert "occurred_at" not in passing.slots
    corrected = step(
        "demand", {**TOLD, "occurred_at": "昨天"}, intent="correct_previous", spans=(("occurred_at", "前天"),)
    )
    assert (
        corrected.slots["occurred_at"] == "前天" and corrected.says == ["utter_corrected"] and corrected.ask == "demand"
    )


def test_of_two_values_in_a_sentence_the_later_counts() -> None:
    after = step(
        "occurred_at", TOLD, intent="correct_previous", spans=(("occurred_at", "昨天"), ("occurred_at", "前天"))
    )
    assert after.slots["occurred_at"] == "前天"


def test_a_field_named_wrong_is_forgotten_and_asked_first() -> None:
    after = step("demand", {**TOLD, "phone": "〔电话1〕"}, intent="correct_previous", words={"field_word": ("phone",)})
    assert after.slots["phone"] is None and after.ask == "phone"


def test_more_of_the_story_is_added_not_replaced() -> None:
    after = step("demand", {**TOLD, "occurred_at": "昨天"}, intent="file_complaint", spans=(("narrative", "还挂电话"),))
    assert after.slots["narrative"] == "柜员态度差；还挂电话" and after.ask == "demand"


def test_a_clear_yes_submits_under_its_turn() -> None:
    after = step("confirmed", ALL_TOLD, intent="affirm")
    assert after.slots["confirmed"] == "7" and after.ask is None


def test_a_doubtful_yes_does_not_submit() -> None:
    after = step("confirmed", ALL_TOLD, intent="affirm", confidence=0.4)
    assert "confirmed" not in after.slots and after.interrupt


@pytest.mark.parametrize("intent", ["deny", "correct_previous"])
def test_a_no_at_the_read_back_asks_which(intent: str) -> None:
    assert step("confirmed", ALL_TOLD, intent=intent).ask == "correction"


def test_which_is_answered_by_the_name_of_a_field() -> None:
    after = step("correction", ALL_TOLD, intent="deny", words={"field_word": ("branch",)})
    assert after.ask == "branch" and after.slots["branch"] is None


def test_an_account_given_unasked_needs_no_consent_question() -> None:
    after = step(
        "branch", {**ALL_TOLD, "branch": None}, asks_account=True, spans=(("branch", "天河"), ("account", "〔账号1〕"))
    )
    assert after.ask == "confirmed" and after.slots["account_consent"] is True


def test_consent_withheld_refuses_the_account() -> None:
    after = step("account_consent", ALL_TOLD, intent="deny", asks_account=True)
    assert after.slots["refused"] == ["account"] and after.ask == "confirmed"


def test_an_unclear_category_is_asked_once() -> None:
    first = step(None, {"refused": []}, opening=True, spans=(("narrative", "很糟"),), category_certain=False)
    assert first.ask == "category"
    then = step("category", {"narrative": "很糟", "calmed": "calm", **first.slots}, category_certain=False)
    assert then.ask == "occurred_at"


@pytest.mark.parametrize("asked", ["demand", "correction", "confirmed", "contact_choice"])
def test_after_a_digression_the_same_question_is_due(asked: str) -> None:
    slots = {**ALL_TOLD, "demand": None} if asked == "demand" else ALL_TOLD
    after = step(asked, slots, intent="chitchat", answered=True)
    assert after.ask == asked and not after.says and set(after.slots) <= {"refused"}


@pytest.mark.parametrize(
    "intent", sorted({"inquiry", "greet", "abuse", "nonsense", "affirm", "deny", "threaten", "thanks"})
)
@pytest.mark.parametrize("asked", [None, *FIELDS[:7], "confirmed", "correction", "category", "account_consent"])
def test_nothing_said_ever_loses_what_is_known(intent: str, asked: str | None) -> None:
    after = step(asked, ALL_TOLD, intent=intent, text="随便说点什么")
    assert all(after.slots.get(name, ALL_TOLD[name]) == ALL_TOLD[name] for name in ("narrative", "name", "phone"))
