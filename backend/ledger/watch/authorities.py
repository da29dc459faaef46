"""第三条（三）、第十六条（三）：按照规定向公安机关、证监局等报告。 Decided and done by people; here it is recorded.

person | may they? | named by the rulebook for a trigger of this complaint? | sealed note, trail -> record
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.errors import Forbidden, Unprocessable
from backend.guideline.rulebook import load
from backend.ledger import change, steps
from backend.ledger.models import Complaint
from backend.ledger.watch import store
from backend.ledger.watch.models import AuthorityReport

ACT = "report_authority"


def report(
    session: Session,
    number: str,
    *,
    trigger: str,
    authority: str,
    reported_at: datetime,
    said: str,
    by: Actor,
    now: datetime,
) -> AuthorityReport:
    """Record that ``authority`` (police, csrc_bureau) was told. ``said``: to whom, how, what, any file number.

    Unprocessable when the rulebook names no such report for this complaint, nothing is said, or the time cannot be.
    """
    complaint, viewer = change.loaded(session, number, None, by=by, now=now)
    steps.require(session, ACT, complaint, viewer)
    rulebook = load(complaint.rulebook_version)
    rule = rulebook.triggers.get(trigger)
    if rule is None or trigger not in complaint.triggers or authority not in rule.authorities:
        raise Unprocessable("no_such_report", "该投诉没有这一项须向行政部门报告的情形，请从列表中选择。")
    if not said.strip():
        raise Unprocessable("report_empty", "请写明向谁、以何种方式、报告了什么。", clause=rule.clause)
    if not complaint.received_at <= reported_at <= now:
        raise Unprocessable("reported_when", "报告时间应在收到投诉之后、当前时间之前，请核对。")
    if viewer is None:
        raise Forbidden(f"may_not_{ACT}", "向行政部门的报告只能由人登记。", clause=rule.clause)
    note = change.note(session, complaint, "authority_report", said, by=by, now=now)
    made = AuthorityReport(
        complaint_id=complaint.id,
        trigger=trigger,
        authority=authority,
        reported_at=reported_at,
        recorded_at=now,
        recorded_by_id=viewer.person_id,
        note_id=note,
    )
    session.add(made)
    session.flush()
    data: trail.Data = {"trigger": trigger, "authority": authority, "at": reported_at.isoformat(), "notes": [note]}
    trail.record(session, Tag.AUTHORITY_TOLD, actor=by, subject=complaint.subject, data=data, now=now)
    return made


def outstanding(session: Session, complaint: Complaint) -> tuple[tuple[str, str], ...]:
    """(trigger, authority) the rulebook names for this complaint and nobody has recorded a report for."""
    done = {(one.trigger, one.authority) for one in store.reports(session, complaint.id)}
    triggers = load(complaint.rulebook_version).triggers
    named = [(name, authority) for name in complaint.triggers for authority in triggers[name].authorities]
    return tuple(pair for pair in named if pair not in done)
