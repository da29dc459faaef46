"""Every sentence of the bot: several variants, short, plain, within article 17, and no promise of money."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "bot/domain"))
# 第十七条(二)(三) and its neighbours in meaning; 证券法 第一百三十五条: nothing about compensation.
FORBIDDEN = re.compile(
    "不可能|不会有这样的事|不会有这种事|责任不在我|我公司没有错|我们没有错|没有任何问题|跟我们无关|与我们无关|与我公司无关|"
    "赔偿|赔付|补偿|保证(?!金)|一定能|肯定能|没有责任|你自己的问题|您自己的问题|恶意|无理取闹|规定就是这样"
)
TRADITIONAL = re.compile("[們這請說麼記號碼電話時間嗎]")
LONGEST = 120
LONGER_ALLOWED = ("utter_ask_complaint_form_confirmed", "utter_submitted", "utter_status_found")
Variation = tuple[str, dict[str, Any]]


def variations() -> list[Variation]:
    """All of them, with the response they belong to."""
    return [(name, one) for name, several in sorted(DOMAIN.responses.items()) for one in several]


@pytest.mark.parametrize("name", sorted(DOMAIN.responses))
def test_a_response_has_variants_for_each_condition_and_channel(name: str) -> None:
    groups: dict[str, list[str]] = {}
    for one in DOMAIN.responses[name]:
        groups.setdefault(f"{one.get('channel')} {one.get('condition')}", []).append(one["text"])
    for group, texts in groups.items():
        assert len(set(texts)) >= 2, f"{name} {group}"
    assert "None None" in groups, f"{name} has no wording that fits always"


@pytest.mark.parametrize("variation", variations(), ids=lambda one: one[0])
def test_a_sentence_keeps_to_the_wording_rules(variation: Variation) -> None:
    name, one = variation
    text = one["text"]
    assert not FORBIDDEN.search(text), text
    assert not TRADITIONAL.search(text), text
    assert "你" not in text.replace("你们", "你"), text
    assert name in LONGER_ALLOWED or len(text) <= LONGEST, text
    assert "\n\n" not in text, text


@pytest.mark.parametrize("variation", [one for one in variations() if one[1].get("buttons")], ids=lambda one: one[0])
def test_a_choice_is_worth_plain_words(variation: Variation) -> None:
    for button in variation[1]["buttons"]:
        assert button["payload"] and not button["payload"].startswith("/")
        assert re.search("[\u4e00-\u9fff]", button["payload"])


def test_every_question_of_the_forms_has_a_response() -> None:
    for form, content in DOMAIN.forms.items():
        for slot in content["required_slots"]:
            assert f"utter_ask_{form}_{slot}" in DOMAIN.responses, (form, slot)


def test_placeholders_are_slots_responses_or_values_of_an_action() -> None:
    of_actions = {"number", "number_spoken", "category_label", "days", "due_text", "stage_label", "since_text",
                  "callback_text"}  # fmt: skip
    known = {slot.name for slot in DOMAIN.slots} | set(DOMAIN.responses) | of_actions
    for name, one in variations():
        assert set(re.findall(r"\{([a-z_]+)\}", one["text"])) <= known, name
