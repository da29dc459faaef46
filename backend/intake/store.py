"""Drafts at rest: sealed JSON, one row a conversation."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.db.types import canonical_json
from backend.intake import draft as drafts
from backend.intake.draft import Draft
from backend.intake.models import DraftRow
from backend.privacy.fields import get_cipher
from backend.transcripts.models import Conversation
from backend.transcripts.service import OUTAGE
from backend.transcripts.values import Owner


def load(session: Session, conversation_id: str) -> Draft:
    """The draft of a conversation, an empty one if nothing was said yet."""
    row = session.get(DraftRow, conversation_id)
    if row is None:
        return Draft()
    return drafts.from_dict(json.loads(get_cipher().open(row.sealed, where=_where(conversation_id))))


def save(session: Session, conversation_id: str, draft: Draft, *, now: datetime) -> None:
    sealed = get_cipher().seal(canonical_json(draft.to_dict()), where=_where(conversation_id))
    unfiled = draft.tells_grievance and draft.registered is None
    row = session.get(DraftRow, conversation_id)
    if row is None:
        session.add(
            DraftRow(conversation_id=conversation_id, sealed=sealed, open_grievance=unfiled, updated_at=now)
        )  # fmt: skip
    else:
        row.sealed, row.open_grievance, row.updated_at = sealed, unfiled, now
    session.flush()


def left_behind(
    session: Session, *, silent_since: datetime, outage_since: datetime, limit: int
) -> Sequence[str]:  # fmt: skip
    """Conversations with an unfiled grievance whose customer fell silent, or whom an outage cut off."""
    cut_off = (
        (Conversation.owner == Owner.WAITING)
        & (Conversation.owner_reason == OUTAGE)
        & (Conversation.last_said_at < outage_since)
    )
    query = (
        select(Conversation.id)
        .join(DraftRow, DraftRow.conversation_id == Conversation.id)
        .where(DraftRow.open_grievance, or_(Conversation.last_said_at < silent_since, cut_off))
        .order_by(Conversation.last_said_at)
        .limit(limit)
    )
    return session.scalars(query).all()


def _where(conversation_id: str) -> str:
    return f"drafts.sealed:{conversation_id}"
