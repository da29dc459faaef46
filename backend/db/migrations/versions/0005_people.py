"""People and trail: sealed checkpoints (append-only), the second step of signing in, idempotency keys."""

import sqlalchemy as sa
from alembic import op

from backend.db.append_only import append_only
from backend.db.types import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("seals", "second_steps", "recovery_codes", "sign_in_challenges", "answered_requests")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _seals()
    _second_step()
    _idempotency()
    append_only(op, "seals", keys=[("number",)])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.String(27), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seals"),
    )


def _second_step() -> None:
    op.create_table(
        "second_steps",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment()),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", Moment()),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_steps"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_second_steps_person_id_people"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", Moment()),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_recovery_codes_person_id_people"),
    )
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])
    op.create_table(
        "sign_in_challenges",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_challenges"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sign_in_challenges_person_id_people"),
    )
    op.create_index("ix_sign_in_challenges_created_at", "sign_in_challenges", ["created_at"])


def _idempotency() -> None:
    op.create_table(
        "answered_requests",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name="pk_answered_requests"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_answered_requests_person_id_people"),
    )
    op.create_index("ix_answered_requests_answered_at", "answered_requests", ["answered_at"])
