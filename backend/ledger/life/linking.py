"""Complaints that belong together: repeated ones of one person, many people's about one matter, two made into one.

new complaint | blind indexes of phone and account -> repeat      find, at registration
new complaint | same product or trigger, same day, enough of them -> group
two complaints | later into earlier -> merged; both numbers live on      merge
"""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import SHANGHAI, local_date
from backend.errors import Conflict, Unprocessable
from backend.guideline.rulebook import load
from backend.ledger import change, steps
from backend.ledger import store as ledger
from backend.ledger.life import store
from backend.ledger.life.models import Link
from backend.ledger.models import Complaint

REPEAT, GROUP, MERGED = "repeat", "group", "merged"
CLAUSE = "第二十四条"


def find(session: Session, complaint: Complaint, *, by: Actor, now: datetime) -> None:
    """第二十条、第二十二条：重复投诉和群体性投诉。 Links the new complaint to earlier ones and says so in its history.

    A repeat is linked to the person's complaints; a member of a group to the first of that day.
    """
    repeated = store.of_same_person(session, complaint)
    start = datetime.combine(local_date(complaint.received_at), time(), tzinfo=SHANGHAI)
    same = store.of_same_matter(session, complaint, start, start + timedelta(days=1))
    grouped = same[:1] if len(same) >= load(complaint.rulebook_version).life.group.value else []
    for kind, found in ((REPEAT, repeated), (GROUP, grouped)):
        others = [one for one in found if one.id < complaint.id]
        session.add_all(Link(complaint_id=complaint.id, other_id=one.id, kind=kind, at=now) for one in others)
        if others:
            data: trail.Data = {"link": kind, "others": [one.number for one in others]}
            trail.record(session, Tag.COMPLAINT_LINKED, actor=by, subject=complaint.subject, data=data, now=now)


def merge(
    session: Session, number: str, *, merged_into: str, reason: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第二十四条：并案后两个编号都保留。 The later complaint goes into the earlier one, so that no deadline is lost."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "merge", viewer, given={"merged_into": merged_into, "reason": reason})
    other = ledger.by_number(session, merged_into)
    if other is None or not steps.may(session, "read", other, viewer).allowed:
        raise Unprocessable("no_such_complaint", "没有找到要并入的投诉，请核对编号。", clause=CLAUSE)
    steps.require(session, "merge", other, viewer)
    if other.id == complaint.id:
        raise Unprocessable("merged_into_itself", "不能并入它自己，请核对编号。", clause=CLAUSE)
    if not load(other.rulebook_version).stages[other.stage].open:
        raise Conflict("not_open", "要并入的投诉已不在办理中，不能并案。", clause=CLAUSE)
    if (other.received_at, other.id) > (complaint.received_at, complaint.id):
        raise Unprocessable("merge_the_later", "请把后收到的投诉并入先收到的一件，以免漏过期限。", clause=CLAUSE)
    if complaint.accepted_at is not None and other.accepted_at is None:
        raise Conflict("not_accepted", "要并入的投诉尚未受理，请先受理，以免漏过期限。", clause=CLAUSE)
    session.add(Link(complaint_id=complaint.id, other_id=other.id, kind=MERGED, at=now))
    change.apply(
        session, other, Tag.COMPLAINT_ABSORBED, by=by, now=now, data={"merged": complaint.number},
        urgent=other.urgent or complaint.urgent,
    )  # fmt: skip
    return change.move(
        session, complaint, step, Tag.COMPLAINT_MERGED, by=by, now=now, texts={"reason": reason},
        data={"into": other.number}, closed_at=now,
    )  # fmt: skip
