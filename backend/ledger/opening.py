"""What a complaint gets when it is registered: unit, number, a named first responder, who must stand aside, tasks.

new | check words | route | number | first responder | involved | tasks -> Complaint
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts import store as people
from backend.accounts.models import Unit
from backend.accounts.values import Viewer
from backend.clock import local_date
from backend.errors import Forbidden, Unavailable, Unprocessable
from backend.guideline import duties, numbers, routing, stages
from backend.guideline.rulebook import Rulebook, load
from backend.guideline.values import Duty, Verdict
from backend.ledger import sealed, store
from backend.ledger.models import Complaint, ComplaintTrigger, Involvement, Task
from backend.ledger.values import NewComplaint

RESPONDER_ROLES = ("officer", "handler", "branch_head")  # 第五条: the named officer first
TRANSFERRED = "csrc12386"  # 第二十一条: the channel whose complaints have a clock of their own
ALWAYS, OWN_UNIT = "always", "handling_unit"


def demand_known_words(new: NewComplaint, rulebook: Rulebook) -> None:
    """Unprocessable when a word is not in the rulebook's vocabulary."""
    words = {
        "kind": ([new.kind], rulebook.kinds),
        "category": ([new.category] if new.category else [], rulebook.categories),
        "secondary": (new.secondary, rulebook.categories),
        "trigger": (new.triggers, rulebook.triggers),
        "emotion": ([new.emotion], rulebook.emotions),
        "channel": ([new.channel], rulebook.channels),
        "field": ([*new.fields, *new.refused], rulebook.fields),
    }
    for what, (given, known) in words.items():
        for word in given:
            if word not in known:
                raise Unprocessable(
                    "unknown_word", "提交的内容含有规则库以外的分类或字段，请检查后重试。", extra={"what": what}
                )


def open_complaint(
    session: Session, new: NewComplaint, *, viewer: Viewer | None, now: datetime, rulebook: Rulebook
) -> Complaint:
    """Build and add the complaint with everything that belongs to it. The caller holds the trail's lock.

    ``viewer``: the person who registers it, None for a program. Forbidden when that person may not.
    """
    unit = _unit(session, new, rulebook)
    aside = _named_in(session, new)
    if viewer is not None:
        verdict = _may("register", viewer, unit, aside)
        if not verdict.allowed:
            raise Forbidden("may_not_register", f"{verdict.reason}。", clause=verdict.clause)
    today = local_date(now)
    first = viewer.person_id if viewer else _first_responder(session, unit, aside, now=now, rulebook=rulebook)
    running = store.next_running(session, today, unit.code)
    complaint = Complaint(
        id=store.next_complaint_id(session),
        number=numbers.make(today, unit.code, running),
        source_key=new.source_key,
        digest=sealed.digest(new),
        version=1,
        kind=new.kind,
        category=new.category,
        category_certain=new.category_certain,
        secondary=list(new.secondary),
        ranking=[[category, share] for category, share in new.ranking],
        emotion=new.emotion,
        urgent=bool(new.triggers),
        incomplete=new.incomplete,
        stage=stages.first(rulebook),
        channel=new.channel,
        conversation_id=new.conversation_id,
        rulebook_version=rulebook.version,
        received_at=new.received_at,
        transferred_at=new.received_at if new.channel == TRANSFERRED else None,
        registered_at=now,
        stage_since=now,
        changed_at=now,
        unit_id=unit.id,
        first_responder_id=first,
    )
    for column, value in sealed.seal(complaint, sealed.told(new)).items():
        setattr(complaint, column, value)
    complaint.trigger_rows = trigger_rows(new.triggers)
    session.add(complaint)
    session.flush()
    session.add_all(Involvement(complaint_id=complaint.id, person_id=one, marked_at=now) for one in sorted(aside))
    session.flush()
    opened = store.by_number(session, complaint.number)
    assert opened is complaint  # now with unit and people loaded
    add_tasks(session, complaint)
    return complaint


def trigger_rows(triggers: Iterable[str]) -> list[ComplaintTrigger]:
    return [ComplaintTrigger(trigger=one, position=at) for at, one in enumerate(dict.fromkeys(triggers))]


def _unit(session: Session, new: NewComplaint, rulebook: Rulebook) -> Unit:
    route = routing.route(
        category=new.category, triggers=new.triggers, branch=new.fields.get("branch"), rulebook=rulebook
    )
    unit = people.unit_by_key(session, route.unit)
    if unit is None:
        raise Unavailable("no_organisation", "组织机构尚未建立，暂时不能登记投诉，请联系系统管理员。")
    return unit


def _named_in(session: Session, new: NewComplaint) -> set[int]:
    """第十四条: people of the house whom the complaint names; of two with one name both stand aside."""
    named = new.fields.get("employee", "").strip()
    return {person.id for person in people.people_named(session, named)} if named else set()


def _first_responder(session: Session, unit: Unit, aside: set[int], *, now: datetime, rulebook: Rulebook) -> int:
    """第三条（四）: after a machine, a named person of the unit, else of the service centre, else of the house."""
    today = local_date(now)
    default = people.unit_by_key(session, rulebook.default_unit)
    for where in dict.fromkeys(found.id for found in (unit, default) if found):
        for role in RESPONDER_ROLES:
            for one in people.staff(session, today, unit_ids=[where], roles=[role]):
                viewer = accounts.viewer_of(session, one.person_id, now)
                if viewer and _may("accept", viewer, unit, aside).allowed:
                    return viewer.person_id
    for one in people.staff(session, today, roles=rulebook.unbound):
        return one.person_id
    raise Unavailable("nobody_responsible", "尚未登记任何可担任首问责任人的人员，请系统管理员先添加人员。")


def _may(act: str, viewer: Viewer, unit: Unit, aside: set[int]) -> Verdict:
    return duties.may(
        act,
        roles=viewer.roles,
        unit=viewer.unit,
        unit_kind=viewer.unit_kind,
        complaint_unit=unit.key,
        involvement=frozenset({"involved"} if viewer.person_id in aside else ()),
        rulebook=load(),
    )


def add_tasks(session: Session, complaint: Complaint) -> None:
    """第十六条: what this category orders in every case; what hangs on a finding comes with the finding.

    Tasks that stand already stay: a complaint whose category was corrected keeps what was begun.
    """
    duties = load(complaint.rulebook_version).categories[complaint.category].tasks if complaint.category else ()
    there = {(task.key, task.owner_unit_id) for task in store.tasks(session, complaint.id)}
    _add(session, complaint, [duty for duty in duties if duty.when == ALWAYS], there, created_at=None)


def add_duties(session: Session, complaint: Complaint, duties: Iterable[Duty], *, now: datetime) -> list[str]:
    """Tasks that come with an event; one that is open already stays one. Returns the keys of the new ones."""
    there = {(task.key, task.owner_unit_id) for task in store.tasks(session, complaint.id) if task.done_at is None}
    return _add(session, complaint, duties, there, created_at=now)


def _add(
    session: Session,
    complaint: Complaint,
    duties: Iterable[Duty],
    there: set[tuple[str, int]],
    *,
    created_at: datetime | None,
) -> list[str]:
    added: list[str] = []
    for duty in duties:
        owners = [complaint.unit] if duty.owner == OWN_UNIT else people.units_of_kind(session, duty.owner)
        for owner in owners:
            if (duty.id, owner.id) in there:
                continue
            added.append(duty.id)
            session.add(
                Task(
                    complaint_id=complaint.id,
                    key=duty.id,
                    what=duty.label,
                    clause=duty.clause,
                    owner_unit_id=owner.id,
                    due=duty.due,
                    created_at=created_at,
                )
            )
    session.flush()
    return added
