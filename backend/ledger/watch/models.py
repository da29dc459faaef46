"""The tables of the watch: alarms that fired, pages to units, reports to authorities. No personal data stands here."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.models import Person, Unit
from backend.db.base import Base
from backend.db.types import Moment
from backend.ledger.models import Complaint


class ClockAlarm(Base):
    """One alarm of one clock. Its key is the claim: a clock that moves to another day may warn again, once."""

    __tablename__ = "clock_alarms"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    event: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class TriggerPage(Base):
    """The calls to one unit about one reason for immediate report. ``backup``: called because others stayed silent."""

    __tablename__ = "trigger_pages"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    trigger: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    backup: Mapped[bool] = mapped_column(Boolean)
    attempts: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    complaint: Mapped[Complaint] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")
    acknowledged_by: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (Index("ix_trigger_pages_acknowledged_at_last_at", "acknowledged_at", "last_at"),)


class AuthorityReport(Base):
    """A report to an authority as a person recorded it; what was said stands in the sealed note."""

    __tablename__ = "authority_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    trigger: Mapped[str] = mapped_column(String(40))
    authority: Mapped[str] = mapped_column(String(40))
    reported_at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))

    recorded_by: Mapped[Person] = relationship(lazy="raise")
