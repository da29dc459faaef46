"""The watch over open complaints: what a clock gave rise to, pages to the roster, reports to authorities."""

import sqlalchemy as sa
from alembic import op

from backend.db.append_only import append_only, never_deleted
from backend.db.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("clock_alarms", "trigger_pages", "authority_reports")


def upgrade() -> None:
    _alarms()
    _pages()
    _reports()
    append_only(op, "clock_alarms", keys=[("complaint_id", "clock", "due_at", "event")])
    append_only(op, "authority_reports")
    never_deleted(op, "trigger_pages")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _alarms() -> None:
    op.create_table(
        "clock_alarms",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(40), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("complaint_id", "clock", "due_at", "event", name="pk_clock_alarms"),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name="fk_clock_alarms_complaint_id_complaints"),
    )


def _pages() -> None:
    op.create_table(
        "trigger_pages",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("backup", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("complaint_id", "trigger", "unit_id", name="pk_trigger_pages"),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name="fk_trigger_pages_complaint_id_complaints"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_trigger_pages_unit_id_units"),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["people.id"], name="fk_trigger_pages_acknowledged_by_id_people"
        ),
    )
    op.create_index("ix_trigger_pages_acknowledged_at_last_at", "trigger_pages", ["acknowledged_at", "last_at"])


def _reports() -> None:
    op.create_table(
        "authority_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(40), nullable=False),
        sa.Column("authority", sa.String(40), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authority_reports"),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name="fk_authority_reports_complaint_id_complaints"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name="fk_authority_reports_recorded_by_id_people"),
        sa.ForeignKeyConstraint(
            ["note_id"], ["complaint_notes.id"], name="fk_authority_reports_note_id_complaint_notes"
        ),
    )
    op.create_index("ix_authority_reports_complaint_id", "authority_reports", ["complaint_id"])
