"""The vault's table: which value stands behind which token of which conversation."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base
from backend.db.types import Moment


class VaultEntry(Base):
    __tablename__ = "vault_entries"
    __table_args__ = (UniqueConstraint("conversation_id", "kind", "value_index"),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token: Mapped[str] = mapped_column(String(16), primary_key=True, comment="e.g. 〔姓名1〕; all that Rasa ever sees")
    kind: Mapped[str] = mapped_column(
        String(16), comment="field of the vocabulary, or id_card, bank_card, email, address"
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary, comment="the value, AES-GCM bound to conversation and token")
    value_index: Mapped[str] = mapped_column(String(32), comment="blind index: the same value gets the same token")
    created_at: Mapped[datetime] = mapped_column(Moment)
