"""The foundation: the trail (append-only), the people of the house, the ledger."""

import sqlalchemy as sa
from alembic import op

from backend.db.append_only import append_only, never_deleted
from backend.db.types import JsonText, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "trail",
    "units",
    "people",
    "memberships",
    "sign_in_sessions",
    "complaints",
    "complaint_triggers",
    "involvements",
    "complaint_clocks",
    "complaint_tasks",
    "complaint_notes",
    "number_counters",
)


def upgrade() -> None:
    _audit()
    _accounts()
    _ledger()
    append_only(op, "trail", keys=[("seq",)])
    never_deleted(op, "complaints")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _audit() -> None:
    """The trail."""
    op.create_table(
        "trail",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(96), nullable=False),
        sa.Column("data", JsonText(), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_trail"),
    )
    op.create_index("ix_trail_subject_seq", "trail", ["subject", "seq"])
    op.create_index("ix_trail_tag_seq", "trail", ["tag", "seq"])


def _accounts() -> None:
    """Units, people, roles, sessions."""
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("code", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("code", name="uq_units_code"),
        sa.UniqueConstraint("key", name="uq_units_key"),
        sa.UniqueConstraint("name", name="uq_units_name"),
    )
    op.create_index("ix_units_kind", "units", ["kind"])
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(160), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("login", name="uq_people_login"),
    )
    op.create_index("ix_people_name", "people", ["name"])
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_memberships_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])
    op.create_index("ix_memberships_unit_id", "memberships", ["unit_id"])
    op.create_table(
        "sign_in_sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_in_sessions_person_id_people"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_sessions"),
    )
    op.create_index("ix_sign_in_sessions_person_id_ended_at", "sign_in_sessions", ["person_id", "ended_at"])


def _ledger() -> None:
    """Complaints and what belongs to them."""
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("source_key", sa.String(160), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("category", sa.String(24), nullable=True),
        sa.Column("category_certain", sa.Boolean(), nullable=False),
        sa.Column("secondary", JsonText(), nullable=False),
        sa.Column("ranking", JsonText(), nullable=False),
        sa.Column("emotion", sa.String(16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=True),
        sa.Column("rulebook_version", sa.String(16), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("registered_at", Moment(), nullable=False),
        sa.Column("stage_since", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("result_told_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("resolve_due_at", Moment(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_responder_id", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.String(32), nullable=True),
        sa.Column("phone_index", sa.String(32), nullable=True),
        sa.Column("account_index", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["first_responder_id"], ["people.id"], name="fk_complaints_first_responder_id_people"),
        sa.ForeignKeyConstraint(["handler_id"], ["people.id"], name="fk_complaints_handler_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_complaints_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_complaints"),
        sa.UniqueConstraint("number", name="uq_complaints_number"),
        sa.UniqueConstraint("source_key", name="uq_complaints_source_key"),
    )
    op.create_index("ix_complaints_account_index", "complaints", ["account_index"])
    op.create_index("ix_complaints_category", "complaints", ["category"])
    op.create_index("ix_complaints_conversation_id", "complaints", ["conversation_id"])
    op.create_index("ix_complaints_handler_id_stage", "complaints", ["handler_id", "stage"])
    op.create_index("ix_complaints_name_index", "complaints", ["name_index"])
    op.create_index("ix_complaints_phone_index", "complaints", ["phone_index"])
    op.create_index("ix_complaints_received_at", "complaints", ["received_at"])
    op.create_index("ix_complaints_stage_resolve_due_at", "complaints", ["stage", "resolve_due_at"])
    op.create_index("ix_complaints_unit_id_stage", "complaints", ["unit_id", "stage"])
    op.create_table(
        "complaint_triggers",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name="fk_complaint_triggers_complaint_id_complaints"
        ),
        sa.PrimaryKeyConstraint("complaint_id", "trigger", name="pk_complaint_triggers"),
    )
    op.create_index("ix_complaint_triggers_trigger", "complaint_triggers", ["trigger", "complaint_id"])
    op.create_table(
        "involvements",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name="fk_involvements_complaint_id_complaints"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_involvements_person_id_people"),
        sa.PrimaryKeyConstraint("complaint_id", "person_id", name="pk_involvements"),
    )
    op.create_index("ix_involvements_person_id", "involvements", ["person_id"])
    op.create_table(
        "complaint_clocks",
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("clause", sa.String(80), nullable=False),
        sa.Column("why", sa.String(400), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name="fk_complaint_clocks_complaint_id_complaints"
        ),
        sa.PrimaryKeyConstraint("complaint_id", "name", name="pk_complaint_clocks"),
    )
    op.create_index("ix_complaint_clocks_due_at", "complaint_clocks", ["due_at"])
    op.create_table(
        "complaint_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("what", sa.String(400), nullable=False),
        sa.Column("clause", sa.String(80), nullable=False),
        sa.Column("owner_unit_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(40), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name="fk_complaint_tasks_complaint_id_complaints"),
        sa.ForeignKeyConstraint(["done_by_id"], ["people.id"], name="fk_complaint_tasks_done_by_id_people"),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["units.id"], name="fk_complaint_tasks_owner_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_complaint_tasks"),
    )
    op.create_index("ix_complaint_tasks_complaint_id", "complaint_tasks", ["complaint_id"])
    op.create_index("ix_complaint_tasks_owner_unit_id_done_at", "complaint_tasks", ["owner_unit_id", "done_at"])
    op.create_table(
        "complaint_notes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name="fk_complaint_notes_complaint_id_complaints"),
        sa.PrimaryKeyConstraint("id", name="pk_complaint_notes"),
    )
    op.create_index("ix_complaint_notes_complaint_id", "complaint_notes", ["complaint_id"])
    op.create_table(
        "number_counters",
        sa.Column("day", sa.String(8), nullable=False),
        sa.Column("unit_code", sa.String(2), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "unit_code", name="pk_number_counters"),
    )
