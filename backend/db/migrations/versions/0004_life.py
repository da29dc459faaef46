"""The working life of a complaint: extensions, tellings, revisits, handovers, accountability, measures, links."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from backend.db.append_only import append_only, never_deleted
from backend.db.types import JsonText, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ONLY_GROW = (
    "complaint_tellings",
    "complaint_handovers",
    "complaint_accountabilities",
    "complaint_measures",
)
TABLES = ("complaint_extensions", "complaint_revisits", *ONLY_GROW, "complaint_links")
COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("agreed_on", sa.Date(), nullable=True),
    sa.Column("extension_workdays", sa.Integer(), nullable=True),
    sa.Column("further_until", sa.Date(), nullable=True),
    sa.Column("followed_since", sa.Date(), nullable=True),
    sa.Column("transferred_at", Moment(), nullable=True),
    sa.Column("malicious_at", Moment(), nullable=True),
    sa.Column("matter_index", sa.String(32), nullable=True),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("complaints", sa.Column(column.name, column.type, nullable=True))
    op.add_column("complaint_tasks", sa.Column("created_at", Moment(), nullable=True))
    op.create_index("ix_complaints_matter_index", "complaints", ["matter_index"])
    _extensions()
    _revisits()
    _tellings()
    _handovers()
    _accountabilities()
    _measures()
    _links()
    for table in ONLY_GROW:
        append_only(op, table)
    append_only(op, "complaint_links", keys=[("id",), ("complaint_id", "other_id", "kind")])
    for table in ("complaint_extensions", "complaint_revisits"):
        never_deleted(op, table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("complaint_tasks", "created_at")
    op.drop_index("ix_complaints_matter_index", "complaints")
    for column in reversed(COLUMNS):
        op.drop_column("complaints", column.name)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _extensions() -> None:
    table = "complaint_extensions"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("workdays", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reports", JsonText(), nullable=False),
        sa.Column("reason_note", sa.Integer(), nullable=False),
        sa.Column("plan_note", sa.Integer(), nullable=True),
        sa.Column("consent_note", sa.Integer(), nullable=True),
        sa.Column("decision_note", sa.Integer(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        _key(table, "complaint_id", "complaints"),
        _key(table, "reason_note", "complaint_notes"),
        _key(table, "plan_note", "complaint_notes"),
        _key(table, "consent_note", "complaint_notes"),
        _key(table, "decision_note", "complaint_notes"),
        _key(table, "requested_by_id", "people"),
        _key(table, "decided_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])
    op.create_index(f"ix_{table}_decision", table, ["decision"])


def _revisits() -> None:
    table = "complaint_revisits"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(24), nullable=True),
        sa.Column("opinion_note", sa.Integer(), nullable=True),
        _key(table, "complaint_id", "complaints"),
        _key(table, "person_id", "people"),
        _key(table, "opinion_note", "complaint_notes"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])


def _tellings() -> None:
    table = "complaint_tellings"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("told_to_note", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(24), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("result_note", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key(table, "complaint_id", "complaints"),
        _key(table, "told_to_note", "complaint_notes"),
        _key(table, "result_note", "complaint_notes"),
        _key(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])


def _handovers() -> None:
    table = "complaint_handovers"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("understanding_note", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _key(table, "complaint_id", "complaints"),
        _key(table, "from_unit_id", "units"),
        _key(table, "to_unit_id", "units"),
        _key(table, "from_person_id", "people"),
        _key(table, "to_person_id", "people"),
        _key(table, "understanding_note", "complaint_notes"),
        _key(table, "by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])


def _accountabilities() -> None:
    table = "complaint_accountabilities"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("finding_note", sa.Integer(), nullable=False),
        sa.Column("sanction_note", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        _key(table, "complaint_id", "complaints"),
        _key(table, "unit_id", "units"),
        _key(table, "person_id", "people"),
        _key(table, "finding_note", "complaint_notes"),
        _key(table, "sanction_note", "complaint_notes"),
        _key(table, "decided_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])


def _measures() -> None:
    table = "complaint_measures"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("measure_note", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _key(table, "complaint_id", "complaints"),
        _key(table, "measure_note", "complaint_notes"),
        _key(table, "task_id", "complaint_tasks"),
        _key(table, "by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_complaint_id", table, ["complaint_id"])


def _links() -> None:
    table = "complaint_links"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _key(table, "complaint_id", "complaints"),
        _key(table, "other_id", "complaints"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("complaint_id", "other_id", "kind", name=f"uq_{table}_complaint_id"),
    )
    op.create_index(f"ix_{table}_other_id", table, ["other_id"])
