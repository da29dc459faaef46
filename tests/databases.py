"""Databases for tests: SQLite in a folder of its own and PostgreSQL in a scratch database, both by the real migrations.

The migrations run once a session for each kind; every test begins from what they made. Without a PostgreSQL server
half of the promises go untested, and the skip says so; ``ANFU_TEST_POSTGRES`` names another server.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from backend.accounts import passwords
from backend.db import migrate
from backend.db.session import Database, make_database
from backend.privacy.fields import get_cipher
from backend.settings import get_settings
from tests.people import House, at_home, move_in

SERVER = os.environ.get("ANFU_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``ANFU_HOME`` for the whole session: keys and files of tests never touch those of an installation."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANFU_HOME", str(folder))
        get_settings.cache_clear()
        get_cipher.cache_clear()
        yield folder
    get_settings.cache_clear()
    get_cipher.cache_clear()


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its cheapest, where passwords are only a means."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@dataclass
class Postgres:
    """A server on which scratch databases can be made."""

    server: str

    def create(self) -> str:
        """A new database and its address."""
        name = f"anfu_test_{os.getpid()}_{secrets.token_hex(4)}"
        self._say(f"CREATE DATABASE {name}")
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._say(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _say(self, sql: str) -> None:
        plain = make_url(self.server).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=3) as connection:
            connection.execute(sql.encode())


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The PostgreSQL server, or a skip that cannot be overlooked."""
    server = Postgres(SERVER)
    try:
        server.drop(server.create())
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL: nothing was tested on it ({str(error).splitlines()[0]}); set ANFU_TEST_POSTGRES")
    return server


@dataclass
class Prepared:
    """Databases made once a session, empty or ``housed`` (with the people of the tests), to begin a test from."""

    folder: Path
    made: dict[bool, str]

    def sqlite(self, housed: bool) -> Path:
        file = self.folder / f"{'housed' if housed else 'empty'}.db"
        if not file.exists():
            database = _filled(f"sqlite:///{file}", housed)
            database.dispose()  # the last connection to close carries the WAL over
        return file

    def postgres(self, server: Postgres, housed: bool) -> Database:
        if housed not in self.made:
            self.made[housed] = server.create()
            database = _filled(self.made[housed], housed)
            _keep(database)
            return database
        return make_database(self.made[housed])

    def give_back(self, server: Postgres, database: Database, housed: bool) -> None:
        """Put back what was there before the test; a test that left another schema behind costs the database."""
        sound = migrate.current(database) == migrate.head()
        if sound:
            _put_back(database)
        database.dispose()
        if not sound:
            server.drop(self.made.pop(housed))


def _filled(url: str, housed: bool) -> Database:
    migrate.upgrade(url)
    database = make_database(url)
    if housed:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(passwords, "HASHER", CHEAP)
            move_in(database)
    return database


def _keep(database: Database) -> None:
    with database.write() as session:
        session.execute(text("CREATE SCHEMA kept"))
        for table in _tables(session):
            session.execute(text(f"CREATE TABLE kept.{table} AS TABLE public.{table}"))


def _put_back(database: Database) -> None:
    with database.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
        session.execute(text("SET LOCAL synchronous_commit = off"))
        for table in _tables(session):
            session.execute(text(f"DELETE FROM public.{table}"))
            session.execute(text(f"INSERT INTO public.{table} SELECT * FROM kept.{table}"))


def _tables(session: Session) -> Sequence[str]:
    return session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Prepared]:
    made = Prepared(tmp_path_factory.mktemp("databases"), {})
    yield made
    for url in made.made.values():
        Postgres(SERVER).drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, prepared: Prepared) -> Iterator[Database]:
    """A migrated database of each kind: empty, or with its people where the test asks for ``house``.

    A test of something that has nothing to do with SQL takes one kind:
    ``pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)``.
    """
    housed = "house" in request.fixturenames
    if request.param == "sqlite":
        shutil.copy(prepared.sqlite(housed), tmp_path / "anfu.db")
        made = make_database(f"sqlite:///{tmp_path / 'anfu.db'}")
        yield made
        made.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = prepared.postgres(server, housed)
    yield made
    prepared.give_back(server, made, housed)


@pytest.fixture
def house(database: Database, cheap_passwords: None) -> House:
    """The people of the tests, already in the database; passwords are checked at the cheapest."""
    return at_home(database)
