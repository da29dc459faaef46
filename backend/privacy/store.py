"""Queries of the vault."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.privacy.models import VaultEntry


def entries(session: Session, conversation_id: str) -> Sequence[VaultEntry]:
    """Everything one conversation's vault knows, in a stable order."""
    query = select(VaultEntry).where(VaultEntry.conversation_id == conversation_id).order_by(VaultEntry.token)
    return session.scalars(query).all()
