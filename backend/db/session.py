"""Engines and transactions: one request, one transaction, committed only at the edge.

    make_database(url) -> Database;  with database.write() as session: ...   with database.read() as session: ...

SQLite runs with WAL, synchronous=FULL, foreign keys and a busy timeout; ``Database.check()`` refuses anything less.
A write takes SQLite's writer lock at its beginning (BEGIN IMMEDIATE), so that what it read cannot be stale at commit.
Bound values never stand in an error's message (hide_parameters): they are what customers said.
PostgreSQL runs READ COMMITTED; the few places that need an order take an advisory lock of their own (audit/trail).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 5_000
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS}


class WeakDurability(RuntimeError):
    """The database would not keep what it acknowledges."""


class Database:
    """One engine with its two kinds of transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(anfu_write=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction for looking only; it is rolled back."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def check(self) -> None:
        """Raise WeakDurability if the database could lose a commit it acknowledged."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                for name, wanted in SQLITE_PRAGMAS.items():
                    found = connection.execute(text(f"PRAGMA {name}")).scalar_one()
                    if found != wanted:
                        raise WeakDurability(f"SQLite {name} is {found}, needs {wanted}")
            elif connection.execute(text("SHOW synchronous_commit")).scalar_one() in ("off", "local"):
                raise WeakDurability("PostgreSQL synchronous_commit must not be off or local")

    def writable(self) -> bool:
        """Whether a write transaction can be had now."""
        try:
            with self.write() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def dispose(self) -> None:
        self.engine.dispose()


def make_database(url: str) -> Database:
    """A Database for a SQLAlchemy URL: ``sqlite:///path`` or ``postgresql+psycopg://…``."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return Database(create_engine(parsed, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=20))
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("anfu needs a database file: an in-memory SQLite keeps nothing")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, hide_parameters=True, connect_args={"check_same_thread": False}, pool_size=10, max_overflow=20
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # we say BEGIN ourselves, below
    cursor = raw.cursor()
    for name, value in SQLITE_PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("anfu_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
