"""What happens to a complaint while it is worked on: a row an event, free text only as the number of a sealed note."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.models import Person, Unit
from backend.db.base import Base
from backend.db.types import JsonText, Moment


class Extension(Base):
    """第二十二条: one request for more time. The first is decided by another person; a further one is consented to.

    ``decision``: asked, approved, refused, consented. ``workdays`` of a first one, ``until`` of a further one.
    ``reports``: unit kinds that were reported to.
    """

    __tablename__ = "complaint_extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    decision: Mapped[str] = mapped_column(String(16), index=True)
    workdays: Mapped[int | None] = mapped_column(Integer)
    until: Mapped[date | None] = mapped_column(Date)
    reports: Mapped[list[str]] = mapped_column(JsonText)
    reason_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    plan_note: Mapped[int | None] = mapped_column(ForeignKey("complaint_notes.id"))
    consent_note: Mapped[int | None] = mapped_column(ForeignKey("complaint_notes.id"))
    decision_note: Mapped[int | None] = mapped_column(ForeignKey("complaint_notes.id"))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    requested_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id], lazy="raise")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")


class Telling(Base):
    """第二十二条: a result told to the complainant: to whom, how, when."""

    __tablename__ = "complaint_tellings"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    told_to_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    told_by: Mapped[str] = mapped_column(String(24))
    told_at: Mapped[datetime] = mapped_column(Moment)
    result_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(lazy="raise")


class Revisit(Base):
    """第二十三条: one revisit after closing. ``outcome`` is None while it is being made."""

    __tablename__ = "complaint_revisits"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(24))
    opinion_note: Mapped[int | None] = mapped_column(ForeignKey("complaint_notes.id"))

    person: Mapped[Person] = relationship(lazy="raise")


class Handover(Base):
    """第三条（四）: it changed hands. ``understanding_note``: how the customer took it, when it left the unit."""

    __tablename__ = "complaint_handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    understanding_note: Mapped[int | None] = mapped_column(ForeignKey("complaint_notes.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id], lazy="raise")
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id], lazy="raise")


class Accountability(Base):
    """第十条、第二十五条: who was found responsible, for what, with what consequence."""

    __tablename__ = "complaint_accountabilities"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    finding_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    sanction_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment)

    unit: Mapped[Unit] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], lazy="raise")
    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id], lazy="raise")


class Measure(Base):
    """第八条: a cause that was found and what is done against it; the task says who until when, and whether."""

    __tablename__ = "complaint_measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    cause: Mapped[str] = mapped_column(String(24))
    measure_note: Mapped[int] = mapped_column(ForeignKey("complaint_notes.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("complaint_tasks.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Link(Base):
    """Two complaints that belong together. ``kind``: repeat (one person), group (one matter), merged (into the other).

    ``other_id`` is the earlier one.
    """

    __tablename__ = "complaint_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("complaint_id", "other_id", "kind"),)
