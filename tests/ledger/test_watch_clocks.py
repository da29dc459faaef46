"""Clocks that come near, lapse and are taken further: each is told once, to those who must know."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.audit import store as audit
from backend.audit.actor import SYSTEM
from backend.audit.tags import Tag
from backend.db.session import Database
from backend.guideline.calendar import SHANGHAI
from backend.ledger import service
from backend.ledger.watch import clocks
from tests.factories import enter
from tests.people import House, hire

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=SHANGHAI)  # accepted here, 20 working days end on Monday 30 November


def sweep(database: Database, at: datetime) -> list[tuple[str, str]]:
    """What the worker does: (event, clock) of every alarm given."""
    with database.read() as session:
        found = clocks.due(session, now=at, limit=100)
    given = []
    for one in found:
        with database.write() as session:
            if clocks.give(session, one, by=SYSTEM, now=at):
                given.append((one.event, one.clock))
    return given


def accepted(database: Database, house: House) -> str:
    number = enter(database, now=MONDAY, received_at=MONDAY).number
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=MONDAY)
    return number


def told(database: Database, number: str, tag: Tag) -> list[dict[str, object]]:
    with database.read() as session:
        return [dict(entry.data) for entry in audit.of_subject(session, f"complaint:{number}") if entry.tag == tag]


def test_each_alarm_is_given_on_its_day_and_once(database: Database, house: House) -> None:
    accepted(database, house)
    seen: dict[str, list[tuple[str, str]]] = {}
    for days in range(35):
        for hour in (9, 23):
            at = (MONDAY + timedelta(days=days)).replace(hour=hour) + timedelta(minutes=30)
            for one in sweep(database, at):
                seen.setdefault(f"{at:%m-%d}", []).append(one)
    assert seen == {
        "11-20": [("warned", "extension_request_lead")],  # 25 November is its last day
        "11-25": [("warned", "resolve")],
        "11-26": [("lapsed", "extension_request_lead")],
        "12-01": [("lapsed", "resolve")],
        "12-02": [("escalated", "resolve")],
    }


def test_those_who_must_know_are_named_in_the_trail(database: Database, house: House) -> None:
    approver = hire(database, "chenzong", "陈总", "retail_hq", ["approver"])
    officer = hire(database, "wuhui", "吴慧", "service_centre", ["officer"])
    number = accepted(database, house)
    late = MONDAY + timedelta(days=30)
    sweep(database, late)
    (lapsed,) = [one for one in told(database, number, Tag.CLOCK_LAPSED) if one["clock"] == "resolve"]
    assert lapsed == {"clock": "resolve", "due": "2026-11-30", "told": [house.liqiang.person_id, officer.person_id]}
    (escalated,) = told(database, number, Tag.CLOCK_ESCALATED)
    assert escalated["told"] == [approver.person_id, house.sunli.person_id]


def test_two_workers_at_once_give_one_alarm(database: Database, house: House) -> None:
    number = accepted(database, house)
    at = MONDAY + timedelta(days=30)
    with database.read() as session:
        found = clocks.due(session, now=at, limit=100)
    for _ in range(2):
        for one in found:
            with database.write() as session:
                clocks.give(session, one, by=SYSTEM, now=at)
    assert len(told(database, number, Tag.CLOCK_LAPSED)) == 2  # the extension's last day, and the end


def test_a_closed_complaint_is_not_late_any_more(database: Database, house: House) -> None:
    number = accepted(database, house)
    at = MONDAY + timedelta(days=30)
    with database.read() as session:
        found = clocks.due(session, now=at, limit=100)
    with database.write() as session:
        service.withdraw(session, number, by=SYSTEM, now=at)
    with database.write() as session:
        assert not any(clocks.give(session, one, by=SYSTEM, now=at) for one in found)
    assert sweep(database, at + timedelta(days=1)) == []


def test_an_inquiry_of_this_morning_is_warned_of_at_once(database: Database, house: House) -> None:
    enter(database, now=MONDAY, received_at=MONDAY, kind="inquiry")
    assert sweep(database, MONDAY + timedelta(minutes=1)) == [("warned", "inquiry_reply")]
    assert sweep(database, MONDAY + timedelta(days=1)) == [("lapsed", "inquiry_reply")]


def test_an_alarm_cannot_be_taken_back(database: Database, house: House) -> None:
    accepted(database, house)
    sweep(database, MONDAY + timedelta(days=30))
    for sql in ("DELETE FROM clock_alarms", "UPDATE clock_alarms SET event = 'warned'"):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
            session.execute(text(sql))
