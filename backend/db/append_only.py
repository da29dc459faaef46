"""Tables that only ever grow: triggers in both databases refuse every update and delete, whoever asks.

    append_only(op, "trail", keys=[("seq",)])      in a migration

SQLite runs no delete trigger for ``INSERT OR REPLACE``; ``keys`` names the unique columns whose reuse is refused too.
"""

from collections.abc import Sequence
from typing import Any, Protocol

MESSAGE = "append-only"


class Ddl(Protocol):
    """What of ``alembic.op`` is needed."""

    def execute(self, sqltext: str) -> None: ...
    def get_bind(self) -> Any: ...


def append_only(op: Ddl, table: str, *, keys: Sequence[Sequence[str]] = (("id",),)) -> None:
    """Put the triggers on ``table``. They are dropped with the table."""
    if op.get_bind().dialect.name == "postgresql":
        _postgresql(op, table)
    else:
        _sqlite(op, table, keys)


def never_deleted(op: Ddl, table: str) -> None:
    """Rows of ``table`` may change and never go: once heard, never lost."""
    if op.get_bind().dialect.name == "postgresql":
        _refuse_function(op)
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {_refuse(table)}")


def _postgresql(op: Ddl, table: str) -> None:
    _refuse_function(op)
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _sqlite(op: Ddl, table: str, keys: Sequence[Sequence[str]]) -> None:
    refuse = _refuse(table)
    for event in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {refuse}")
    for position, columns in enumerate(keys):
        same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{position} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )


def _refuse(table: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{table} is {MESSAGE}'); END"


def _refuse_function(op: Ddl) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% is {MESSAGE}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
