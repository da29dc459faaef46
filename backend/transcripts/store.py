"""Queries of the transcript room."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.transcripts.models import Conversation, TranscriptLine
from backend.transcripts.values import Audience, Owner

LOCKED = "transcripts.locked"


def conversation(session: Session, conversation_id: str) -> Conversation | None:
    return session.get(Conversation, conversation_id)


def by_token_hash(session: Session, token_hash: str) -> Conversation | None:
    return session.scalar(select(Conversation).where(Conversation.token_hash == token_hash))


def by_client_id(session: Session, conversation_id: str, client_id: str) -> TranscriptLine | None:
    query = select(TranscriptLine).where(
        TranscriptLine.conversation_id == conversation_id, TranscriptLine.client_id == client_id
    )
    return session.scalar(query)


def locked(session: Session, conversation_id: str) -> Conversation:
    """The conversation as it stands, with its row locked until the transaction ends: what is compared now still holds
    when it is set. Asking again in the same transaction costs nothing. (SQLite: the write transaction is the lock.)"""
    mine = session.info.setdefault(LOCKED, set())
    fresh = conversation_id not in mine
    mine.add(conversation_id)
    return session.get_one(Conversation, conversation_id, with_for_update=fresh or None, populate_existing=fresh)


def lines(
    session: Session, conversation_id: str, *, after: int, visible_to: Audience, sender: str | None = None
) -> Sequence[TranscriptLine]:
    """Lines with ``seq > after`` in order. Staff see everything, the customer only what is meant for both."""
    query = select(TranscriptLine).where(TranscriptLine.conversation_id == conversation_id, TranscriptLine.seq > after)
    if visible_to is Audience.CUSTOMER:
        query = query.where(TranscriptLine.audience == Audience.CUSTOMER)
    if sender:
        query = query.where(TranscriptLine.sender == sender)
    return session.scalars(query.order_by(TranscriptLine.seq)).all()


def unanswered(
    session: Session, *, now: datetime, limit: int, owners: Sequence[Owner] = (Owner.BOT, Owner.WAITING)
) -> Sequence[str]:
    """Conversations with customer lines that had no turn yet and that nobody is working on."""
    query = (
        select(Conversation.id)
        .where(
            Conversation.owner.in_(owners),
            Conversation.last_customer_seq > Conversation.answered_seq,
            or_(Conversation.lease_until.is_(None), Conversation.lease_until < now),
        )
        .order_by(Conversation.last_said_at)
        .limit(limit)
    )
    return session.scalars(query).all()


def owned_by(session: Session, owners: Sequence[Owner], *, limit: int) -> Sequence[Conversation]:
    """Longest in that state first."""
    query = select(Conversation).where(Conversation.owner.in_(owners)).order_by(Conversation.owner_since).limit(limit)
    return session.scalars(query).all()
