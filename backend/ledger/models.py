"""The ledger's tables. Personal data stands only in sealed columns; what queues sort and filter by is in the clear."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.accounts.models import Person, Unit
from backend.db.base import Base
from backend.db.types import JsonText, Moment


class Complaint(Base):
    """One complaint, from the first sentence to the archived file.

    ``id`` is given by the service (sealed columns are bound to it). ``version`` rises with every change.
    ``resolve_due_at`` repeats the binding clock so that queues can sort by it.
    """

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    source_key: Mapped[str] = mapped_column(String(160), unique=True)
    digest: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)

    kind: Mapped[str] = mapped_column(String(24))
    category: Mapped[str | None] = mapped_column(String(24), index=True)
    category_certain: Mapped[bool] = mapped_column(Boolean)
    secondary: Mapped[list[str]] = mapped_column(JsonText)
    ranking: Mapped[list[list[Any]]] = mapped_column(JsonText)
    emotion: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool] = mapped_column(Boolean)
    incomplete: Mapped[bool] = mapped_column(Boolean)
    stage: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(24))
    conversation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    rulebook_version: Mapped[str] = mapped_column(String(16))

    received_at: Mapped[datetime] = mapped_column(Moment)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    stage_since: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    result_told_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    resolve_due_at: Mapped[datetime | None] = mapped_column(Moment)
    agreed_on: Mapped[date | None] = mapped_column(Date)  # the day agreed with the customer
    extension_workdays: Mapped[int | None] = mapped_column(Integer)  # approved
    further_until: Mapped[date | None] = mapped_column(Date)  # consented to by the complainant
    followed_since: Mapped[date | None] = mapped_column(Date)  # after a dissatisfied revisit
    transferred_at: Mapped[datetime | None] = mapped_column(Moment)  # came by the 12386 hotline
    malicious_at: Mapped[datetime | None] = mapped_column(Moment)

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    first_responder_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    account: Mapped[bytes | None] = mapped_column(LargeBinary)
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    name_index: Mapped[str | None] = mapped_column(String(32), index=True)
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    account_index: Mapped[str | None] = mapped_column(String(32), index=True)
    matter_index: Mapped[str | None] = mapped_column(String(32), index=True)

    unit: Mapped[Unit] = relationship(lazy="raise")
    first_responder: Mapped[Person] = relationship(foreign_keys=[first_responder_id], lazy="raise")
    handler: Mapped[Person | None] = relationship(foreign_keys=[handler_id], lazy="raise")
    trigger_rows: Mapped[list["ComplaintTrigger"]] = relationship(
        lazy="selectin", order_by="ComplaintTrigger.position", cascade="all"
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    __table_args__ = (
        Index("ix_complaints_stage_resolve_due_at", "stage", "resolve_due_at"),
        Index("ix_complaints_unit_id_stage", "unit_id", "stage"),
        Index("ix_complaints_handler_id_stage", "handler_id", "stage"),
        Index("ix_complaints_received_at", "received_at"),
    )

    @property
    def triggers(self) -> tuple[str, ...]:
        """The reasons for immediate report, in the order of the rulebook."""
        return tuple(row.trigger for row in self.trigger_rows)

    @property
    def subject(self) -> str:
        """What the trail calls it."""
        return f"complaint:{self.number}"


class ComplaintTrigger(Base):
    """A reason for immediate report, in the order the rulebook gave them."""

    __tablename__ = "complaint_triggers"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    trigger: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_complaint_triggers_trigger", "trigger", "complaint_id"),)


class Involvement(Base):
    """A person of the house whom the complaint is about: they stand aside (art. 14)."""

    __tablename__ = "involvements"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    marked_at: Mapped[datetime] = mapped_column(Moment)


class ComplaintClock(Base):
    """One deadline with its reason. Rows are computed anew from the rulebook at every change, never patched."""

    __tablename__ = "complaint_clocks"

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    clause: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(400))
    provisional: Mapped[bool] = mapped_column(Boolean)
    confirmed: Mapped[bool] = mapped_column(Boolean)


class Task(Base):
    """Something the guideline orders for this category. ``key``: the duty's id; ``due``: the deadline it follows."""

    __tablename__ = "complaint_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(400))
    clause: Mapped[str] = mapped_column(String(80))
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    due: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime | None] = mapped_column(Moment)  # None: with the complaint itself
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    owner_unit: Mapped[Unit] = relationship(lazy="raise")

    __table_args__ = (Index("ix_complaint_tasks_owner_unit_id_done_at", "owner_unit_id", "done_at"),)


class Note(Base):
    """Free text of the house about a complaint (a reason, a result, a remark), sealed; the trail holds its number."""

    __tablename__ = "complaint_notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    about: Mapped[str] = mapped_column(String(40))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)


class NumberCounter(Base):
    """The last running number of one unit on one day."""

    __tablename__ = "number_counters"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(2), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
