"""The ends of a complaint: closed with the result told, withdrawn in the customer's words, archived with a summary.

result told | tasks of the revisit -> closed          close
revisited | followed up where it must be | summary -> archived    archive
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict
from backend.guideline import deadlines
from backend.guideline.calendar import end_of
from backend.guideline.life import CLOSED, duties_for
from backend.guideline.rulebook import load
from backend.ledger import change, opening
from backend.ledger.calendar import load_calendar
from backend.ledger.life import revisiting, store, working
from backend.ledger.models import Complaint


def close(
    session: Session,
    number: str,
    *,
    expected_version: int,
    by: Actor,
    now: datetime,
    result: str = "",
    result_told_at: datetime | None = None,
    told_to: str = "",
    told_by: str = "",
) -> Complaint:
    """第二十二条：办结并将处理结果告知投诉人。 Without having told the complainant there is no closing.

    After a reply what was told then stands; ``result`` and the rest are for a complaint answered just now. Solved on
    the spot (第三条（三）), whoever solved it is its handler.
    """
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    told = complaint.result_told_at is not None and not result.strip() and result_told_at is None
    at = complaint.result_told_at if told else result_told_at
    step = change.step(session, complaint, "close", viewer, given={"result": result or told, "result_told_at": at})
    assert at is not None and viewer is not None  # the stage table wants it told, and by a person
    working.demand_told_when(complaint, at, now)
    texts = {} if told else {"result": result}
    if not told and told_to.strip() and told_by:
        working.tell(session, complaint, result=result, told_to=told_to, told_by=told_by, told_at=at, by=by, now=now)
        texts = {}
    added = opening.add_duties(
        session, complaint, duties_for({CLOSED}, None, load(complaint.rulebook_version)), now=now
    )
    data: trail.Data = {"tasks": added, "on_the_spot": complaint.handler_id is None}
    return change.move(
        session, complaint, step, Tag.COMPLAINT_CLOSED, by=by, now=now, texts=texts, data=data, result_told_at=at,
        closed_at=now, handler_id=complaint.handler_id or viewer.person_id,
    )  # fmt: skip


def withdraw(
    session: Session,
    number: str,
    *,
    by: Actor,
    now: datetime,
    expected_version: int | None = None,
    customer_statement: str = "",
) -> Complaint:
    """第二十四条：撤诉也要登记。 A person writes down the customer's words; for the bot they stand in the transcript.

    Without ``expected_version`` the customer's wish counts whatever has changed; wishing it twice is one withdrawal.
    """
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    if viewer is None and complaint.stage == "withdrawn":
        return complaint
    said = customer_statement or (viewer is None and complaint.conversation_id)
    step = change.step(session, complaint, "withdraw", viewer, given={"customer_statement": said})
    texts = {"customer_statement": customer_statement}
    return change.move(session, complaint, step, Tag.COMPLAINT_WITHDRAWN, by=by, now=now, texts=texts, closed_at=now)


def archive(
    session: Session, number: str, *, summary: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第三条（五）：及时总结后归档。 Not before the revisit; and where the customer stayed dissatisfied, not before the
    six months of 第二十二条 without a repeated or escalated complaint and without a fault found."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "archive", viewer, given={"summary": summary})
    revisiting.demand_revisited(session, complaint)
    if complaint.followed_since is not None:
        _demand_followed(session, complaint, now)
    return change.move(session, complaint, step, Tag.COMPLAINT_ARCHIVED, by=by, now=now, texts={"summary": summary})


def _demand_followed(session: Session, complaint: Complaint, now: datetime) -> None:
    since = complaint.followed_since
    assert since is not None
    verdict = deadlines.may_be_deemed_closed(
        on=local_date(now),
        followed_since=since,
        repeated=store.links_since(session, complaint.id, "repeat", end_of(since)) > 0,
        escalated=complaint.transferred_at is not None and local_date(complaint.transferred_at) >= since,
        fault_found=bool(store.accountabilities(session, complaint.id)),
        calendar=load_calendar(),
        rulebook=load(complaint.rulebook_version),
    )
    if not verdict.allowed:
        raise Conflict("still_followed", f"投诉人回访不满意：{verdict.reason}，或者重新办理。", clause=verdict.clause)
