"""The graph components and the phrasing, each with the real objects of Rasa."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.lexicon_tokenizer import LexiconTokenizer
from bot.components.phrasing import Phrasing
from bot.components.recent_trackers import RecentTrackers
from bot.components.turn_channel import EmptyDecision, form_asking, restored, state_of, take_turn
from bot.components.turn_spans import TurnSpans

CONTEXT = ExecutionContext(GraphSchema({}))
RESOURCE = Resource("tokenizer")
PLAIN = LexiconTokenizer.get_default_config()


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    (tmp_path / "model").mkdir()
    return LocalModelStorage.create(tmp_path / "model")


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "trade.txt").write_text("融资融券打新 5000 n\n", encoding="utf-8")
    return folder


def words(tokenizer: LexiconTokenizer, text: str) -> list[str]:
    """The text cut into words."""
    return [token.text for token in tokenizer.tokenize(Message({TEXT: text}), TEXT)]


def test_a_privacy_token_is_one_word_without_its_number(storage: LocalModelStorage) -> None:
    tokenizer = LexiconTokenizer.create(PLAIN, storage, RESOURCE, CONTEXT)
    text = "我叫〔姓名12〕，电话〔电话1〕"
    tokens = tokenizer.tokenize(Message({TEXT: text}), TEXT)
    assert "〔姓名〕" in [token.text for token in tokens]
    assert [text[token.start : token.end] for token in tokens if token.text == "〔姓名〕"] == ["〔姓名12〕"]
    assert "".join(text[token.start : token.end] for token in tokens) == text


def test_width_and_case_are_folded(storage: LocalModelStorage) -> None:
    assert "app" in words(LexiconTokenizer.create(PLAIN, storage, RESOURCE, CONTEXT), "你们ＡＰＰ闪退")


@pytest.mark.parametrize("text", ["", " ", "〔", "〔〕", "〔姓名", "〔〔姓名1〕〕", "\u200b", "😡😡"])
def test_odd_text_is_cut_without_failing(storage: LocalModelStorage, text: str) -> None:
    words(LexiconTokenizer.create(PLAIN, storage, RESOURCE, CONTEXT), text)


def test_the_lexicon_is_used_kept_in_the_model_and_of_one_tokenizer_only(
    storage: LocalModelStorage, lexicon: Path
) -> None:
    config = {**LexiconTokenizer.get_default_config(), "dictionary_path": str(lexicon)}
    tokenizer = LexiconTokenizer.create(config, storage, RESOURCE, CONTEXT)
    assert "融资融券打新" in words(tokenizer, "我要融资融券打新")
    tokenizer.train(TrainingData())
    (lexicon / "trade.txt").unlink()
    assert "融资融券打新" in words(LexiconTokenizer.load(config, storage, RESOURCE, CONTEXT), "我要融资融券打新")
    plain = LexiconTokenizer.create({**config, "dictionary_path": None}, storage, RESOURCE, CONTEXT)
    assert "融资融券打新" not in words(plain, "我要融资融券打新")


def test_an_edited_lexicon_changes_the_fingerprint(lexicon: Path) -> None:
    config = {"dictionary_path": str(lexicon)}
    before = LexiconTokenizer.fingerprint_addon(config)
    (lexicon / "trade.txt").write_text("飞单 5000 n\n", encoding="utf-8")
    assert LexiconTokenizer.fingerprint_addon(config) != before
    assert LexiconTokenizer.fingerprint_addon({"dictionary_path": None}) is None


def heard(guess: str, confidence: float, **metadata: Any) -> Message:
    """A message as it comes out of the classifier, then through TurnSpans."""
    message = Message({TEXT: "我叫〔姓名1〕", INTENT: {"name": guess, "confidence": confidence}, "metadata": metadata})
    return TurnSpans(TurnSpans.get_default_config()).process([message])[0]


STORY = {"field": "narrative", "start": 0, "end": 8, "value": "我叫〔姓名1〕"}


def test_spans_become_entities() -> None:
    span = {"field": "name", "start": 2, "end": 7, "value": "〔姓名1〕"}
    (entity,) = heard("provide_name", 0.9, spans=[span]).get(ENTITIES)
    assert entity == {"entity": "name", "start": 2, "end": 7, "value": "〔姓名1〕", "extractor": "TurnSpans"}


@pytest.mark.parametrize(
    "guess, confidence, metadata, intent",
    [
        ("chitchat", 0.9, {}, "chitchat"),
        ("chitchat", 0.9, {"danger": True}, "threaten"),
        ("chitchat", 0.9, {"wants_human": True}, "ask_human"),
        ("chitchat", 0.9, {"wants_human": True, "danger": True}, "threaten"),
        ("abuse", 0.9, {"kind": "complaint", "kind_confidence": 0.9, "spans": [STORY]}, "file_complaint"),
        ("inquiry", 0.9, {"kind": "report", "kind_confidence": 0.9, "spans": [STORY]}, "file_complaint"),
        ("inquiry", 0.9, {"kind": "complaint", "kind_confidence": 0.4, "spans": [STORY]}, "inquiry"),
        ("inquiry", 0.9, {"kind": "inquiry", "kind_confidence": 0.9, "spans": [STORY]}, "inquiry"),
        ("abuse", 0.9, {"kind": "complaint", "kind_confidence": 0.9, "spans": []}, "abuse"),
        ("ask_status", 0.8, {"kind": "complaint", "kind_confidence": 0.9, "spans": [STORY]}, "ask_status"),
        ("ask_status", 0.3, {"kind": "complaint", "kind_confidence": 0.9, "spans": [STORY]}, "file_complaint"),
    ],
)
def test_what_the_backend_read_overrules_the_guess(
    guess: str, confidence: float, metadata: dict[str, Any], intent: str
) -> None:
    assert heard(guess, confidence, **metadata).get(INTENT)["name"] == intent


def test_a_message_without_a_reading_passes_untouched() -> None:
    message = Message({TEXT: "你好", INTENT: {"name": "greet", "confidence": 0.9}})
    TurnSpans(TurnSpans.get_default_config()).process([message])
    assert message.get(INTENT)["name"] == "greet" and message.get(ENTITIES) == []


RESPONSES: dict[str, list[dict[str, Any]]] = {
    "utter_ask": [{"text": "甲？"}, {"text": "乙？"}, {"text": "丙？"}],
    "utter_list": [{"text": "核对：\n姓名：{name}\n电话：{phone}\n对吗？"}],
    "utter_pair": [{"text": "{utter_inner}走吧。"}],
    "utter_inner": [
        {"text": "平静。"},
        {"text": "生气。", "condition": [{"type": "slot", "name": "emotion", "value": "angry"}]},
        {"text": "系统。", "condition": [{"type": "slot", "name": "category", "value": "info_system"}]},
    ],
    "utter_phone": [{"text": "长的一句话"}, {"text": "短", "channel": "phone"}],
}


def phrase(
    name: str, said: list[str] | None = None, turn: int = 1, channel: str = "web_chat", **facts: Any
) -> str | None:
    """One wording, after ``said`` has been said."""
    tracker = DialogueStateTracker("c", slots=[])
    for text in said or []:
        tracker.update(BotUttered(text))
    tracker.update(UserUttered("……", metadata={"turn": turn, "category_certain": True, **facts}))
    phrasing = Phrasing(None, Domain.empty())
    phrasing.responses = RESPONSES
    worded = asyncio.run(phrasing.generate(name, tracker, channel, **facts.get("values", {})))
    return worded["text"] if worded else None


def test_the_same_words_are_not_said_twice_while_others_are_left() -> None:
    said: list[str] = []
    for turn in (1, 4, 7):  # the seed would choose the same variation each time
        said.append(str(phrase("utter_ask", said, turn)))
    assert sorted(said) == ["丙？", "乙？", "甲？"]
    assert phrase("utter_ask", said, 10) == said[0]  # then the one said longest ago


def test_the_choice_can_be_repeated() -> None:
    assert phrase("utter_ask", turn=3) == phrase("utter_ask", turn=3)


def test_a_line_without_its_value_is_left_out() -> None:
    assert phrase("utter_list", values={"name": "〔姓名1〕"}) == "核对：\n姓名：〔姓名1〕\n对吗？"


def test_a_long_value_is_read_back_by_its_beginning() -> None:
    text = phrase("utter_list", values={"name": "字" * 500})
    assert text is not None and len(text) < 120 and "……" in text


@pytest.mark.parametrize("value", ["{phone}", "{0}", "{", "}", "{utter_inner}", "\\1"])
def test_the_words_of_a_customer_are_never_a_template(value: str) -> None:
    text = phrase("utter_list", values={"name": value})
    assert text is not None and f"姓名：{value}" in text


def test_wording_sees_the_facts_of_the_turn() -> None:
    assert phrase("utter_pair", emotion="angry") == "生气。走吧。"
    assert phrase("utter_pair", category="info_system") == "系统。走吧。"
    assert phrase("utter_pair", category="info_system", category_certain=False) == "平静。走吧。"


def test_a_channel_has_its_own_wording() -> None:
    assert phrase("utter_phone", channel="phone") == "短"


def test_an_unknown_response_is_none() -> None:
    assert phrase("utter_unknown") is None


def test_memory_of_conversations_is_bounded() -> None:
    async def fill() -> list[str]:
        store = RecentTrackers(Domain.empty(), conversations=2)
        for sender in ("a", "b", "a", "c"):
            await store.save(DialogueStateTracker(sender, slots=[]))
        return list(await store.keys())

    assert asyncio.run(fill()) == ["a", "c"]


def test_a_draft_is_restored_whole(agent: Agent) -> None:
    draft = {"fields": {"name": "〔姓名1〕", "unknown": "x"}, "refused": ["branch"], "asked": "account", "active": True}
    tracker = restored("c", draft, agent.domain, emotion="angry")
    state = state_of(tracker, misses_before=0)
    assert state["slots"] == {"name": "〔姓名1〕"} and state["refused"] == ["branch"]
    assert state["asked"] == "account" and state["active"] and tracker.get_slot("account_consent") is True


def test_the_form_of_a_question_is_found(agent: Agent) -> None:
    assert form_asking("phone", agent.domain) == "complaint_form"
    assert form_asking("complaint_number", agent.domain) == "status_form"
    assert form_asking("nothing_of_the_kind", agent.domain) is None


def test_silence_is_a_failure(agent: Agent, backend: Any, loop: asyncio.AbstractEventLoop) -> None:
    backend.fail["handovers"] = 503
    turn = {"sender": "silent", "message": "转人工", "metadata": {"turn": 1, "wants_human": True}}
    with pytest.raises(EmptyDecision):
        loop.run_until_complete(take_turn(agent, turn))
