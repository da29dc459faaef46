"""Eight workers sweep at once, on both databases: every alarm and every call is made by exactly one of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.db.session import Database
from backend.errors import Conflict
from backend.ledger.watch import clocks, pages, store
from tests.factories import enter, find
from tests.people import NOW, House

WORKERS = 8
LATER = NOW + timedelta(days=30)


def at_once(database: Database, act: Callable[[Session], object]) -> list[object]:
    """What each of the workers gets; the moment of beginning is the same for all."""
    start = Barrier(WORKERS)

    def work(_: int) -> object:
        start.wait()
        try:
            with database.write() as session:
                return act(session)
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


def test_one_worker_gives_an_alarm(database: Database, house: House) -> None:
    enter(database)
    with database.read() as session:
        (alarm, *_) = clocks.due(session, now=LATER, limit=10)
    assert sum(map(bool, at_once(database, lambda session: clocks.give(session, alarm, by=SYSTEM, now=LATER)))) == 1
    with database.read() as session:
        assert trail.verify(session).ok


def test_one_worker_calls_and_one_calls_again_and_one_person_confirms(database: Database, house: House) -> None:
    number, trigger = enter(database, triggers=("compensation_or_litigation",)).number, "compensation_or_litigation"
    called = at_once(database, lambda session: pages.call(session, number, trigger, by=SYSTEM, now=NOW))
    assert sum(map(bool, called)) == 1
    unit = house.liqiang.unit_id
    assert unit is not None
    again = at_once(database, lambda session: pages.call_again(session, number, trigger, unit, 1, by=SYSTEM, now=LATER))
    assert sum(map(bool, again)) == 1
    confirmed = at_once(database, lambda session: pages.acknowledge(session, number, by=house.liqiang.actor, now=LATER))
    assert sorted(map(str, confirmed)) == ["('compensation_or_litigation',)", *["acknowledged_before"] * (WORKERS - 1)]
    with database.read() as session:
        attempts = {page.unit.key: page.attempts for page in store.pages(session, find(database, number).id)}
        assert attempts == {"service_centre": 2, "compliance": 1}
        assert trail.verify(session).ok
