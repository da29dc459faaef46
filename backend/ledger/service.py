"""The only verbs that change a complaint. Each is one act: the change, its clocks and its trail entry together.

    new | known key? | route, number, responder, tasks | clocks | trail -> Receipt                 enter
    number | as it stands | version | stage table | duties | change, clocks, trail -> Complaint    accept, assign, …

This is the one door: the verbs of the working life stand in ``ledger.life`` and are called from here.

Every verb takes the trail's lock first, so that all of them stand in one order on both databases and nobody decides on
what another is just changing. Callers commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline import deadlines, wording
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import change, clocks, display, opening, sealed, steps, store, views
from backend.ledger.life import linking, working
from backend.ledger.life.ending import archive as archive
from backend.ledger.life.ending import close as close
from backend.ledger.life.ending import withdraw as withdraw
from backend.ledger.life.extending import decide_extension as decide_extension
from backend.ledger.life.extending import extend_further as extend_further
from backend.ledger.life.extending import request_extension as request_extension
from backend.ledger.life.hands import assign as assign
from backend.ledger.life.hands import hand_over as hand_over
from backend.ledger.life.hands import mark_involved as mark_involved
from backend.ledger.life.judging import convert as convert
from backend.ledger.life.judging import mark_malicious as mark_malicious
from backend.ledger.life.judging import recategorise as recategorise
from backend.ledger.life.judging import record_accountability as record_accountability
from backend.ledger.life.judging import record_cause as record_cause
from backend.ledger.life.linking import merge as merge
from backend.ledger.life.revisiting import finish_revisit as finish_revisit
from backend.ledger.life.revisiting import reopen as reopen
from backend.ledger.life.revisiting import start_revisit as start_revisit
from backend.ledger.life.working import agree as agree
from backend.ledger.life.working import complete_task as complete_task
from backend.ledger.life.working import investigate as investigate
from backend.ledger.life.working import log_work as log_work
from backend.ledger.life.working import resolve as resolve
from backend.ledger.models import Complaint
from backend.ledger.steps import next_steps as next_steps
from backend.ledger.values import ComplaintView, NewComplaint, Receipt

CLOCK_SKEW = timedelta(minutes=5)  # two machines may disagree so much without a complaint being turned away


def enter(session: Session, *, new: NewComplaint, by: Actor, now: datetime) -> Receipt:
    """第二十四条：逐一登记。 Register a complaint, or find the one registered under the same ``source_key``.

    Conflict when the key came with something else the customer said; Unprocessable for words outside the rulebook;
    Forbidden when a person may not register; Unavailable when no named person can be first responder.
    """
    trail.hold(session)
    known = store.by_source_key(session, new.source_key)
    if known is not None:
        if known.digest != sealed.digest(new):
            raise Conflict(
                "source_key_reused",
                "同一登记编号已用于另一份内容，请核对后用新的编号提交。",
                extra={"number": known.number},
            )
        return _receipt(known, now=now, created=False)
    rulebook = load(new.rulebook_version)
    opening.demand_known_words(new, rulebook)
    if new.received_at > now + CLOCK_SKEW:
        raise Unprocessable("received_later", "收到时间晚于当前时间，请核对后重试。")
    new = replace(new, received_at=min(new.received_at, now))
    complaint = opening.open_complaint(
        session, new, viewer=steps.viewer_of(session, by, now), now=now, rulebook=rulebook
    )
    clocks.recompute(session, complaint)
    data: dict[str, trail.Scalar | list[str] | list[int]] = {
        "kind": complaint.kind,
        "category": complaint.category,
        "certain": complaint.category_certain,
        "channel": complaint.channel,
        "unit": complaint.unit.key,
        "first_responder": complaint.first_responder_id,
        "incomplete": complaint.incomplete,
        "rulebook": complaint.rulebook_version,
        "conversation": complaint.conversation_id,
        "tasks": [task.key for task in store.tasks(session, complaint.id)],
    }
    trail.record(session, Tag.COMPLAINT_ENTERED, actor=by, subject=complaint.subject, data=data, now=now)
    change.record_triggers(session, complaint, complaint.triggers, by=by, now=now)
    for person in store.involved(session, complaint.id):
        trail.record(
            session, Tag.COMPLAINT_INVOLVED, actor=by, subject=complaint.subject, data={"person": person.id}, now=now
        )
    linking.find(session, complaint, by=by, now=now)
    return _receipt(complaint, now=now, created=True)


def supplement(session: Session, number: str, *, new: NewComplaint, by: Actor, now: datetime) -> Receipt:
    """What a conversation told after its complaint was registered (as 待补充, usually): added, nothing overwritten.

    Until a person has accepted it, category, kind and triggers follow the fuller story. A closed file is not opened
    again: what is told then becomes a complaint of its own. Telling the same again changes nothing.
    """
    trail.hold(session)
    complaint = store.by_number(session, number)
    if complaint is None:
        raise steps.not_found()
    steps.require(session, "supplement", complaint, steps.viewer_of(session, by, now))
    rulebook = load(complaint.rulebook_version)
    if not rulebook.stages[complaint.stage].open:
        return enter(session, new=_after(new, number), by=by, now=now)
    opening.demand_known_words(new, rulebook)
    judged: dict[str, Any] = {}
    if complaint.accepted_at is None:
        judged = {
            "kind": new.kind,
            "category": new.category or complaint.category,
            "category_certain": new.category_certain if new.category else complaint.category_certain,
            "secondary": list(new.secondary),
            "ranking": [[category, share] for category, share in new.ranking],
            "emotion": max(complaint.emotion, new.emotion, key=list(rulebook.emotions).index),
        }
    change.tell(
        session,
        complaint,
        fields=new.fields,
        narrative=new.narrative,
        evidence=new.evidence,
        refused=new.refused,
        incomplete=new.incomplete and complaint.incomplete,
        triggers=new.triggers,
        judged=judged,
        by=by,
        now=now,
    )
    return _receipt(complaint, now=now, created=False)


def add_facts(
    session: Session,
    number: str,
    *,
    fields: Mapping[str, str],
    narrative: str,
    expected_version: int,
    by: Actor,
    now: datetime,
    incomplete: bool | None = None,
) -> Complaint:
    """第二十四条：客观、真实、完整。 What a handler learned; earlier values are kept beside the new ones."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    steps.require(session, "supplement", complaint, viewer)
    unknown = [name for name in fields if name not in load(complaint.rulebook_version).fields]
    if unknown:
        raise Unprocessable("unknown_word", "补充的内容含有未知字段，请检查后重试。", extra={"fields": unknown})
    if not load(complaint.rulebook_version).stages[complaint.stage].open:
        raise Conflict("not_open", "该投诉已不在办理中，不能再补充；如有新情况请另行登记。")
    change.tell(
        session,
        complaint,
        fields=fields,
        narrative=narrative,
        evidence=(),
        refused=(),
        triggers=(),
        judged={},
        incomplete=complaint.incomplete if incomplete is None else incomplete,
        by=by,
        now=now,
    )
    return complaint


def accept(session: Session, number: str, *, expected_version: int, by: Actor, now: datetime) -> Complaint:
    """第二十二条：自受理之日起计算办结期限。"""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(
        session, complaint, "accept", viewer, given={"narrative": bool(sealed.unseal(complaint).narratives)}
    )
    return change.move(
        session, complaint, step, Tag.COMPLAINT_ACCEPTED, by=by, now=now, accepted_at=max(now, complaint.received_at)
    )


def decline(
    session: Session, number: str, *, reason: str, reasoned_notice: str, expected_version: int, by: Actor, now: datetime
) -> Complaint:
    """第三条（四）：不得推诿。 Only by a person, with a reason and the written notice the complainant gets."""
    complaint, viewer = change.loaded(session, number, expected_version, by=by, now=now)
    step = change.step(
        session, complaint, "decline", viewer, given={"reason": reason, "reasoned_notice": reasoned_notice}
    )
    _demand_wording(reasoned_notice, load(complaint.rulebook_version))
    texts = {"reason": reason, "reasoned_notice": reasoned_notice}
    return change.move(session, complaint, step, Tag.COMPLAINT_DECLINED, by=by, now=now, texts=texts)


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
    """第二十二条、第十七条：将处理结果告知投诉人，不得使用禁止的用语。

    ``told_to``: whom; ``told_by``: how, of the rulebook. Unprocessable, with what may be said instead, for a forbidden
    sentence; the complainant's own words may be quoted.
    """
    complaint, _ = change.loaded(session, number, expected_version, by=by, now=now)
    _demand_wording(result, load(complaint.rulebook_version), said=sealed.unseal(complaint).texts)
    return working.reply(
        session, number, result=result, told_to=told_to, told_by=told_by, result_told_at=result_told_at,
        expected_version=expected_version, by=by, now=now,
    )  # fmt: skip


def reveal(session: Session, number: str, *, reason: str, by: Actor, now: datetime) -> ComplaintView:
    """个人信息保护法第五十一条：查看完整个人信息须有理由，并留痕。"""
    complaint, viewer = change.loaded(session, number, None, by=by, now=now)
    if viewer is None:
        raise Forbidden("may_not_reveal", "完整个人信息只向有权限的人员显示。", clause="个人信息保护法第五十一条")
    steps.require(session, "reveal", complaint, viewer)
    change.record_reveal(session, complaint, reason, by=by, now=now)
    return views.view(session, number, viewer=viewer, now=now, revealed=True)


def export(session: Session, number: str, *, reveal: str, by: Actor, now: datetime) -> dict[str, Any]:
    """The whole complaint in the clear for an operator at the machine (``reveal``: why), which leaves an entry too."""
    complaint, _ = change.loaded(session, number, None, by=by, now=now)
    if by.kind != "system":
        raise Forbidden("may_not_reveal", "导出完整个人信息只限在服务器上操作。", clause="个人信息保护法第五十一条")
    change.record_reveal(session, complaint, reveal, by=by, now=now)
    return views.export(session, complaint, revealed=True)


def receipt(session: Session, number: str, *, now: datetime) -> Receipt:
    """The receipt of a complaint that stands already."""
    complaint = store.by_number(session, number)
    if complaint is None:
        raise steps.not_found()
    return _receipt(complaint, now=now, created=False)


def _demand_wording(text: str, rulebook: Rulebook, *, said: Sequence[str] = ()) -> None:
    """第十七条、证券法第一百三十五条. ``said``: words of the complainant that may be quoted."""
    hits = wording.check(text, rulebook, speaker="agent", quoted=wording.quotations(text, said))
    if hits:
        first = hits[0]
        say = f"不能这样答复客户：“{first.phrase}”。可以改为：{first.rewrite}"
        raise Unprocessable("forbidden_wording", say, clause=first.clause, extra={"rules": [hit.rule for hit in hits]})


def _receipt(complaint: Complaint, *, now: datetime, created: bool) -> Receipt:
    rulebook = load(complaint.rulebook_version)
    bound = deadlines.binding(clocks.of(complaint, accepted_at=now))
    if bound is None:
        raise LookupError(f"no deadline governs a {complaint.kind} in rulebook {rulebook.version}")
    return Receipt(
        number=complaint.number,
        complaint_id=complaint.id,
        kind=complaint.kind,
        category=complaint.category,
        category_label=display.category_label(complaint.category, rulebook),
        stage=complaint.stage,
        unit_name=complaint.unit.name,
        first_responder_name=complaint.first_responder.name,
        due_on=bound.due_on,
        days=rulebook.period(bound.name, local_date(complaint.accepted_at or now)).value,
        created=created,
    )


def _after(new: NewComplaint, number: str) -> NewComplaint:
    """What was told after the complaint ``number`` was over, under a key of its own."""
    return replace(new, source_key=f"{new.source_key}>{number}")
