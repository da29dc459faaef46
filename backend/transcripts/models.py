"""Conversations and their lines. Lines are append-only: triggers in both databases refuse update and delete."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base
from backend.db.types import JsonText, Moment


class Conversation(Base):
    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_waiting", "owner", "owner_since"),
        Index("ix_conversations_unanswered", "owner", "last_said_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), comment="of the rulebook's channels")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 of the customer's bearer token")
    owner: Mapped[str] = mapped_column(
        String(8), comment="bot, waiting, agent, closed; changed by compare-and-set only"
    )
    owner_reason: Mapped[str | None] = mapped_column(
        String(16), comment="why waiting: asked danger misses abuse unable outage"
    )
    owner_since: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="the agent, while owner is agent")
    opened_at: Mapped[datetime] = mapped_column(Moment)
    last_said_at: Mapped[datetime] = mapped_column(Moment, comment="last line of the customer")
    last_seq: Mapped[int] = mapped_column(default=0)
    last_customer_seq: Mapped[int] = mapped_column(default=0)
    answered_seq: Mapped[int] = mapped_column(default=0, comment="customer lines up to here have had their turn")
    lease_until: Mapped[datetime | None] = mapped_column(Moment, comment="a process is taking the turn until then")
    notice_version: Mapped[str] = mapped_column(
        String(32), comment="version of the personal-data notice that was shown"
    )
    rulebook_version: Mapped[str] = mapped_column(String(16))


class TranscriptLine(Base):
    __tablename__ = "transcript_lines"
    __table_args__ = (UniqueConstraint("conversation_id", "client_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(String(8), comment="customer, bot, agent, system")
    audience: Mapped[str] = mapped_column(String(8), comment="customer: both sides see it; staff: internal")
    sealed: Mapped[bytes] = mapped_column(LargeBinary, comment="the words, AES-GCM bound to conversation and seq")
    choices: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText, comment="buttons offered: label, value")
    client_id: Mapped[str | None] = mapped_column(String(64), comment="the customer's own id: twice is one utterance")
    digest: Mapped[str] = mapped_column(String(32), comment="keyed hash of the words: tells a changed retry")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="the agent who wrote it")
    said_at: Mapped[datetime] = mapped_column(Moment)
