"""The queries over a complaint's working life: what belongs to one complaint, and what waits for an approver."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from backend.ledger.life.models import (
    Accountability,
    Extension,
    Handover,
    Link,
    Measure,
    Revisit,
    Telling,
)
from backend.ledger.models import Complaint, ComplaintTrigger, Note, Task


def extensions(session: Session, complaint_id: int) -> Sequence[Extension]:
    query = select(Extension).where(Extension.complaint_id == complaint_id)
    query = query.options(joinedload(Extension.requested_by), joinedload(Extension.decided_by))
    return session.scalars(query.order_by(Extension.id)).all()


def asked_extension(session: Session, complaint_id: int) -> Extension | None:
    """The request that waits for its decision."""
    query = select(Extension).where(Extension.complaint_id == complaint_id, Extension.decision == "asked")
    return session.scalars(query.order_by(Extension.id)).first()


def all_asked(session: Session) -> Sequence[tuple[str, Extension]]:
    """(complaint number, request): every request that waits, the oldest first."""
    query = (
        select(Complaint.number, Extension)
        .join(Extension, Extension.complaint_id == Complaint.id)
        .where(Extension.decision == "asked")
        .options(joinedload(Extension.requested_by))
        .order_by(Extension.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def tellings(session: Session, complaint_id: int) -> Sequence[Telling]:
    query = select(Telling).where(Telling.complaint_id == complaint_id).options(joinedload(Telling.person))
    return session.scalars(query.order_by(Telling.id)).all()


def revisits(session: Session, complaint_id: int) -> Sequence[Revisit]:
    query = select(Revisit).where(Revisit.complaint_id == complaint_id).options(joinedload(Revisit.person))
    return session.scalars(query.order_by(Revisit.id)).all()


def handovers(session: Session, complaint_id: int) -> Sequence[Handover]:
    query = select(Handover).where(Handover.complaint_id == complaint_id)
    query = query.options(joinedload(Handover.from_unit), joinedload(Handover.to_unit))
    return session.scalars(query.order_by(Handover.id)).all()


def accountabilities(session: Session, complaint_id: int) -> Sequence[Accountability]:
    query = select(Accountability).where(Accountability.complaint_id == complaint_id)
    query = query.options(
        joinedload(Accountability.unit), joinedload(Accountability.person), joinedload(Accountability.decided_by)
    )
    return session.scalars(query.order_by(Accountability.id)).all()


def measures(session: Session, complaint_id: int) -> Sequence[Measure]:
    return session.scalars(select(Measure).where(Measure.complaint_id == complaint_id).order_by(Measure.id)).all()


def links(session: Session, complaint_id: int) -> Sequence[tuple[str, bool, str]]:
    """(kind, whether this is the later one, number of the other): both directions, in the order they were found."""
    query = (
        select(Link.kind, Link.complaint_id, Complaint.number)
        .join(
            Complaint,
            or_(
                and_(Link.complaint_id == complaint_id, Complaint.id == Link.other_id),
                and_(Link.other_id == complaint_id, Complaint.id == Link.complaint_id),
            ),
        )
        .order_by(Link.id)
    )
    return [(kind, later == complaint_id, number) for kind, later, number in session.execute(query)]


def links_since(session: Session, complaint_id: int, kind: str, since: datetime) -> int:
    """How many later complaints were linked to this one from ``since`` on."""
    query = select(func.count()).select_from(Link).where(Link.other_id == complaint_id, Link.kind == kind)
    return session.scalars(query.where(Link.at >= since)).one()


def of_same_person(session: Session, complaint: Complaint) -> Sequence[Complaint]:
    """Earlier complaints with the same phone or account, the oldest first."""
    known = [
        column == value
        for column, value in (
            (Complaint.phone_index, complaint.phone_index),
            (Complaint.account_index, complaint.account_index),
        )
        if value
    ]
    if not known:
        return []
    query = select(Complaint).where(Complaint.id < complaint.id, or_(*known))
    return session.scalars(query.order_by(Complaint.id)).all()


def of_same_matter(session: Session, complaint: Complaint, since: datetime, until: datetime) -> Sequence[Complaint]:
    """Complaints received from ``since`` to before ``until`` about the same product, or with the same trigger in the
    same category; the oldest first, this one among them."""
    same = [Complaint.matter_index == complaint.matter_index] if complaint.matter_index else []
    if complaint.category and complaint.triggers:
        trigger = Complaint.trigger_rows.any(ComplaintTrigger.trigger.in_(complaint.triggers))
        same.append((Complaint.category == complaint.category) & trigger)
    if not same:
        return []
    query = select(Complaint).where(Complaint.received_at >= since, Complaint.received_at < until, or_(*same))
    return session.scalars(query.order_by(Complaint.id)).all()


def task(session: Session, complaint_id: int, task_id: int) -> Task | None:
    query = select(Task).where(Task.id == task_id, Task.complaint_id == complaint_id)
    return session.scalars(query.options(joinedload(Task.owner_unit))).first()


def noted(session: Session, complaint_id: int) -> set[str]:
    """What the free texts of a complaint are about."""
    return set(session.scalars(select(Note.about).where(Note.complaint_id == complaint_id)))


def past_hands(session: Session, complaint_id: int) -> set[int]:
    """Everybody who handled it before somebody else did."""
    query = select(Handover.from_person_id).where(Handover.complaint_id == complaint_id)
    return {person for person in session.scalars(query) if person is not None}


def requesters(session: Session, complaint_id: int) -> set[int]:
    return set(session.scalars(select(Extension.requested_by_id).where(Extension.complaint_id == complaint_id)))


def responsible(session: Session, complaint_id: int) -> set[int]:
    query = select(Accountability.person_id).where(Accountability.complaint_id == complaint_id)
    return {person for person in session.scalars(query) if person is not None}
