"""The trail: one chain, refused changes; whatever is done to it behind our back shows at the entry it was done to."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from backend.audit import store, trail
from backend.audit.actor import BOT, SYSTEM, Actor
from backend.audit.models import Entry, stamp
from backend.audit.tags import GRAMMAR, Tag, sentence
from backend.db.session import Database
from backend.db.types import canonical_json
from tests.people import NOW

SUBJECT = "complaint:TS20261123010001"


def write(database: Database, count: int = 5) -> None:
    with database.write() as session:
        for step in range(count):
            trail.record(
                session,
                Tag.COMPLAINT_NOTED,
                actor=SYSTEM,
                subject=SUBJECT,
                data={"step": step, "kinds": ["a", "b"]},
                now=NOW + timedelta(seconds=step),
            )


def verify(database: Database, expected: store.Head | None = None) -> trail.Verification:
    with database.read() as session:
        return trail.verify(session, expected=[expected] if expected else [])


def tamper(database: Database, sql: str) -> None:
    """As somebody with every right on the database would: past the triggers."""
    with database.write() as session:
        if database.is_sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='trail'"))
            for name in names.all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(sql))


def test_entries_number_themselves_and_hold_together(database: Database) -> None:
    write(database)
    result = verify(database)
    assert (result.ok, result.entries) == (True, 5)
    with database.read() as session:
        entries = store.of_subject(session, SUBJECT)
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert entries[0].prev_hash == trail.GENESIS
        assert entries[4].hash == result.head
        assert entries[2].at == NOW + timedelta(seconds=2)
        assert entries[2].data == {"step": 2, "kinds": ["a", "b"]}


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert verify(database) == trail.Verification(True, 0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE trail SET tag = 'x:y:z' WHERE seq = 2",
        "UPDATE trail SET seq = 99 WHERE seq = 5",
        "DELETE FROM trail WHERE seq = 5",
        "DELETE FROM trail",
    ],
)
def test_the_database_refuses_every_change(database: Database, sql: str) -> None:
    write(database)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(sql))
    assert verify(database).ok


def test_a_row_cannot_be_replaced_or_the_table_emptied(database: Database) -> None:
    write(database)
    sql = "TRUNCATE trail"
    if database.is_sqlite:  # REPLACE deletes without asking the delete trigger
        sql = "INSERT OR REPLACE INTO trail SELECT 2, at, tag, actor_kind, actor_id, subject, data, prev_hash, hash "
        sql += "FROM trail WHERE seq = 3"
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(sql))
    assert verify(database).ok


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE trail SET actor_id = 'somebody' WHERE seq = 3", 3),
        ("UPDATE trail SET at = '2026-11-23T02:00:03.000000Z' WHERE seq = 3", 3),
        ('UPDATE trail SET data = \'{"kinds":["a","b"],"step": 2}\' WHERE seq = 3', 3),
        ("UPDATE trail SET data = 'not json' WHERE seq = 1", 1),
        ("UPDATE trail SET at = 'no time' WHERE seq = 2", 2),
        ("UPDATE trail SET hash = prev_hash WHERE seq = 4", 4),
        ("DELETE FROM trail WHERE seq = 2", 2),
        ("UPDATE trail SET seq = 50 WHERE seq = 5", 5),
    ],
)
def test_verification_names_the_first_broken_entry(database: Database, sql: str, broken_at: int) -> None:
    write(database)
    tamper(database, sql)
    result = verify(database)
    assert (result.ok, result.broken_at, result.entries) == (False, broken_at, broken_at - 1)
    assert result.reason
    assert str(broken_at) in result.reason


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL keeps no text that is none
def test_bytes_that_are_no_text_are_found_too(database: Database) -> None:
    write(database)
    tamper(database, "UPDATE trail SET data = CAST(X'7BFF7D' AS TEXT) WHERE seq = 4")
    result = verify(database)
    assert (result.ok, result.broken_at, result.entries) == (False, 4, 3)


def test_a_forged_entry_must_forge_all_that_follow(database: Database) -> None:
    """Whoever recomputes one hash breaks the next link; only a checkpoint kept elsewhere finds a rewritten tail."""
    write(database)
    with database.read() as session:
        head = store.head(session)
        raw = store.raw_after(session, 2, 1)[0]
    forged = raw._replace(actor_id="somebody")
    fields = {name: getattr(forged, name) for name in forged._fields if name != "hash"}
    digest = sha256(canonical_json(fields).encode()).hexdigest()
    tamper(database, f"UPDATE trail SET actor_id = 'somebody', hash = '{digest}' WHERE seq = 3")
    assert verify(database).broken_at == 4
    tamper(database, "DELETE FROM trail WHERE seq > 3")
    assert verify(database).ok  # in itself
    assert verify(database, expected=head).broken_at == 4  # not against what is known from outside


def test_a_cut_tail_shows_against_a_checkpoint(database: Database) -> None:
    write(database)
    with database.read() as session:
        head = store.head(session)
    tamper(database, "DELETE FROM trail WHERE seq = 5")
    assert verify(database).ok
    result = verify(database, expected=head)
    assert (result.ok, result.broken_at) == (False, 5)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "王敏"},
        {"list": ["ok", "张三 13812348000"]},
        {"含": 1},
        {"nested": {"a": 1}},
        {"long": "x" * 81},
        {"f": 1.5},
    ],
)
def test_personal_text_does_not_get_into_the_trail(database: Database, data: dict[str, Any]) -> None:
    with pytest.raises(trail.NotAnIdentifier), database.write() as session:
        trail.record(session, Tag.COMPLAINT_NOTED, actor=SYSTEM, subject=SUBJECT, data=data, now=NOW)
    with pytest.raises(trail.NotAnIdentifier), database.write() as session:
        trail.record(session, Tag.COMPLAINT_NOTED, actor=Actor("customer", "王敏"), subject=SUBJECT, data={}, now=NOW)
    assert verify(database).entries == 0


def test_an_act_that_fails_leaves_no_entry(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        trail.record(session, Tag.COMPLAINT_NOTED, actor=BOT, subject=SUBJECT, data={}, now=NOW)
        raise RuntimeError
    write(database, 1)
    assert verify(database).entries == 1


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"), database.write() as session:
        trail.record(session, Tag.COMPLAINT_NOTED, actor=BOT, subject=SUBJECT, data={}, now=naive)


@pytest.mark.parametrize("tag", list(Tag))
def test_every_tag_has_its_grammar_and_its_sentence(tag: Tag) -> None:
    assert GRAMMAR.fullmatch(tag)
    assert len(tag) <= 64
    assert sentence(tag) == tag.sentence
    assert any("\u4e00" <= character <= "\u9fff" for character in tag.sentence)


def test_a_tag_of_a_later_version_shows_as_itself() -> None:
    assert sentence("moon:surface:landed") == "moon:surface:landed"


def test_a_hundred_thousand_entries_verify_in_under_ten_seconds(database: Database) -> None:
    previous, rows = trail.GENESIS, []
    for seq in range(1, 100_001):
        fields = {
            "seq": seq, "at": stamp(NOW + timedelta(seconds=seq)), "tag": "complaint:stage:accepted",
            "actor_kind": "person", "actor_id": "3", "subject": f"complaint:TS2026112301{seq:07d}",
            "data": '{"from":"registered","notes":[],"to":"accepted","version":2}', "prev_hash": previous,
        }  # fmt: skip
        previous = sha256(canonical_json(fields).encode()).hexdigest()
        rows.append({**fields, "at": NOW + timedelta(seconds=seq), "hash": previous,
                     "data": {"from": "registered", "notes": [], "to": "accepted", "version": 2}})  # fmt: skip
    with database.write() as session:
        session.execute(insert(Entry), rows)
    seen: list[int] = []
    start = time.process_time()
    with database.read() as session:
        result = trail.verify(session, seen.append)
    assert (result.ok, result.entries) == (True, 100_000)
    assert seen[-1] == 100_000
    assert time.process_time() - start < 10


def test_sqlite_is_the_version_the_triggers_need() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
    assert stamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"
