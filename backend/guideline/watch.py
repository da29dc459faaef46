"""Who is told when a clock comes near or lapses, and how a roster is called: the tables of ``watch.yml``.

clock, alarm | periods of the rulebook, calendar -> the day it fires                 fires_on
page, attempts -> roles that are called now; whether others are called too           called, widened
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backend.guideline import parts
from backend.guideline.entries import Entry

if TYPE_CHECKING:
    from backend.guideline.calendar import Calendar
    from backend.guideline.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a clock gives rise to. ``before``/``after``: name of the period from its due day; neither: when it is over.

    ``governing``: only for clocks past which the complaint is late. Told are its handler (``handler``), people of its
    unit in ``roles``, and the units of ``kinds``.
    """

    id: str
    label: str
    clause: str
    before: str | None
    after: str | None
    governing: bool
    handler: bool
    roles: frozenset[str]
    kinds: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Paging:
    """How a roster is called for an immediate report. ``order``: roles, the first one that is there is called first.

    ``again``: name of the period after which an unanswered page is repeated; ``widen_after``: so many pages later the
    whole roster is called and the units of ``backup`` as well; ``at_most``: pages to one unit about one reason.
    """

    order: tuple[str, ...]
    again: str
    widen_after: int
    backup: tuple[str, ...]
    at_most: int
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """The tables of ``watch.yml``, by id and in file order."""

    alarms: Mapping[str, Alarm]
    paging: Paging


def fires_on(alarm: Alarm, due_on: date, *, calendar: "Calendar", rulebook: "Rulebook") -> date:
    """The day from which the alarm is given for a clock due on ``due_on``; for a lapse, the day after."""
    if alarm.before:
        return calendar.add_workdays(due_on, -rulebook.period(alarm.before, due_on).value)
    if alarm.after:
        return calendar.add_workdays(due_on, rulebook.period(alarm.after, due_on).value)
    return due_on + timedelta(days=1)


def called(paging: Paging, attempt: int, held: Collection[str]) -> frozenset[str]:
    """The roles called by the page number ``attempt``, out of those somebody in the unit holds. Empty: nobody is."""
    there = [role for role in paging.order if role in held]
    return frozenset(there if widened(paging, attempt) else there[:1])


def widened(paging: Paging, attempt: int) -> bool:
    """第三条（三）：马上报告。 Whether by now everybody is called, and others beside them."""
    return attempt > paging.widen_after


def build(file: Entry) -> Watch:
    """The values of the file; references are not looked up yet."""
    file.only("alarms", "paging")
    return Watch(parts.keyed(file.entries("alarms"), _alarm), _paging(file.child("paging")))


def check(book: "Rulebook", file: Entry) -> None:
    """Every name is known; an alarm counts in working days; whoever is paged may also acknowledge."""
    for entry in file.entries("alarms"):
        _known(entry.entries("roles"), book.roles, "role")
        _known(entry.entries("kinds"), book.unit_kinds, "unit kind")
        for key in ("before", "after"):
            if key in entry:
                _period(entry.child(key), book, "workday")
    paging = file.child("paging")
    _known(paging.entries("order"), book.acts["acknowledge_trigger"].roles, "role that may acknowledge")
    _known(paging.entries("backup"), book.unit_kinds, "unit kind")
    _period(paging.child("again"), book, "minute")


def _alarm(entry: Entry) -> Alarm:
    entry.only("id", "label", "clause", "before", "after", "governing", "handler", "roles", "kinds", "confirmed")
    if "before" in entry and "after" in entry:
        raise entry.wrong("an alarm is given before a clock is over or after it, not both")
    return Alarm(
        id=entry.text("id"),
        label=entry.text("label"),
        clause=entry.text("clause"),
        before=entry.text("before") if "before" in entry else None,
        after=entry.text("after") if "after" in entry else None,
        governing=entry.flag("governing"),
        handler=entry.flag("handler"),
        roles=frozenset(entry.texts("roles")),
        kinds=entry.texts("kinds"),
        confirmed=entry.flag("confirmed", True),
    )


def _paging(entry: Entry) -> Paging:
    entry.only("clause", "order", "again", "widen_after", "backup", "at_most", "confirmed")
    if not 0 < entry.integer("widen_after") < entry.integer("at_most"):
        raise entry.child("at_most").wrong("at_most must exceed widen_after, and both be positive")
    return Paging(
        order=entry.texts("order"),
        again=entry.text("again"),
        widen_after=entry.integer("widen_after"),
        backup=entry.texts("backup"),
        at_most=entry.integer("at_most"),
        clause=entry.text("clause"),
        confirmed=entry.flag("confirmed", True),
    )


def _known(names: list[Entry], known: Collection[str], what: str) -> None:
    for name in names:
        if name.words() not in known:
            raise name.wrong(f"no {what} {name.words()!r}; known: {', '.join(sorted(known))}")


def _period(name: Entry, book: "Rulebook", unit: str) -> None:
    _known([name], book.deadlines, "deadline")
    if any(value.unit != unit for value in book.deadlines[name.words()].values):
        raise name.wrong(f"{name.words()!r} must be counted in the unit {unit!r}")
