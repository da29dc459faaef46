"""Bring a database to the schema of this code, and say where it stands.

upgrade(url)   one transaction; a second process waits and then finds nothing to do
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

from backend.db.session import Database, make_database

HOME = Path(__file__).parent / "migrations"
ADVISORY_KEY = 0x616E6600  # one migration at a time


class WrongSchema(RuntimeError):
    """The database is older (or newer) than this code."""


def config(metadata: MetaData | None = None) -> Config:
    """Alembic without an ini file: where the migrations stand is known."""
    made = Config()
    made.set_main_option("script_location", str(HOME))
    made.set_main_option("path_separator", "os")
    made.attributes["metadata"] = metadata
    return made


def head() -> str:
    """The revision this code needs."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise WrongSchema("there are no migrations")
    return found


def current(database: Database) -> str | None:
    """The revision the database stands at, None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str, revision: str = "head") -> str:
    """Upgrade the database behind ``url`` (made if it is a file that does not exist) and return its revision."""
    database = make_database(url)
    try:
        return upgrade_database(database, revision)
    finally:
        database.dispose()


def upgrade_database(database: Database, revision: str = "head") -> str:
    """As ``upgrade``, on a database that is open already."""
    with database.write() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
        made = config()
        made.attributes["connection"] = connection
        command.upgrade(made, revision)
    return current(database) or ""


def downgrade_database(database: Database, revision: str) -> None:
    """Back to an older schema: for tests and for the hour after a bad release; data of dropped tables is gone."""
    with database.write() as session:
        made = config()
        made.attributes["connection"] = session.connection()
        command.downgrade(made, revision)


def demand_head(database: Database) -> None:
    """Raise WrongSchema unless the database stands at the revision this code needs."""
    found, wanted = current(database), head()
    if found != wanted:
        raise WrongSchema(
            f"the database stands at {found or 'nothing'}, this code needs {wanted}: run `anfu db upgrade`"
        )
