"""What the watch knows of one complaint: who was called, who answered, what was reported outside, what is owed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.guideline.rulebook import load
from backend.ledger import display, sealed, steps
from backend.ledger import store as ledger
from backend.ledger.watch import authorities, pages, store


@dataclass(frozen=True, slots=True)
class PageView:
    """The calls to one unit about one trigger."""

    trigger: str
    clause: str
    unit: str
    backup: bool
    attempts: int
    first_at: datetime
    last_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    own: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    trigger: str
    authority: str
    reported_at: datetime
    recorded_at: datetime
    recorded_by: str
    said: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A report the rulebook names. ``trigger`` and ``authority`` are ids, ``label`` is for people."""

    trigger: str
    authority: str
    label: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``readable``: this person may open the complaint itself; a unit that was only called sees the calls."""

    number: str
    readable: bool
    may_confirm: bool
    may_report: bool
    pages: tuple[PageView, ...]
    reports: tuple[ReportView, ...]
    owed: tuple[Owed, ...]


def standing(session: Session, number: str, *, viewer: Viewer) -> Standing:
    """NotFound for whoever may not read the complaint and whose unit was not called about it."""
    complaint = ledger.by_number(session, number)
    called = store.pages(session, complaint.id) if complaint is not None else ()
    own = [page for page in called if page.unit_id == viewer.unit_id]
    readable = complaint is not None and steps.may(session, "read", complaint, viewer).allowed
    if complaint is None or not (own or readable):
        raise steps.not_found()
    book = load(complaint.rulebook_version)
    waiting = any(page.acknowledged_at is None for page in own)
    facts = sealed.unseal(complaint)
    notes = {note.id: sealed.open_note(note.id, note.body) for note in ledger.notes(session, complaint.id)}
    return Standing(
        number=complaint.number,
        readable=readable,
        may_confirm=waiting and steps.may(session, pages.ACT, complaint, viewer).allowed,
        may_report=readable and steps.may(session, authorities.ACT, complaint, viewer).allowed,
        pages=tuple(
            PageView(
                trigger=book.triggers[page.trigger].label,
                clause=book.triggers[page.trigger].clause,
                unit=page.unit.name,
                backup=page.backup,
                attempts=page.attempts,
                first_at=page.first_at,
                last_at=page.last_at,
                acknowledged_at=page.acknowledged_at,
                acknowledged_by=page.acknowledged_by.name if page.acknowledged_by else "",
                own=page.unit_id == viewer.unit_id,
            )
            for page in (called if readable else own)
        ),
        reports=tuple(
            ReportView(
                trigger=book.triggers[one.trigger].label,
                authority=book.authorities[one.authority].label,
                reported_at=one.reported_at,
                recorded_at=one.recorded_at,
                recorded_by=one.recorded_by.name,
                said=display.text(notes[one.note_id], facts, book, revealed=False),
            )
            for one in (store.reports(session, complaint.id) if readable else ())
        ),
        owed=tuple(
            Owed(name, to, f"{book.triggers[name].label}：{book.authorities[to].label}")
            for name, to in (authorities.outstanding(session, complaint) if readable else ())
        ),
    )
