"""After closing: the revisit by others than the handlers, what a dissatisfied customer sets going, the second round.

closed | by another person -> revisiting | outcome, opinion -> closed      revisit
revisiting, closed, declined | reason -> worked on again                   reopen
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline.life import DISSATISFIED, Outcome, duties_for
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import change, opening
from backend.ledger import store as ledger
from backend.ledger.life import store
from backend.ledger.life.models import Revisit
from backend.ledger.models import Complaint

CLAUSE = "第二十三条"
TASK = "revisit"  # the task of the rulebook that a revisit completes


def start_revisit(session: Session, number: str, *, expected_version: int, by: Actor, now: datetime) -> Complaint:
    """第二十三条：客户服务中心回访；经办人员及涉及投诉事项的人员不得回访。"""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "revisit", viewer, given={"revisit_outcome": ""})
    if viewer is None:
        raise Forbidden("may_not_revisit", "回访须由人员进行。", clause=CLAUSE)
    session.add(Revisit(complaint_id=complaint.id, person_id=viewer.person_id, started_at=now))
    return change.move(session, complaint, step, Tag.COMPLAINT_REVISITING, by=by, now=now)


def finish_revisit(
    session: Session, number: str, *, outcome: str, opinion: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第二十三条：记录投诉人的意见；不满意的向经纪业务主管部门报告，并由其调查核实。

    ``outcome``: an outcome of the rulebook. A dissatisfied one creates the tasks of the report and the look into it,
    and begins the time during which the complaint is followed (第二十二条).
    """
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "revisit", viewer, given={"revisit_outcome": outcome})
    if complaint.closed_at is None or step.source == step.target or not store.revisits(session, complaint.id):
        raise Conflict("no_revisit", "还没有开始回访。", clause=CLAUSE)
    rulebook = load(complaint.rulebook_version)
    found = _outcome(outcome, rulebook)
    if found.reached:
        change.demand(CLAUSE, opinion=opinion)
    followed_since = None
    added: list[str] = []
    if found.dissatisfied:
        added = opening.add_duties(session, complaint, duties_for({DISSATISFIED}, None, rulebook), now=now)
        followed_since = local_date(now)
    data: trail.Data = {
        "outcome": outcome,
        "tasks": added,
        "notes": _end(session, complaint, found, opinion, by=by, now=now),
    }
    return change.move(
        session, complaint, step, Tag.COMPLAINT_REVISITED, by=by, now=now, data=data, followed_since=followed_since
    )


def reopen(
    session: Session,
    number: str,
    *,
    reason: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    outcome: str = "",
    opinion: str = "",
) -> Complaint:
    """第二十三条：投诉人不满意的，重新办理。 Out of a revisit with its outcome, or later with a reason alone."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    given = {"reason": reason, "revisit_outcome": outcome}
    step = change.step(session, complaint, "reopen", viewer, given=given)
    rulebook = load(complaint.rulebook_version)
    notes: list[int] = []
    added: list[str] = []
    if "revisit_outcome" in step.requires:
        found = _outcome(outcome, rulebook)
        if found.reached:
            change.demand(CLAUSE, opinion=opinion)
        notes = _end(session, complaint, found, opinion, by=by, now=now)
        if found.dissatisfied:
            added = opening.add_duties(session, complaint, duties_for({DISSATISFIED}, None, rulebook), now=now)
    data: trail.Data = {"outcome": outcome or None, "tasks": added, "opinion": notes}
    return change.move(
        session, complaint, step, Tag.COMPLAINT_REOPENED, by=by, now=now, data=data, texts={"reason": reason},
        closed_at=None, result_told_at=None, followed_since=None,
    )  # fmt: skip


def demand_revisited(session: Session, complaint: Complaint) -> None:
    """Conflict unless somebody spoke to the complainant, or tried as often as the rulebook asks, since it closed."""
    rulebook = load(complaint.rulebook_version)
    outcomes = [
        rulebook.life.revisit_outcomes[one.outcome]
        for one in store.revisits(session, complaint.id)
        if one.outcome and complaint.closed_at and one.started_at >= complaint.closed_at
    ]
    if not any(one.reached for one in outcomes) and len(outcomes) < rulebook.life.revisit_attempts.value:
        raise Conflict("not_revisited", "该投诉办结后还没有完成回访，不能归档。", clause=CLAUSE)


def _outcome(outcome: str, rulebook: Rulebook) -> Outcome:
    found = rulebook.life.revisit_outcomes.get(outcome)
    if found is None:
        raise Unprocessable("unknown_word", "回访结果不在规则库中，请从列表中选择。", clause=CLAUSE)
    return found


def _end(
    session: Session, complaint: Complaint, outcome: Outcome, opinion: str, *, by: Actor, now: datetime
) -> list[int]:
    """Finish the running revisit and, once somebody was reached or sought often enough, its task."""
    made = store.revisits(session, complaint.id)
    last = made[-1]
    last.ended_at, last.outcome = now, outcome.id
    last.opinion_note = change.note(session, complaint, "opinion", opinion, by=by, now=now) if opinion.strip() else None
    tried = [one for one in made if complaint.closed_at and one.started_at >= complaint.closed_at]
    if outcome.reached or len(tried) >= load(complaint.rulebook_version).life.revisit_attempts.value:
        for task in ledger.tasks(session, complaint.id):
            if task.key == TASK and task.done_at is None:
                task.done_at, task.done_by_id = now, by.person_id
    return [last.opinion_note] if last.opinion_note else []
