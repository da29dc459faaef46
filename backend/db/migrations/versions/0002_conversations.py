"""Conversations: transcripts (append-only lines), the vault, drafts."""

import sqlalchemy as sa
from alembic import op

from backend.db.append_only import append_only, never_deleted
from backend.db.types import JsonText, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("conversations", "transcript_lines", "vault_entries", "drafts")


def upgrade() -> None:
    _transcripts()
    _vault()
    _drafts()
    append_only(op, "transcript_lines", keys=[("conversation_id", "seq"), ("conversation_id", "client_id")])
    never_deleted(op, "conversations")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _transcripts() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(8), nullable=False),
        sa.Column("owner_reason", sa.String(16)),
        sa.Column("owner_since", Moment(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("last_said_at", Moment(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_customer_seq", sa.Integer(), nullable=False),
        sa.Column("answered_seq", sa.Integer(), nullable=False),
        sa.Column("lease_until", Moment()),
        sa.Column("notice_version", sa.String(32), nullable=False),
        sa.Column("rulebook_version", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("token_hash", name="uq_conversations_token_hash"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_conversations_person_id_people"),
    )
    op.create_index("ix_conversations_waiting", "conversations", ["owner", "owner_since"])
    op.create_index("ix_conversations_unanswered", "conversations", ["owner", "last_said_at"])
    op.create_table(
        "transcript_lines",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.String(8), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("choices", JsonText()),
        sa.Column("client_id", sa.String(64)),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("said_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_transcript_lines"),
        sa.UniqueConstraint("conversation_id", "client_id", name="uq_transcript_lines_conversation_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_transcript_lines_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_transcript_lines_person_id_people"),
    )


def _vault() -> None:
    op.create_table(
        "vault_entries",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("value_index", sa.String(32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "token", name="pk_vault_entries"),
        sa.UniqueConstraint("conversation_id", "kind", "value_index", name="uq_vault_entries_conversation_id"),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("open_grievance", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_drafts"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_drafts_conversation_id_conversations"
        ),
    )
    op.create_index("ix_drafts_open_grievance", "drafts", ["open_grievance"])
