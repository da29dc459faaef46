"""How fast the trail verifies."""

import time
from pathlib import Path

from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.audit.tags import Tag
from backend.clock import now
from backend.db import migrate
from backend.db.session import make_database

ENTRIES = 20_000


def entries_verified_per_second(home: Path) -> float:
    """On a fresh SQLite ledger with ``ENTRIES`` entries."""
    url = f"sqlite:///{home / 'trail.db'}"
    migrate.upgrade(url)
    database = make_database(url)
    moment = now()
    with database.write() as session:
        trail.hold(session)
        for number in range(ENTRIES):
            trail.record(
                session, Tag.COMPLAINT_ACCEPTED, actor=SYSTEM, subject=f"complaint:TS{number:015d}", data={"n": number},
                now=moment,
            )  # fmt: skip
            if number % 1000 == 0:
                session.expunge_all()
    begin = time.perf_counter()
    with database.read() as session:
        assert trail.verify(session).ok
    seconds = time.perf_counter() - begin
    database.dispose()
    return ENTRIES / seconds
