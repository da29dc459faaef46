"""From stored rows to what a person reads: Chinese labels of the complaint's own rulebook, personal values masked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from backend.audit.models import Entry
from backend.audit.tags import Tag, sentence
from backend.clock import local_date
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import sealed
from backend.ledger.calendar import load_calendar
from backend.ledger.models import Complaint, ComplaintClock, Task
from backend.ledger.sealed import Facts
from backend.ledger.values import ClockView, FieldView, Row, TaskView, TrailView
from backend.privacy.masking import mask

UNCERTAIN = "类别待定"
COMPLAINANT_FIELDS = ("name", "phone", "account", "on_behalf_of", "investor_class", "contact_hours")
SHOWN_ELSEWHERE = ("narrative", "channel", "evidence")
PEOPLE_IN_DATA = ("handler", "first_responder", "person")
TOLD_IN_WORDS = frozenset(
    (
        Tag.COMPLAINT_RESOLVING, Tag.COMPLAINT_REPLIED, Tag.COMPLAINT_REVISITED, Tag.COMPLAINT_MERGED,
        Tag.COMPLAINT_ABSORBED, Tag.COMPLAINT_LINKED, Tag.COMPLAINT_AGREED, Tag.COMPLAINT_EXTENSION_ASKED,
        Tag.COMPLAINT_EXTENSION_APPROVED, Tag.COMPLAINT_EXTENSION_REFUSED, Tag.COMPLAINT_EXTENSION_CONSENTED,
        Tag.COMPLAINT_HANDED_OVER, Tag.COMPLAINT_WORKED, Tag.COMPLAINT_CONVERTED, Tag.COMPLAINT_ACCOUNTED,
        Tag.COMPLAINT_MEASURED, Tag.COMPLAINT_CATEGORY_CHANGED,
    )
)  # fmt: skip
WATCHED = (
    Tag.CLOCK_WARNED, Tag.CLOCK_LAPSED, Tag.CLOCK_ESCALATED, Tag.TRIGGER_PAGED, Tag.TRIGGER_UNANSWERED,
    Tag.TRIGGER_ACKNOWLEDGED, Tag.AUTHORITY_TOLD,
)  # fmt: skip
ACTORS = {"bot": "智能客服", "system": "系统", "customer": "客户"}


def row(complaint: Complaint, now: datetime) -> Row:
    """One line of the queue; expects unit and people loaded, opens only the name."""
    rulebook = load(complaint.rulebook_version)
    due, running = complaint.resolve_due_at, rulebook.stages[complaint.stage].open
    return Row(
        number=complaint.number,
        version=complaint.version,
        kind=complaint.kind,
        kind_label=rulebook.kinds[complaint.kind].label,
        category=complaint.category,
        category_label=category_label(complaint.category, rulebook),
        category_certain=complaint.category_certain,
        triggers=tuple((one, rulebook.triggers[one].label) for one in complaint.triggers),
        emotion=complaint.emotion,
        emotion_label=rulebook.emotions[complaint.emotion].label,
        stage=complaint.stage,
        stage_label=rulebook.stages[complaint.stage].label,
        incomplete=complaint.incomplete,
        urgent=complaint.urgent,
        channel=complaint.channel,
        channel_label=rulebook.channels[complaint.channel].label,
        name=mask("name", sealed.personal(complaint, "name") or ""),
        received_at=complaint.received_at,
        due_at=due,
        days_left=days_left(due, now) if due and running else None,
        overdue=bool(due and running and due < now),
        unit_name=complaint.unit.name,
        first_responder=complaint.first_responder.name,
        handler=complaint.handler.name if complaint.handler else None,
    )


def category_label(category: str | None, rulebook: Rulebook) -> str:
    return rulebook.categories[category].label if category else UNCERTAIN


def days_left(due: datetime, now: datetime) -> int:
    """Working days from today to the day it is due; 0 today, negative once it is past."""
    today, last = local_date(now), local_date(due)
    if due < now:
        return -max(load_calendar().workdays_between(last, today), 1)
    return load_calendar().workdays_between(today, last)


def fields(facts: Facts, rulebook: Rulebook, *, revealed: bool) -> tuple[tuple[FieldView, ...], tuple[FieldView, ...]]:
    """(about the complainant, about the matter): every field told or refused, in the rulebook's order."""
    complainant: list[FieldView] = []
    matter: list[FieldView] = []
    for field in rulebook.fields.values():
        value, refused = facts.fields.get(field.id, ""), field.id in facts.refused
        if field.id in SHOWN_ELSEWHERE or not (value or refused):
            continue
        if not revealed:
            value = mask(field.id, value) if field.personal else text(value, facts, rulebook, revealed=False)
        view = FieldView(field.id, field.label, value, field.personal, refused)
        (complainant if field.id in COMPLAINANT_FIELDS else matter).append(view)
    return tuple(complainant), tuple(matter)


def text(body: str, facts: Facts, rulebook: Rulebook, *, revealed: bool) -> str:
    """Free text as it may be shown."""
    if revealed:
        return body
    return sealed.covered(body, facts, [field.id for field in rulebook.fields.values() if field.personal])


def evidence(facts: Facts, rulebook: Rulebook, *, revealed: bool) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {
            key: text(value, facts, rulebook, revealed=revealed) if isinstance(value, str) else value
            for key, value in one.items()
        }
        for one in facts.evidence
    )


def clock(row: ComplaintClock, now: datetime, *, running: bool) -> ClockView:
    overdue = running and row.due_at < now
    return ClockView(row.name, row.label, row.due_at, row.clause, row.why, row.provisional, row.confirmed, overdue)


def task(row: Task) -> TaskView:
    return TaskView(row.id, row.what, row.clause, row.owner_unit.name, row.due_at, row.done_at)


def trail(entries: Iterable[Entry], names: Mapping[int, str], notes: Mapping[int, str]) -> tuple[TrailView, ...]:
    """The history in Chinese. ``names``: people by id; ``notes``: free texts by id, already fit to be shown."""
    return tuple(
        TrailView(entry.seq, entry.at, who(entry, names), sentence(entry.tag), entry.tag, _detail(entry, names, notes))
        for entry in entries
    )


def who(entry: Entry, names: Mapping[int, str]) -> str:
    if entry.actor_kind == "person":
        return names.get(int(entry.actor_id), f"人员{entry.actor_id}")
    return ACTORS.get(entry.actor_kind, entry.actor_kind)


def _detail(entry: Entry, names: Mapping[int, str], notes: Mapping[int, str]) -> str:
    parts = []
    if entry.tag == Tag.COMPLAINT_ASSIGNED:
        parts.append(f"经办人员：{names.get(entry.data['handler'], entry.data['handler'])}")
    if entry.tag == Tag.COMPLAINT_INVOLVED:
        parts.append(f"涉事人员：{names.get(entry.data['person'], entry.data['person'])}")
    if entry.tag == Tag.COMPLAINT_URGENT:
        parts.append("、".join(load().triggers[name].label for name in entry.data["triggers"]))
    if entry.tag == Tag.COMPLAINT_ENTERED:
        first = entry.data["first_responder"]
        parts.append(f"首问责任人：{names.get(first, first)}")
    parts.extend(_told(entry))
    parts.extend(_watched(entry))
    parts.extend(notes[note] for note in entry.data.get("notes", ()) if note in notes)
    return "；".join(parts)


def _watched(entry: Entry) -> list[str]:
    """What the watch tells: which clock, for what reason, whom."""
    if entry.tag not in WATCHED:
        return []
    data, book = entry.data, load()
    tables: dict[str, Mapping[str, Any]] = {
        "clock": book.deadlines, "trigger": book.triggers, "unit": book.units, "authority": book.authorities,
    }  # fmt: skip
    said = [table[data[key]].label for key, table in tables.items() if data.get(key) in table]
    said += [book.triggers[one].label for one in data.get("triggers", ()) if one in book.triggers]
    said += [f"到期日 {data['due']}"] if "due" in data else []
    said += [f"第 {data['attempt']} 次"] if "attempt" in data else []
    return [*said, *([f"告知 {len(data['told'])} 人"] if "told" in data else [])]


def _told(entry: Entry) -> list[str]:
    """What an entry of the working life tells in words of the rulebook."""
    data, book = entry.data, load()
    words: dict[str, Mapping[str, Any]] = {
        "work": book.life.work,
        "outcome": book.life.revisit_outcomes,
        "told_by": book.life.told_by,
        "cause": book.life.root_causes,
        "unit": book.units,
        "category": book.categories,
        "kind": book.kinds,
    }
    if entry.tag not in TOLD_IN_WORDS:
        return []
    said = [table[data[key]].label for key, table in words.items() if data.get(key) in table]
    said += [book.life.findings[one].label for one in data.get("found", ()) if one in book.life.findings]
    said += [f"{data['workdays']} 个工作日"] if data.get("workdays") else []
    said += [str(data[key]) for key in ("until", "agreed_on", "into", "merged") if data.get(key)]
    return [*said, *(str(number) for number in data.get("others", ()))]
