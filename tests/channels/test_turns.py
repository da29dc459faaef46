"""The turn: silence is an outage that ends, a burst is one turn, a person comes first, and nothing is lost."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.accounts import service as accounts
from backend.audit.actor import BOT
from backend.channels.bot import Bot
from backend.channels.conversation import MOST_ATTEMPTS, Turns
from backend.channels.wakeups import Wakeups
from backend.clock import now
from backend.db.session import Database
from backend.guideline.calendar import load_calendar
from backend.guideline.rulebook import load
from backend.intake import service as intake
from backend.intake import store as drafts
from backend.intake.draft import Draft
from backend.reading.reader import Reader
from backend.transcripts import service, store
from backend.transcripts.models import Conversation
from backend.transcripts.values import Audience, Owner, Utterance
from tests.channels.little_rasa import ANSWER, LittleRasa, little_rasa
from tests.stack import trained_models

A_WHILE = timedelta(minutes=2)
GRIEVANCE = "昨天早上开盘你们APP一直登不上，气死我了，我要投诉"


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load(trained_models() / "reader")


@pytest.fixture
def rasa() -> Iterator[LittleRasa]:
    with little_rasa() as running:
        yield running


@dataclass
class Talk:
    """One conversation with the turns of one process."""

    database: Database
    rasa: LittleRasa
    reader: Reader
    id: str
    said: int = 0
    later: timedelta = timedelta()

    def clock(self) -> datetime:
        return now() + self.later

    def say(self, text: str) -> int:
        self.said += 1
        with self.database.write() as session:
            return service.keep(session, Utterance(self.id, f"m{self.said}", text, now())).seq

    def turn(self, *, deadline: float = 2.0) -> None:
        async def take() -> None:
            bot = Bot(self.rasa.url, deadline=deadline)
            turns = Turns(
                self.database, self.reader, bot, Wakeups(),
                rulebook=load(), calendar=load_calendar(), lease=20.0, clock=self.clock,
            )  # fmt: skip
            await turns.take(self.id)
            await bot.close()

        asyncio.run(take())
        self.later += A_WHILE  # a turn that failed is tried again later

    @property
    def lines(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            thread = service.thread(session, self.id, visible_to=Audience.CUSTOMER)
        return [(line.sender, line.text) for line in thread]

    @property
    def bot_lines(self) -> list[str]:
        return [text for sender, text in self.lines if sender == "bot"]

    @property
    def conversation(self) -> Conversation:
        with self.database.read() as session:
            return session.get_one(Conversation, self.id)

    @property
    def draft(self) -> Draft:
        with self.database.read() as session:
            return drafts.load(session, self.id)

    @property
    def unanswered(self) -> bool:
        with self.database.read() as session:
            return self.id in store.unanswered(session, now=self.clock(), limit=10)


@pytest.fixture
def talk(database: Database, rasa: LittleRasa, reader: Reader) -> Talk:
    with database.write() as session:
        conversation, _ = service.open_conversation(
            session, channel="web_chat", notice_version="1", rulebook_version=load().version, now=now()
        )
    return Talk(database, rasa, reader, conversation.id)


def notice(name: str) -> str:
    return load().notices[name].say()


def test_the_bot_hears_what_was_read_and_the_customer_hears_the_bot(talk: Talk) -> None:
    talk.say(GRIEVANCE)
    talk.turn()
    metadata = talk.rasa.heard[0]["metadata"]
    assert metadata["category"] == "info_system"
    assert "system_failure" in metadata["triggers"]
    assert "narrative" in {span["field"] for span in metadata["spans"]}
    assert talk.bot_lines == ["您慢慢说，我在听。"]
    assert talk.draft.asked == "name"
    assert not talk.unanswered


def test_a_burst_is_one_turn(talk: Talk) -> None:
    for text in ("你们APP", "登不上", "我要投诉"):
        talk.say(text)
    talk.turn()
    assert [turn["message"] for turn in talk.rasa.heard] == ["你们APP\n登不上\n我要投诉"]
    assert len(talk.bot_lines) == 1


def test_silence_is_one_honest_sentence_and_nothing_is_lost(talk: Talk) -> None:
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    talk.turn()
    talk.turn()
    assert talk.bot_lines == [notice("bot_unavailable")]
    assert (talk.conversation.owner, talk.conversation.owner_reason) == (Owner.WAITING, "outage")
    assert talk.unanswered
    assert talk.draft.tells_grievance


def test_a_story_that_waited_through_an_outage_is_new_to_the_bot(talk: Talk) -> None:
    """So that it is acknowledged first, as any other."""
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    talk.turn()
    talk.rasa.answer = dict(ANSWER)
    talk.turn()
    talk.say("王敏")
    talk.turn()
    retried, later = (turn["metadata"]["draft"]["fields"] for turn in talk.rasa.heard[1:])
    assert "narrative" not in retried
    assert later["narrative"] == GRIEVANCE


def test_when_the_bot_is_back_it_goes_on_where_it_was(talk: Talk) -> None:
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    talk.turn()
    talk.rasa.answer = dict(ANSWER)
    talk.turn()
    assert talk.bot_lines == [notice("bot_unavailable"), notice("bot_back"), "您慢慢说，我在听。"]
    assert talk.conversation.owner == Owner.BOT
    first, second = (turn["sender"] for turn in talk.rasa.heard)
    assert first != second, "a late answer of the turn that was given up must count for nothing"
    assert len(talk.draft.narrative) == 1, "what was heard twice is told once"


def test_what_never_gets_an_answer_is_left_to_a_person(talk: Talk) -> None:
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    for _ in range(MOST_ATTEMPTS):
        talk.turn()
    assert not talk.unanswered
    assert talk.conversation.owner == Owner.WAITING


def test_a_turn_that_failed_is_not_tried_at_once_again(talk: Talk) -> None:
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    talk.turn()
    talk.later -= A_WHILE
    talk.turn()
    assert len(talk.rasa.heard) == 1


def test_a_number_that_was_never_said_is_owed(talk: Talk) -> None:
    """Filed in a turn whose answer did not come: it is told, and nothing is filed twice."""

    def file() -> None:
        with talk.database.write() as session:
            intake.file(
                session, talk.id, fields={}, refused=(), rulebook=load(), by=BOT, now=talk.clock(),
                turn=talk.rasa.heard[-1]["metadata"]["turn"], epoch=0,
            )  # fmt: skip

    with talk.database.write() as session:
        accounts.seed_organisation(session, now=now())
        accounts.create_administrator(session, now=now())
    talk.say(GRIEVANCE)
    talk.turn()
    talk.rasa.before, talk.rasa.answer = file, None
    talk.say("确认提交")
    talk.turn()
    talk.turn()
    (number,) = talk.draft.numbers
    assert number in talk.bot_lines[-1]
    assert len(talk.rasa.heard) == 2
    assert talk.conversation.owner == Owner.BOT
    assert not talk.unanswered


def test_an_answer_of_a_turn_that_another_process_took_is_not_said(talk: Talk) -> None:
    def taken() -> None:
        with talk.database.write() as session:
            service.finish_turn(session, talk.id, answered_seq=1)

    talk.rasa.before = taken
    talk.say(GRIEVANCE)
    talk.turn()
    assert talk.bot_lines == []


def test_a_line_more_after_an_outage_tells_the_story_once(talk: Talk) -> None:
    talk.rasa.answer = None
    talk.say(GRIEVANCE)
    talk.turn()
    talk.rasa.answer = dict(ANSWER)
    talk.say("客服电话也没有人接，太气人了")
    talk.turn()
    assert talk.draft.story.count("登不上") == 1


def test_a_slow_bot_is_a_silent_one(talk: Talk) -> None:
    talk.rasa.before = lambda: asyncio.run(asyncio.sleep(0.5))
    talk.say(GRIEVANCE)
    talk.turn(deadline=0.2)
    assert talk.bot_lines == [notice("bot_unavailable")]


def test_an_answer_computed_before_a_person_took_over_is_not_said(talk: Talk) -> None:
    def take_over() -> None:
        with talk.database.write() as session:
            assert service.change_owner(session, talk.id, expected=Owner.BOT, to=Owner.AGENT, now=now())

    talk.rasa.before = take_over
    talk.say(GRIEVANCE)
    talk.turn()
    assert talk.bot_lines == []
    assert talk.conversation.owner == Owner.AGENT


def test_the_bot_is_not_asked_while_a_person_owns_the_conversation(talk: Talk) -> None:
    with talk.database.write() as session:
        service.change_owner(session, talk.id, expected=Owner.BOT, to=Owner.AGENT, now=now())
    talk.say(GRIEVANCE)
    talk.turn()
    assert talk.rasa.heard == []


def test_a_password_is_covered_and_the_customer_is_warned(talk: Talk) -> None:
    talk.say("我的交易密码是abc12345，你帮我看看")
    talk.turn()
    assert "abc12345" not in str(talk.rasa.heard)
    assert talk.bot_lines[0] == notice("secret_masked")


@pytest.mark.parametrize("sentence", ["这是不可能的事情。", "这事情的责任不在我公司。", "我们会赔偿您的全部损失。"])
def test_a_sentence_that_must_not_be_said_is_withheld(talk: Talk, sentence: str) -> None:
    talk.rasa.answer = ANSWER | {"messages": [{"text": sentence, "choices": []}]}
    talk.say(GRIEVANCE)
    talk.turn()
    assert talk.bot_lines == [notice("sentence_withheld")]


def test_evidence_stands_in_the_line_that_said_it(talk: Talk) -> None:
    first = talk.say("我要投诉你们")
    second = talk.say(GRIEVANCE)
    talk.turn()
    texts: dict[int, str] = {first: "我要投诉你们", second: GRIEVANCE}
    marks: list[Any] = [mark for mark in talk.draft.marks if mark.label == "system_failure"]
    assert marks
    assert all(0 <= mark.start < mark.end <= len(texts[mark.seq]) for mark in marks)
    assert any("登不上" in texts[mark.seq][mark.start : mark.end] for mark in marks)
