"""The work on a complaint: investigated, a solution proposed, the customer answered, steps logged, tasks done.

findings | codes of the rulebook -> tasks that hang on them                resolve
result | to whom, how, when -> a telling                                   reply, tell
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, NotFound, Unprocessable
from backend.guideline.life import duties_for
from backend.guideline.rulebook import load
from backend.ledger import change, opening
from backend.ledger.life import store
from backend.ledger.life.models import Telling
from backend.ledger.models import Complaint

TASK_CLAUSE = "第十六条"


def investigate(
    session: Session, number: str, *, expected_version: int, by: Actor, now: datetime, reason: str = ""
) -> Complaint:
    """第十六条：调查核实。 ``reason``: why once more, when a solution or an answer was there already."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(session, complaint, "investigate", viewer, given={"reason": reason})
    return change.move(session, complaint, step, Tag.COMPLAINT_INVESTIGATING, by=by, now=now, texts={"reason": reason})


def resolve(
    session: Session,
    number: str,
    *,
    findings: str,
    solution: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    found: Sequence[str] = (),
) -> Complaint:
    """第十六条、第十八条：查明事实，提出处理方案。 ``found``: findings of the rulebook, on which further tasks hang."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    rulebook = load(complaint.rulebook_version)
    step = change.step(session, complaint, "resolve", viewer, given={"findings": findings, "solution": solution})
    found = list(dict.fromkeys(found))
    if not set(found) <= set(rulebook.life.findings):
        raise Unprocessable("unknown_word", "调查认定含有规则库以外的内容，请从列表中选择。")
    added = opening.add_duties(session, complaint, duties_for(found, complaint.category, rulebook), now=now)
    texts = {"findings": findings, "solution": solution}
    data: trail.Data = {"found": found, "tasks": added}
    return change.move(session, complaint, step, Tag.COMPLAINT_RESOLVING, by=by, now=now, texts=texts, data=data)


def reply(
    session: Session,
    number: str,
    *,
    result: str,
    told_to: str,
    told_by: str,
    result_told_at: datetime,
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Complaint:
    """第二十二条：将处理结果告知投诉人。 The sentences were checked by ``service.reply``."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    given = {"result": result, "told_to": told_to, "told_by": told_by, "result_told_at": result_told_at}
    step = change.step(session, complaint, "reply", viewer, given=given)
    demand_told_when(complaint, result_told_at, now)
    tell(session, complaint, result=result, told_to=told_to, told_by=told_by, told_at=result_told_at, by=by, now=now)
    data: trail.Data = {"told_by": told_by}
    return change.move(
        session, complaint, step, Tag.COMPLAINT_REPLIED, by=by, now=now, data=data, result_told_at=result_told_at
    )


def tell(
    session: Session,
    complaint: Complaint,
    *,
    result: str,
    told_to: str,
    told_by: str,
    told_at: datetime,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what was told to whom and how."""
    if told_by not in load(complaint.rulebook_version).life.told_by:
        raise Unprocessable("unknown_word", "告知方式不在规则库中，请从列表中选择。")
    assert by.person_id is not None
    told_to_note = change.note(session, complaint, "told_to", told_to, by=by, now=now)
    result_note = change.note(session, complaint, "result", result, by=by, now=now)
    session.add(
        Telling(
            complaint_id=complaint.id, told_to_note=told_to_note, told_by=told_by, told_at=told_at,
            result_note=result_note, person_id=by.person_id,
        )
    )  # fmt: skip


def demand_told_when(complaint: Complaint, told_at: datetime, now: datetime) -> None:
    if not complaint.received_at <= told_at <= now:
        raise Unprocessable("told_when", "告知时间应在收到投诉之后、当前时间之前，请核对。")


def log_work(
    session: Session, number: str, *, work: str, text: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第十七条、第十九条：解释、协调、协商、引导，逐次记录。 ``work``: a step of the rulebook."""
    complaint, _ = change.acting(session, number, "investigate", expected_version, by=by, now=now)
    if work not in load(complaint.rulebook_version).life.work:
        raise Unprocessable("unknown_word", "办理步骤不在规则库中，请从列表中选择。")
    change.demand(TASK_CLAUSE, done=text)
    notes = [change.note(session, complaint, work, text, by=by, now=now)]
    return change.apply(session, complaint, Tag.COMPLAINT_WORKED, by=by, now=now, data={"work": work, "notes": notes})


def complete_task(
    session: Session, number: str, *, task: int, text: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第十六条：应办事项办完，写明办理情况。 Also after closing: an improvement may take longer than the complaint."""
    complaint, viewer = change.acting(session, number, "complete_task", expected_version, by=by, now=now, ended=True)
    found = store.task(session, complaint.id, task)
    if found is None:
        raise NotFound("no_such_task", "没有找到该应办事项，请刷新后重试。")
    if found.done_at is not None:
        raise Conflict("task_done", "该应办事项已经完成，无须重复办理。")
    change.demand(found.clause, done=text)
    found.done_at, found.done_by_id = now, viewer.person_id
    notes = [change.note(session, complaint, "task", text, by=by, now=now)]
    data: trail.Data = {"task": found.id, "key": found.key, "notes": notes}
    return change.apply(session, complaint, Tag.COMPLAINT_TASK_DONE, by=by, now=now, data=data)


def agree(
    session: Session,
    number: str,
    *,
    agreed_on: date,
    customer_statement: str,
    expected_version: int,
    by: Actor,
    now: datetime,
) -> Complaint:
    """第三条（三）：不能当场解决的，与客户约定具体期限。 A later day than before needs the customer's word, too."""
    complaint, _ = change.acting(session, number, "resolve", expected_version, by=by, now=now)
    change.demand("第三条（三）", customer_statement=customer_statement)
    if agreed_on < local_date(now):
        raise Unprocessable("agreed_past", "约定的日期已经过去，请重新填写。", clause="第三条（三）")
    notes = [change.note(session, complaint, "agreement", customer_statement, by=by, now=now)]
    data: trail.Data = {"agreed_on": agreed_on.isoformat(), "notes": notes}
    return change.apply(session, complaint, Tag.COMPLAINT_AGREED, by=by, now=now, data=data, agreed_on=agreed_on)
