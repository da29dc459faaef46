"""Queries of the transcript room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from backend.transcripts.models import Conversation, TranscriptLine
from backend.transcripts.values import Audience, Owner


def conversation(session: Session, conversation_id: str) -> Conversation | None:
    return session.get(Conversation, conversation_id)


def by_token_hash(session: Session, token_hash: str) -> Conversation | None:
    return session.scalar(select(Conversation).where(Conversation.token_hash == token_hash))


def by_client_id(session: Session, conversation_id: str, client_id: str) -> TranscriptLine | None:
    query = select(TranscriptLine).where(
        TranscriptLine.conversation_id == conversation_id, TranscriptLine.client_id == client_id
    )
    return session.scalar(query)


def next_seq(session: Session, conversation_id: str) -> int:
    """Take the next number of the conversation; the row lock orders concurrent writers."""
    change = (
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(last_seq=Conversation.last_seq + 1)
        .returning(Conversation.last_seq)
        .execution_options(synchronize_session="fetch")
    )
    return session.execute(change).scalar_one()


def take_lease(session: Session, conversation_id: str, *, until: datetime, now: datetime) -> bool:
    """Take the turn if nobody holds it; True if it is ours now."""
    free = or_(Conversation.lease_until.is_(None), Conversation.lease_until < now)
    return _compare_and_set(session, conversation_id, free, lease_until=until)


def swap_owner(session: Session, conversation_id: str, *, expected: Owner, **values: Any) -> bool:
    """Set the owner's columns if the owner is still the expected one."""
    return _compare_and_set(session, conversation_id, Conversation.owner == expected, **values)


def _compare_and_set(session: Session, conversation_id: str, condition: ColumnElement[bool], **values: Any) -> bool:
    change = (
        update(Conversation)
        .where(Conversation.id == conversation_id, condition)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    result = session.execute(change)
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


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


def unanswered(session: Session, *, now: datetime, limit: int) -> Sequence[str]:
    """Conversations with customer lines that had no turn yet and that nobody is working on."""
    query = (
        select(Conversation.id)
        .where(
            Conversation.owner.in_([Owner.BOT, Owner.WAITING]),
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
