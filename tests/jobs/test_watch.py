"""The worker's sweeps: what is due is done in one beat, and the next beat finds nothing left to do."""

from datetime import timedelta

import pytest

from backend import jobs
from backend.audit import store as audit
from backend.audit.tags import Tag
from backend.clock import now
from backend.db.session import Database
from tests.factories import enter
from tests.people import House


@pytest.fixture
def worker(database: Database, house: House, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The worker on the test's database."""
    monkeypatch.setattr(jobs, "_database", lambda: database)
    return database


def tags(database: Database, number: str) -> list[str]:
    with database.read() as session:
        return [entry.tag for entry in audit.of_subject(session, f"complaint:{number}")]


def test_deadlines_are_told_of_once(worker: Database) -> None:
    long_ago = now() - timedelta(days=30)
    number = enter(worker, now=long_ago, received_at=long_ago, triggers=()).number
    for _ in range(2):
        jobs.watch_clocks()
    assert tags(worker, number) == [Tag.COMPLAINT_ENTERED, Tag.CLOCK_LAPSED]  # the decision whether to accept it


def test_a_trigger_pages_the_roster_with_the_next_beat_and_not_again(worker: Database) -> None:
    moment = now()
    number = enter(worker, now=moment, received_at=moment, triggers=("compensation_or_litigation",)).number
    for _ in range(2):
        jobs.page_roster()
    assert tags(worker, number).count(Tag.TRIGGER_PAGED) == 2  # its own unit, and compliance


def test_both_sweeps_are_on_the_beat() -> None:
    planned = {entry["task"] for entry in jobs.celery.conf.beat_schedule.values()}
    assert {"anfu.watch_clocks", "anfu.page_roster"} <= planned
    assert planned <= set(jobs.celery.tasks)
