"""The one door into the ledger: what was confirmed, what was left behind, and never the same thing twice."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.audit import trail
from backend.audit.actor import BOT, SYSTEM
from backend.db.session import Database
from backend.errors import Conflict
from backend.guideline.rulebook import load
from backend.intake import service, store
from backend.intake.draft import Draft, Piece
from backend.ledger import store as ledger_store
from backend.privacy.vault import Vault
from backend.transcripts import service as transcripts

NOW = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)
SLOTS = {"name": "〔姓名1〕", "phone": "〔电话1〕", "narrative": "不用", "branch": "天河营业部"}
TOLD = Draft(
    active=True,
    kind="complaint",
    kind_confidence=0.95,
    narrative=(Piece(3, "我是〔姓名1〕，APP登不上"),),
    ranking=(("info_system", 0.93), ("service", 0.04)),
    triggers={"system_failure": 0.97},
    emotion="angry",
    emotion_peak="angry",
)


@dataclass(frozen=True)
class Heard:
    field: str
    start: int
    end: int
    text: str
    value: str


@pytest.fixture
def conversation_id(database: Database) -> str:
    with database.write() as session:
        accounts.seed_organisation(session, now=NOW)
        accounts.create_administrator(session, now=NOW)
        conversation, _ = transcripts.open_conversation(
            session, channel="web_chat", notice_version="1", rulebook_version=load().version, now=NOW
        )
        vault = Vault(session, conversation.id)
        vault.tokenise("王敏", [Heard("name", 0, 2, "王敏", "王敏")], now=NOW)
        vault.tokenise("19912345678", [Heard("phone", 0, 11, "19912345678", "19912345678")], now=NOW)
        store.save(session, conversation.id, TOLD, now=NOW)
        return conversation.id


def file(database: Database, conversation_id: str, *, turn: int = 9, epoch: int | None = 0) -> str:
    with database.write() as session:
        receipt = service.file(
            session, conversation_id, fields=SLOTS, refused=(), rulebook=load(), by=BOT, now=NOW, turn=turn, epoch=epoch
        )
        return receipt.number


def complaints(database: Database, conversation_id: str) -> list[str]:
    with database.read() as session:
        return [found.number for found in ledger_store.of_conversation(session, conversation_id)]


def test_tokens_become_values_in_the_ledger(database: Database, conversation_id: str) -> None:
    number = file(database, conversation_id)
    with database.read() as session:
        found = ledger_store.for_customer(session, number=number, phone="199 1234 5678")
        assert found is not None
        assert (found.category, found.category_certain, found.emotion) == ("info_system", True, "angry")
        assert list(found.triggers) == ["system_failure"]
        assert trail.verify(session).ok


def test_the_same_turn_again_is_the_same_complaint(database: Database, conversation_id: str) -> None:
    assert file(database, conversation_id) == file(database, conversation_id)
    assert len(complaints(database, conversation_id)) == 1


def test_a_turn_that_was_given_up_files_nothing(database: Database, conversation_id: str) -> None:
    with pytest.raises(Conflict, match="turn_given_up"):
        file(database, conversation_id, epoch=7)
    assert complaints(database, conversation_id) == []


def test_left_behind_is_registered_as_incomplete_once(database: Database, conversation_id: str) -> None:
    later = NOW + timedelta(hours=1)
    for _ in range(2):
        with database.write() as session:
            found = store.left_behind(session, silent_since=later, outage_since=NOW, limit=10)
            for each in found:
                service.register_unfinished(session, each, rulebook=load(), by=SYSTEM, now=later)
    (number,) = complaints(database, conversation_id)
    with database.read() as session:
        complaint = ledger_store.by_number(session, number)
        assert complaint is not None
        assert complaint.incomplete


def test_who_comes_back_supplements_it(database: Database, conversation_id: str) -> None:
    with database.write() as session:
        first = service.register_unfinished(session, conversation_id, rulebook=load(), by=SYSTEM, now=NOW)
    assert first is not None
    assert file(database, conversation_id) == first.number
    with database.read() as session:
        complaint = ledger_store.by_number(session, first.number)
        assert complaint is not None
        assert not complaint.incomplete
    assert complaints(database, conversation_id) == [first.number]


def test_a_second_complaint_of_one_conversation_has_its_own_number(database: Database, conversation_id: str) -> None:
    first = file(database, conversation_id)
    with database.write() as session:
        draft = store.load(session, conversation_id)
        assert draft.ordinal == 2
        second = Draft(
            ordinal=2, numbers=draft.numbers, filed_turn=draft.filed_turn, kind="complaint",
            narrative=(Piece(12, "柜员态度也很差"),), ranking=(("service", 0.9),), emotion="upset", emotion_peak="angry",
        )  # fmt: skip
        store.save(session, conversation_id, second, now=NOW)
    number = file(database, conversation_id, turn=15)
    assert number != first
    assert len(complaints(database, conversation_id)) == 2


def test_an_inquiry_is_not_left_behind(database: Database, conversation_id: str) -> None:
    with database.write() as session:
        store.save(session, conversation_id, Draft(kind="inquiry"), now=NOW)
        assert service.register_unfinished(session, conversation_id, rulebook=load(), by=SYSTEM, now=NOW) is None


def withdraw(session: Session, conversation_id: str, *, number: str | None = None, turn: int = 30) -> Any:
    return service.withdraw(session, conversation_id, number=number, turn=turn, by=BOT, now=NOW)


def stage(database: Database, number: str) -> str:
    with database.read() as session:
        complaint = ledger_store.by_number(session, number)
        assert complaint is not None
        return complaint.stage


def test_the_same_withdrawal_again_withdraws_nothing_more(database: Database, conversation_id: str) -> None:
    number = file(database, conversation_id)
    with database.write() as session:
        store.save(session, conversation_id, replace(TOLD, ordinal=2, numbers=(number,)), now=NOW)
    for _ in range(2):
        with database.write() as session:
            assert withdraw(session, conversation_id) == (True, None), "what is not confirmed yet goes first"
    assert stage(database, number) == "registered"


def test_what_was_registered_as_incomplete_is_withdrawn_in_the_ledger(
    database: Database, conversation_id: str
) -> None:  # fmt: skip
    with database.write() as session:
        receipt = service.register_unfinished(session, conversation_id, rulebook=load(), by=SYSTEM, now=NOW)
    assert receipt is not None
    with database.write() as session:
        assert withdraw(session, conversation_id) == (True, receipt.number)
    assert stage(database, receipt.number) == "withdrawn"


def test_another_conversations_complaint_cannot_be_withdrawn(database: Database, conversation_id: str) -> None:
    with database.write() as session:
        assert withdraw(session, conversation_id, number="TS202611230100012") == (False, None)


def test_what_is_told_after_filing_supplements_the_filed_one(database: Database, conversation_id: str) -> None:
    number = file(database, conversation_id)
    with database.write() as session:
        told = replace(
            store.load(session, conversation_id), kind="complaint", narrative=(Piece(12, "还有，电话也没人接"),)
        )
        store.save(session, conversation_id, replace(told, emotion="upset", emotion_peak="upset"), now=NOW)
        receipt = service.register_unfinished(session, conversation_id, rulebook=load(), by=SYSTEM, now=NOW)
    assert receipt is not None
    assert receipt.number == number
    assert complaints(database, conversation_id) == [number]


def test_letting_go_leaves_nothing_to_register(database: Database, conversation_id: str) -> None:
    with database.write() as session:
        assert withdraw(session, conversation_id) == (True, None)
        assert service.register_unfinished(session, conversation_id, rulebook=load(), by=SYSTEM, now=NOW) is None
