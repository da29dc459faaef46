"""Who may do what next with a complaint: the stage table and the duties, asked for one person or program.

    complaint, who | involvement | duties -> Verdict          may, require
    complaint, who | stage table | duties -> Step(allowed, reason, clause)

The stage table is that of the complaint's own rulebook; duties are those of today's. The same answers are shown by the
desk and enforced by the service.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts import store as people
from backend.accounts.values import Viewer
from backend.audit.actor import Actor
from backend.clock import local_date
from backend.errors import Forbidden, NotFound
from backend.guideline import duties, stages
from backend.guideline.rulebook import load
from backend.guideline.values import Verdict
from backend.ledger import store
from backend.ledger.life import store as life
from backend.ledger.models import Complaint
from backend.ledger.values import PersonRef, Step

MACHINE_ROLES = frozenset({"system"})  # the bot, our own jobs, and a customer who acts through either


def viewer_of(session: Session, by: Actor, now: datetime) -> Viewer | None:
    """The person behind an actor as they stand today; None for a program. Forbidden for a person shut out since."""
    if by.person_id is None:
        return None
    viewer = accounts.viewer_of(session, by.person_id, now)
    if viewer is None:
        raise Forbidden("person_disabled", "该账号已停用，不能再办理投诉；如有疑问请联系系统管理员。")
    return viewer


def may(session: Session, act: str, complaint: Complaint, viewer: Viewer | None) -> Verdict:
    """May this person (None: a program) do ``act`` to this complaint?"""
    return duties.may(
        act,
        roles=viewer.roles if viewer else MACHINE_ROLES,
        unit=viewer.unit if viewer else None,
        unit_kind=viewer.unit_kind if viewer else None,
        complaint_unit=complaint.unit.key,
        involvement=involvement(session, complaint, viewer) if viewer else frozenset(),
        rulebook=load(),
    )


def require(session: Session, act: str, complaint: Complaint, viewer: Viewer | None) -> None:
    """NotFound where they may not even read it (it is then nothing they know of), Forbidden where they may not act."""
    if not may(session, "read", complaint, viewer).allowed:
        raise not_found()
    verdict = may(session, act, complaint, viewer)
    if not verdict.allowed:
        raise Forbidden(f"may_not_{act}", f"{verdict.reason}。", clause=verdict.clause)


def not_found() -> NotFound:
    return NotFound("no_such_complaint", "没有找到该投诉，请核对投诉编号。")


def involvement(session: Session, complaint: Complaint, viewer: Viewer) -> frozenset[str]:
    """What this person is to this complaint; whoever handled it once stays a handler of it."""
    me, one = viewer.person_id, complaint.id
    found = {
        "handler": complaint.handler_id == me or me in life.past_hands(session, one),
        "first_responder": complaint.first_responder_id == me,
        "involved": any(person.id == me for person in store.involved(session, one)),
        "requester": me in life.requesters(session, one),
        "responsible": me in life.responsible(session, one),
    }
    return frozenset(name for name, true in found.items() if true)


def next_steps(session: Session, complaint: Complaint, viewer: Viewer) -> tuple[Step, ...]:
    """Every step the stage table knows from here, allowed or not, each with its reason and clause."""
    steps = []
    for step in stages.steps(complaint.stage, load(complaint.rulebook_version)):
        verdict = may(session, step.act, complaint, viewer)
        clause = step.clause if verdict.allowed else verdict.clause
        steps.append(Step(step.act, step.label, verdict.allowed, verdict.reason, clause))
    return tuple(steps)


def everybody(session: Session, now: datetime) -> tuple[PersonRef, ...]:
    """Everybody who works in a unit of the house, by unit and name."""
    found = {one.person_id: one for one in people.staff(session, local_date(now)) if one.unit}
    refs = [PersonRef(one.person_id, one.person.name, one.unit.name) for one in found.values() if one.unit]
    return tuple(sorted(refs, key=lambda ref: (ref.unit_name, ref.name, ref.id)))


def assignees(session: Session, complaint: Complaint, now: datetime) -> tuple[PersonRef, ...]:
    """Who may be made handler of this complaint: their own unit's people first."""
    able = load().acts["be_assigned"].roles
    found: dict[int, PersonRef] = {}
    for one in people.staff(session, local_date(now), roles=able):
        viewer = accounts.viewer_of(session, one.person_id, now)
        if viewer and one.unit and may(session, "be_assigned", complaint, viewer).allowed:
            found[one.person_id] = PersonRef(one.person_id, one.person.name, one.unit.name)
    return tuple(sorted(found.values(), key=lambda ref: (ref.unit_name != complaint.unit.name, ref.unit_name, ref.id)))
