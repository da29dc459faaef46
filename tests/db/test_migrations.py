"""The migrations: they make what the models describe, on both databases, forth and back and twice."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from backend.db import migrate
from backend.db.base import Base
from backend.db.session import Database, make_database
from backend.settings import ROOT
from tests.factories import enter
from tests.people import move_in


def load_every_model() -> None:
    for file in ROOT.glob("backend/**/models.py"):
        if "backend.db.base" in file.read_text(encoding="utf-8"):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    load_every_model()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    assert [change for change in found if "modify_comment" not in repr(change)] == []


def test_a_second_upgrade_finds_nothing_to_do(database: Database) -> None:
    assert migrate.current(database) == migrate.head()
    assert migrate.upgrade_database(database) == migrate.head()
    migrate.demand_head(database)


def test_several_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'anfu.db'}"
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(migrate.upgrade, [url] * 4)) == {migrate.head()}


def test_an_empty_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    database = make_database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(migrate.WrongSchema, match="anfu db upgrade"):
        migrate.demand_head(database)
    database.dispose()


def test_down_and_up_again(database: Database) -> None:
    migrate.downgrade_database(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade_database(database)
    assert migrate.current(database) == migrate.head()


def test_a_complaint_cannot_be_deleted(database: Database, cheap_passwords: None) -> None:
    move_in(database)
    enter(database)
    for table in ("complaint_triggers", "complaint_clocks", "complaint_tasks"):
        with database.write() as session:
            session.execute(text(f"DELETE FROM {table}"))
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text("DELETE FROM complaints"))


def test_what_was_acknowledged_survives_a_crash(database: Database) -> None:
    """Start-up refuses a database that could lose a commit."""
    database.check()
