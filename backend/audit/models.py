"""The trail and its seals. Rows are only ever added; triggers in both databases refuse anything else."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Index, Integer, String, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base
from backend.db.types import JsonText


class Stamp(TypeDecorator[datetime]):
    """An aware time kept as fixed-width ISO text in UTC, so that both databases keep exactly what was hashed."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def stamp(moment: datetime) -> str:
    """``2026-11-23T01:31:00.000000Z``: sorts as it reads. A naive time is a bug and refused."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time for the trail: {moment!r}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Entry(Base):
    """One thing that happened. ``data`` holds identifiers and kinds, never personal text."""

    __tablename__ = "trail"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(Stamp)
    tag: Mapped[str] = mapped_column(String(64))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(96))
    data: Mapped[dict[str, Any]] = mapped_column(JsonText)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_trail_subject_seq", "subject", "seq"), Index("ix_trail_tag_seq", "tag", "seq"))


class Seal(Base):
    """A sealed checkpoint: up to entry ``seq`` the chain ended in ``head``. A copy stands outside the database.

    ``previous`` is the digest of the seal before it, ``key_id`` names the Ed25519 key of ``signature`` (hex).
    """

    __tablename__ = "seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    head: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(Stamp)
    previous: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(128))
