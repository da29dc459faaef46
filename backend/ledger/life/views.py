"""A complaint's working life as it may be shown.

complaint | rows, notes by number (already fit to be shown), labels -> Life
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.guideline.rulebook import load
from backend.ledger import steps
from backend.ledger import store as ledger
from backend.ledger.life import store
from backend.ledger.life.models import Extension, Revisit
from backend.ledger.life.values import (
    AccountabilityView,
    Approval,
    ExtensionView,
    Life,
    LinkView,
    MeasureView,
    RevisitView,
    TellingView,
)
from backend.ledger.models import Complaint


def life(session: Session, complaint: Complaint, notes: Mapping[int, str]) -> Life:
    """``notes``: free texts by their number, masked unless revealed."""
    words = load(complaint.rulebook_version).life
    tasks = {task.id: task for task in ledger.tasks(session, complaint.id)}
    return Life(
        agreed_on=complaint.agreed_on,
        followed_since=complaint.followed_since,
        malicious_at=complaint.malicious_at,
        extensions=tuple(_extension(one, notes, complaint) for one in store.extensions(session, complaint.id)),
        tellings=tuple(
            TellingView(
                notes[one.told_to_note], words.told_by[one.told_by].label, one.told_at, notes[one.result_note],
                one.person.name,
            )
            for one in store.tellings(session, complaint.id)
        ),
        revisits=tuple(_revisit(one, notes, complaint) for one in store.revisits(session, complaint.id)),
        accountabilities=tuple(
            AccountabilityView(
                one.unit.name, one.person.name if one.person else "", notes[one.finding_note],
                notes[one.sanction_note], one.decided_by.name, one.decided_at,
            )
            for one in store.accountabilities(session, complaint.id)
        ),
        measures=tuple(
            MeasureView(
                words.root_causes[one.cause].label, notes[one.measure_note], tasks[one.task_id].owner_unit.name,
                tasks[one.task_id].due_at, tasks[one.task_id].done_at,
            )
            for one in store.measures(session, complaint.id)
        ),
        links=tuple(LinkView(kind, number, later) for kind, later, number in store.links(session, complaint.id)),
    )  # fmt: skip


def approvals(session: Session, *, viewer: Viewer, now: datetime) -> tuple[Approval, ...]:
    """第二十二条: the requests for an extension this person may decide on, the oldest first."""
    found = []
    for number, asked in store.all_asked(session):
        complaint = ledger.by_number(session, number)
        if complaint and asked.workdays and steps.may(session, "approve_extension", complaint, viewer).allowed:
            found.append(
                Approval(number, asked.workdays, asked.requested_by.name, asked.requested_at, complaint.resolve_due_at)
            )
    return tuple(found)


def _extension(one: Extension, notes: Mapping[int, str], complaint: Complaint) -> ExtensionView:
    kinds = load(complaint.rulebook_version).unit_kinds
    return ExtensionView(
        decision=one.decision,
        workdays=one.workdays,
        until=one.until,
        reason=notes[one.reason_note],
        plan=notes[one.plan_note] if one.plan_note else "",
        consent=notes[one.consent_note] if one.consent_note else "",
        reports=tuple(kinds[kind].label for kind in one.reports),
        requested_by=one.requested_by.name,
        requested_at=one.requested_at,
        decided_by=one.decided_by.name if one.decided_by else "",
        decided_at=one.decided_at,
        decision_reason=notes[one.decision_note] if one.decision_note else "",
    )


def _revisit(one: Revisit, notes: Mapping[int, str], complaint: Complaint) -> RevisitView:
    outcomes = load(complaint.rulebook_version).life.revisit_outcomes
    outcome = outcomes[one.outcome] if one.outcome else None
    return RevisitView(
        person=one.person.name,
        started_at=one.started_at,
        ended_at=one.ended_at,
        outcome=outcome.label if outcome else "",
        dissatisfied=bool(outcome and outcome.dissatisfied),
        opinion=notes[one.opinion_note] if one.opinion_note else "",
    )
