"""How a complaint changes: loaded under the trail's lock, checked, changed, clocks computed anew, told to the trail.

``apply`` is the one place where a complaint's row is changed after it was opened, and it never does so without the
trail entry. Only ``ledger.service`` may use this module; the house's tests see to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import store as people
from backend.accounts.values import Viewer
from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag, sentence
from backend.clock import show
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.guideline import stages
from backend.guideline.rulebook import load
from backend.guideline.values import Transition
from backend.ledger import clocks, display, opening, sealed, steps, store
from backend.ledger.models import Complaint, Note

LONGEST_NOTE = 10_000
FOR_EVER = ("archived", "withdrawn", "merged", "declined")  # nothing is added to what ended so
CHANGES_NOTHING = (
    Tag.COMPLAINT_REVEALED, Tag.COMPLAINT_NOTED, Tag.COMPLAINT_URGENT, Tag.CLOCK_WARNED, Tag.CLOCK_LAPSED,
    Tag.CLOCK_ESCALATED, Tag.TRIGGER_PAGED, Tag.TRIGGER_UNANSWERED, Tag.TRIGGER_ACKNOWLEDGED, Tag.AUTHORITY_TOLD,
)  # fmt: skip


def loaded(
    session: Session, number: str, expected_version: int | None, *, by: Actor, now: datetime
) -> tuple[Complaint, Viewer | None]:
    """The complaint as it stands, locked against everybody else, and the person who acts (None: a program).

    NotFound where they may not read it; Conflict, naming who changed what when, if the version is another one.
    """
    trail.hold(session)
    viewer = steps.viewer_of(session, by, now)
    complaint = store.by_number(session, number)
    if complaint is None or not steps.may(session, "read", complaint, viewer).allowed:
        raise steps.not_found()
    if expected_version is not None and complaint.version != expected_version:
        raise _changed_meanwhile(session, complaint)
    return complaint, viewer


def step(
    session: Session, complaint: Complaint, act: str, viewer: Viewer | None, *, given: Mapping[str, object]
) -> Transition:
    """The step of the stage table, once stage, duties and required facts allow it.

    Conflict: not from this stage; Forbidden: not by this person; Unprocessable: something required is missing.
    """
    rulebook = load(complaint.rulebook_version)
    found = stages.transition(complaint.stage, act, rulebook)
    steps.require(session, act, complaint, viewer)
    if found is None:
        stage, label = rulebook.stages[complaint.stage].label, rulebook.acts[act].label
        raise Conflict(
            "wrong_stage",
            f"该投诉目前「{stage}」，不能{label}，请刷新页面查看可办理的下一步。",
            extra={"stage": complaint.stage, "act": act},
        )
    missing = [need for need in found.requires if not _there(given.get(need))]
    if missing:
        labels = "、".join(rulebook.requirements[need].label for need in missing)
        raise Unprocessable(
            "missing_facts",
            f"办理此步骤还缺少：{labels}，请补充后再提交。",
            clause=found.clause,
            extra={"missing": missing},
        )
    return found


def acting(
    session: Session,
    number: str,
    act: str,
    expected_version: int | None,
    *,
    by: Actor,
    now: datetime,
    ended: bool = False,
) -> tuple[Complaint, Viewer]:
    """The complaint for an act of a person that is no step of the stage table. ``ended``: also when it is closed.

    Forbidden: not by this person, or by a program; Conflict: it is over.
    """
    complaint, viewer = loaded(session, number, expected_version, by=by, now=now)
    steps.require(session, act, complaint, viewer)
    rulebook = load(complaint.rulebook_version)
    if complaint.stage in FOR_EVER or not (ended or rulebook.stages[complaint.stage].open):
        label = rulebook.stages[complaint.stage].label
        raise Conflict("not_open", f"该投诉目前「{label}」，不能{rulebook.acts[act].label}。", extra={"act": act})
    if viewer is None:
        raise Forbidden(f"may_not_{act}", "此事须由人员办理，自动程序不能代替。", clause=rulebook.acts[act].clause)
    return complaint, viewer


def demand(clause: str, **given: str) -> None:
    """Unprocessable unless each of these is there; the names are requirements of the rulebook."""
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        labels = "、".join(load().requirements[name].label for name in missing)
        raise Unprocessable(
            "missing_facts", f"办理此步骤还缺少：{labels}，请补充后再提交。", clause=clause, extra={"missing": missing}
        )


def move(
    session: Session,
    complaint: Complaint,
    to: Transition,
    tag: Tag,
    *,
    by: Actor,
    now: datetime,
    texts: Mapping[str, str] | None = None,
    data: trail.Data | None = None,
    **values: Any,
) -> Complaint:
    """Take a step of the stage table: stage, values, the texts that came along as sealed notes, one trail entry."""
    notes = [
        note(session, complaint, about, text, by=by, now=now) for about, text in (texts or {}).items() if text.strip()
    ]
    told = {"from": to.source, "to": to.target, **(data or {}), "notes": notes}
    since = now if to.target != to.source else complaint.stage_since
    return apply(session, complaint, tag, by=by, now=now, data=told, stage=to.target, stage_since=since, **values)


def tell(
    session: Session,
    complaint: Complaint,
    *,
    fields: Mapping[str, str],
    narrative: str,
    evidence: Sequence[Mapping[str, Any]],
    refused: Iterable[str],
    triggers: Sequence[str],
    incomplete: bool,
    judged: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> None:
    """Add what was told; ``judged``: columns of the judgement that follow. Nothing new, no change, no entry."""
    before = sealed.unseal(complaint)
    after = sealed.add(before, fields=fields, narrative=narrative, evidence=evidence, refused=refused, at=now)
    fresh = [one for one in dict.fromkeys(triggers) if one not in complaint.triggers]
    same = all(getattr(complaint, name) == value for name, value in judged.items())
    if after == before and not fresh and same and incomplete == complaint.incomplete:
        return
    for row in opening.trigger_rows([*complaint.triggers, *fresh])[len(complaint.triggers) :]:
        complaint.trigger_rows.append(row)
    changed = sorted(name for name in after.fields if after.fields[name] != before.fields.get(name))
    data: dict[str, Any] = {
        "fields": changed,
        "statement": len(after.narratives) > len(before.narratives),
        "incomplete": incomplete,
    }
    if judged.get("category", complaint.category) != complaint.category:
        data |= {"category": judged["category"], "previous_category": complaint.category}
    apply(
        session,
        complaint,
        Tag.COMPLAINT_SUPPLEMENTED,
        by=by,
        now=now,
        data=data,
        incomplete=incomplete,
        urgent=complaint.urgent or bool(fresh),
        **judged,
        **sealed.seal(complaint, after),
    )
    if "category" in data:
        opening.add_tasks(session, complaint)
        clocks.recompute(session, complaint)
    record_triggers(session, complaint, fresh, by=by, now=now)


def apply(
    session: Session, complaint: Complaint, tag: Tag, *, by: Actor, now: datetime, data: trail.Data, **values: Any
) -> Complaint:
    """The single act: columns, clocks, version and trail entry, in this transaction or not at all."""
    for name, value in values.items():
        setattr(complaint, name, value)
    complaint.changed_at = now
    complaint.version += 1
    clocks.recompute(session, complaint)
    told = {**data, "version": complaint.version}
    trail.record(session, tag, actor=by, subject=complaint.subject, data=told, now=now)
    session.refresh(complaint, ["unit", "first_responder", "handler"])
    return complaint


def note(session: Session, complaint: Complaint, about: str, body: str, *, by: Actor, now: datetime) -> int:
    """Keep a free text sealed beside the complaint and return its number for the trail."""
    body = body.strip()
    if len(body) > LONGEST_NOTE:
        raise Unprocessable("note_too_long", f"文字超过 {LONGEST_NOTE} 字，请精简后再提交。")
    note_id = store.next_note_id(session)
    sealed_body = sealed.seal_note(note_id, body)
    session.add(Note(id=note_id, complaint_id=complaint.id, about=about, body=sealed_body, author=str(by), at=now))
    session.flush()
    return note_id


def record_reveal(session: Session, complaint: Complaint, reason: str, *, by: Actor, now: datetime) -> None:
    """第三条规矩：who saw personal data, when and why. The complaint itself does not change."""
    if not reason.strip():
        raise Unprocessable("reason_missing", "请写明查看完整个人信息的理由。", clause="个人信息保护法第五十一条")
    told = {"notes": [note(session, complaint, "reveal", reason, by=by, now=now)]}
    trail.record(session, Tag.COMPLAINT_REVEALED, actor=by, subject=complaint.subject, data=told, now=now)


def record_triggers(
    session: Session, complaint: Complaint, triggers: Sequence[str], *, by: Actor, now: datetime
) -> None:
    """第三条（三）: one entry for all reasons of immediate report found at once."""
    if triggers:
        told = {"triggers": list(triggers)}
        trail.record(session, Tag.COMPLAINT_URGENT, actor=by, subject=complaint.subject, data=told, now=now)


def _there(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value is not False


def _changed_meanwhile(session: Session, complaint: Complaint) -> Conflict:
    last = audit.latest_of(session, complaint.subject, but_not=CHANGES_NOTHING)
    if last is None:
        return Conflict("version_conflict", "该投诉已有变化，请刷新后再操作。", extra={"version": complaint.version})
    named = people.names(session, [int(last.actor_id)]) if last.actor_kind == "person" else {}
    who = display.who(last, named)
    return Conflict(
        "version_conflict",
        f"{who}已于 {show(last.at)} {sentence(last.tag)}，请刷新后再操作。",
        extra={
            "by": f"{last.actor_kind}:{last.actor_id}",
            "tag": last.tag,
            "at": last.at.isoformat(),
            "version": complaint.version,
        },
    )
