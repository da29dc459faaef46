"""A customer's words are kept once, verbatim, for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.db.session import Database
from backend.errors import Conflict, Gone, NotSignedIn
from backend.privacy.vault import Vault
from backend.transcripts import service, store
from backend.transcripts.models import Conversation
from backend.transcripts.values import Audience, Owner, Utterance

NOW = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)
WORDS = "昨天早上开盘你们APP一直登不上，\n我是王敏 13812348000"


@pytest.fixture
def conversation_id(database: Database) -> str:
    with database.write() as session:
        conversation, _ = service.open_conversation(
            session, channel="web_chat", notice_version="1", rulebook_version="2026.1", now=NOW
        )
        return conversation.id


def say(database: Database, conversation_id: str, client_id: str, words: str = WORDS) -> int:
    with database.write() as session:
        return service.keep(session, Utterance(conversation_id, client_id, words, NOW)).seq


def test_words_come_back_as_they_were_said(database: Database, conversation_id: str) -> None:
    say(database, conversation_id, "a")
    with database.read() as session:
        lines = service.thread(session, conversation_id, visible_to=Audience.CUSTOMER)
    assert [(line.seq, line.sender, line.text) for line in lines] == [(1, "customer", WORDS)]


def test_the_same_message_twice_is_one_line(database: Database, conversation_id: str) -> None:
    assert say(database, conversation_id, "a") == say(database, conversation_id, "a") == 1
    assert say(database, conversation_id, "b") == 2


def test_the_same_id_with_other_words_is_refused(database: Database, conversation_id: str) -> None:
    say(database, conversation_id, "a")
    with pytest.raises(Conflict, match="message_id_reused"):
        say(database, conversation_id, "a", "别的话")


def test_nothing_personal_stands_in_the_table(database: Database, conversation_id: str) -> None:
    say(database, conversation_id, "a")
    with database.read() as session:
        raw = repr(session.execute(text("SELECT * FROM transcript_lines")).all())
    assert "13812348000" not in raw
    assert "王敏" not in raw


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transcript_lines SET sender = 'bot'",
        "DELETE FROM transcript_lines",
        "DELETE FROM conversations",
    ],
)
def test_what_was_said_cannot_be_changed(database: Database, conversation_id: str, change: str) -> None:
    say(database, conversation_id, "a")
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(change))


def test_a_closed_conversation_refuses_words(database: Database, conversation_id: str) -> None:
    with database.write() as session:
        assert service.change_owner(session, conversation_id, expected=Owner.BOT, to=Owner.CLOSED, now=NOW)
    with pytest.raises(Gone):
        say(database, conversation_id, "a")


def test_a_token_opens_its_own_conversation_only(database: Database) -> None:
    with database.write() as session:
        mine, token = service.open_conversation(
            session, channel="web_chat", notice_version="1", rulebook_version="2026.1", now=NOW
        )
    with database.read() as session:
        assert service.by_token(session, token).id == mine.id
        for bad in ("", token[:-1], mine.id):
            with pytest.raises(NotSignedIn):
                service.by_token(session, bad)


def test_many_writers_leave_no_gap_and_no_double(database: Database, conversation_id: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        seqs = list(pool.map(lambda n: say(database, conversation_id, f"id-{n % 20}"), range(40)))
    assert sorted(set(seqs)) == list(range(1, 21))


def test_a_turn_is_held_by_one_and_runs_out(database: Database, conversation_id: str) -> None:
    def claim(moment: datetime) -> bool:
        with database.write() as session:
            return service.claim_turn(session, conversation_id, lease=20, now=moment)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: claim(NOW), range(6))) == 1
    assert not claim(NOW + timedelta(seconds=19))
    assert claim(NOW + timedelta(seconds=21))


def test_unanswered_words_are_found_until_their_turn_is_done(database: Database, conversation_id: str) -> None:
    seq = say(database, conversation_id, "a")
    with database.read() as session:
        assert list(store.unanswered(session, now=NOW, limit=10)) == [conversation_id]
    with database.write() as session:
        service.finish_turn(session, conversation_id, answered_seq=seq)
    with database.read() as session:
        assert not store.unanswered(session, now=NOW, limit=10)


def test_only_one_of_two_people_takes_over(database: Database, conversation_id: str) -> None:
    def take_over(_: int) -> bool:
        with database.write() as session:
            return service.change_owner(session, conversation_id, expected=Owner.BOT, to=Owner.AGENT, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take_over, range(4))) == 1
    with database.read() as session:
        assert session.get_one(Conversation, conversation_id).owner == Owner.AGENT


def test_staff_see_the_thread_masked(database: Database, conversation_id: str) -> None:
    say(database, conversation_id, "a")

    class Heard:
        field, text, value = "phone", "13812348000", "13812348000"
        start, end = WORDS.index("138"), WORDS.index("138") + 11

    with database.write() as session:
        Vault(session, conversation_id).tokenise(WORDS, [Heard()], now=NOW)
    with database.read() as session:
        (line,) = service.thread(session, conversation_id, visible_to=Audience.STAFF, masked=True)
    assert "138****8000" in line.text
    assert "13812348000" not in line.text
