"""One draft a conversation, sealed: it is how a restart of anything loses nothing."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base
from backend.db.types import Moment


class DraftRow(Base):
    __tablename__ = "drafts"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, comment="intake.draft.Draft as JSON, bound to the conversation")
    open_grievance: Mapped[bool] = mapped_column(index=True, comment="tells of a grievance that no complaint holds yet")
    updated_at: Mapped[datetime] = mapped_column(Moment)
