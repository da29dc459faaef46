"""One complaint as one person may see it: masked unless a reason was given, with everything that belongs to it.

number, viewer | may read? | unseal | labels, clocks, tasks, history, next steps -> ComplaintView
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import store as people
from backend.accounts.values import Viewer
from backend.audit import store as audit
from backend.clock import show
from backend.guideline.rulebook import load
from backend.ledger import display, sealed, steps, store
from backend.ledger.life import views as life
from backend.ledger.models import Complaint
from backend.ledger.values import ComplaintView, PersonRef, TrailView


def view(session: Session, number: str, *, viewer: Viewer, now: datetime, revealed: bool = False) -> ComplaintView:
    """Everything the desk shows. NotFound when there is no such complaint or this person may not know of it.

    ``revealed`` is for ``service.reveal``, which asked the duties and left the entry.
    """
    complaint = store.by_number(session, number)
    if complaint is None or not steps.may(session, "read", complaint, viewer).allowed:
        raise steps.not_found()
    rulebook = load(complaint.rulebook_version)
    facts = sealed.unseal(complaint)
    complainant, matter = display.fields(facts, rulebook, revealed=revealed)
    running = rulebook.stages[complaint.stage].open
    notes = {
        note.id: (note.about, display.text(sealed.open_note(note.id, note.body), facts, rulebook, revealed=revealed))
        for note in store.notes(session, complaint.id)
    }
    return ComplaintView(
        row=display.row(complaint, now),
        conversation_id=complaint.conversation_id,
        rulebook_version=complaint.rulebook_version,
        category_clause=(
            rulebook.categories[complaint.category].clause if complaint.category else rulebook.judging.clause
        ),
        secondary=tuple((one, rulebook.categories[one].label) for one in complaint.secondary),
        ranking=tuple((one, rulebook.categories[one].label, share) for one, share in complaint.ranking),
        trigger_clauses=tuple(
            (one, rulebook.triggers[one].label, rulebook.triggers[one].clause) for one in complaint.triggers
        ),
        registered_at=complaint.registered_at,
        accepted_at=complaint.accepted_at,
        result_told_at=complaint.result_told_at,
        closed_at=complaint.closed_at,
        result=next((body for about, body in reversed(notes.values()) if about == "result"), ""),
        complainant=complainant,
        matter=matter,
        narrative=tuple(display.text(one, facts, rulebook, revealed=revealed) for one in facts.texts),
        evidence=display.evidence(facts, rulebook, revealed=revealed),
        clocks=tuple(display.clock(one, now, running=running) for one in store.clocks(session, complaint.id)),
        tasks=tuple(display.task(one) for one in store.tasks(session, complaint.id)),
        trail=history(session, complaint, {note_id: body for note_id, (_, body) in notes.items()}),
        steps=steps.next_steps(session, complaint, viewer),
        assignees=steps.assignees(session, complaint, now),
        involved=tuple(PersonRef(one.id, one.name, "") for one in store.involved(session, complaint.id)),
        life=life.life(session, complaint, {note_id: body for note_id, (_, body) in notes.items()}),
        revealed=revealed,
    )


def history(session: Session, complaint: Complaint, notes: dict[int, str]) -> tuple[TrailView, ...]:
    """What happened to it, oldest first, people by name."""
    entries = audit.of_subject(session, complaint.subject)
    ids = {int(entry.actor_id) for entry in entries if entry.actor_kind == "person"}
    ids |= {entry.data[key] for entry in entries for key in display.PEOPLE_IN_DATA if key in entry.data}
    return display.trail(entries, people.names(session, ids), notes)


def export(session: Session, complaint: Complaint, *, revealed: bool) -> dict[str, Any]:
    """The complaint as plain JSON values: ids of the vocabulary, times in Shanghai, masked unless ``revealed``."""
    rulebook = load(complaint.rulebook_version)
    facts = sealed.unseal(complaint)
    complainant, matter = display.fields(facts, rulebook, revealed=revealed)
    return {
        "number": complaint.number,
        "version": complaint.version,
        "kind": complaint.kind,
        "category": complaint.category,
        "category_certain": complaint.category_certain,
        "secondary": list(complaint.secondary),
        "triggers": list(complaint.triggers),
        "emotion": complaint.emotion,
        "stage": complaint.stage,
        "incomplete": complaint.incomplete,
        "channel": complaint.channel,
        "unit": complaint.unit.name,
        "first_responder": complaint.first_responder.name,
        "handler": complaint.handler.name if complaint.handler else None,
        "received_at": show(complaint.received_at, seconds=True),
        "accepted_at": show(complaint.accepted_at, seconds=True) or None,
        "closed_at": show(complaint.closed_at, seconds=True) or None,
        "rulebook": complaint.rulebook_version,
        "fields": {one.id: one.value for one in (*complainant, *matter) if one.value},
        "refused": list(facts.refused),
        "narrative": [display.text(one, facts, rulebook, revealed=revealed) for one in facts.texts],
        "clocks": [
            {"name": one.name, "label": one.label, "due_at": show(one.due_at), "clause": one.clause, "why": one.why}
            for one in store.clocks(session, complaint.id)
        ],
    }
