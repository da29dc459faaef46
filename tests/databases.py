"""Databases for tests: SQLite in a folder of its own and PostgreSQL in a scratch database, both by the real migrations.

The migrations run once a session for each kind; every test gets a copy. Without a PostgreSQL server half of the
promises go untested, and the skip says so; ``ANFU_TEST_POSTGRES`` names another server.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url

from backend.accounts import passwords
from backend.db.migrate import upgrade
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

    def create(self, template: str | None = None) -> str:
        """A new database (a copy of ``template``) and its address."""
        name = f"anfu_test_{os.getpid()}_{secrets.token_hex(4)}"
        self._say(f"CREATE DATABASE {name}" + (f" TEMPLATE {make_url(template).database}" if template else ""))
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
class Templates:
    """Databases to copy from, two of each kind: migrated and empty, and with the people of ``tests.people`` moved in."""

    folder: Path
    made: dict[tuple[str, bool], str]

    def sqlite(self, housed: bool) -> Path:
        key = ("sqlite", housed)
        if key not in self.made:
            self.made[key] = f"sqlite:///{self.folder / f'{housed}.db'}"
            self._fill(key)
        return self.folder / f"{housed}.db"

    def postgres(self, server: Postgres, housed: bool) -> str:
        key = ("postgres", housed)
        if key not in self.made:
            self.made[key] = server.create()
            self._fill(key)
        return self.made[key]

    def _fill(self, key: tuple[str, bool]) -> None:
        upgrade(self.made[key])
        if key[1]:
            database = make_database(self.made[key])
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(passwords, "HASHER", CHEAP)
                move_in(database)
            if database.is_sqlite:
                with database.engine.connect() as connection:
                    connection.exec_driver_sql("ROLLBACK")  # a checkpoint works outside a transaction only
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            database.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Templates]:
    made = Templates(tmp_path_factory.mktemp("templates"), {})
    yield made
    for (kind, _), url in made.made.items():
        if kind == "postgres":
            Postgres(SERVER).drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates) -> Iterator[Database]:
    """A migrated database of each kind: empty, or with its people where the test asks for ``house``.

    A test of something that has nothing to do with SQL takes one kind:
    ``pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)``.
    """
    housed = "house" in request.fixturenames
    if request.param == "sqlite":
        shutil.copy(templates.sqlite(housed), tmp_path / "anfu.db")
        made = make_database(f"sqlite:///{tmp_path / 'anfu.db'}")
        yield made
        made.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create(templates.postgres(server, housed))
    made = make_database(url)
    yield made
    made.dispose()
    server.drop(url)


@pytest.fixture
def house(database: Database, cheap_passwords: None) -> House:
    """The people of the tests, already in the database; passwords are checked at the cheapest."""
    return at_home(database)
