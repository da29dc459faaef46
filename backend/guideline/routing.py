"""Where a complaint goes, who is told, and when a customer reaches a person.

category, triggers, branch -> Route          (第四条、第十六条、第三条（三）)
text -> wants a person? in danger?           (第三条（四）、第三条（三）)
moment -> is somebody there, and when next   (第十二条)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

from backend.guideline.calendar import SHANGHAI, Calendar, local
from backend.guideline.normal import CLAUSE, normalise
from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Unit


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told of a complaint besides its own unit. ``unit``: unit id. ``at_once``: page, do not queue."""

    unit: str
    why: str
    clause: str
    at_once: bool


@dataclass(frozen=True, slots=True)
class Route:
    """``unit``: id of the unit that works on it. ``tells``: in the order of the rules, each unit once."""

    unit: str
    tells: tuple[Tell, ...]
    clause: str
    why: str


def route(
    *,
    category: str | None,
    triggers: Iterable[str],
    branch: str | None,
    rulebook: Rulebook,
    units: Sequence[Unit] | None = None,
) -> Route:
    """第四条：客户服务中心及营业部具体经办；第十六条：各类向谁报告；第三条（三）：哪些情况马上报告。

    ``category``: id, or None while it is not clear. ``triggers``: ids. ``branch``: a unit id or the customer's words
    (天河营业部). ``units``: the organisation as it is now; without it the one of the rulebook. KeyError for a category
    or trigger there is not.
    """
    there = tuple(units) if units is not None else tuple(rulebook.units.values())
    found = find_unit(branch, there) if branch else None
    unit, clause, why = rulebook.default_unit, rulebook.routing_clause, "类别尚未确定"
    if category is not None:
        rule = rulebook.categories[category]
        clause, why = rule.clause, f"{rule.label}投诉"
        if found is not None and found.kind == rule.handled_by:
            unit = found.id
        elif rule.handled_by != rulebook.units[rulebook.default_unit].kind:
            why += "，未能确定营业部"
    label = next((known.label for known in there if known.id == unit), rulebook.units[rulebook.default_unit].label)
    return Route(unit, _tells(category, triggers, unit, there, rulebook), clause, f"{why}，由{label}经办")


def find_unit(words: str, units: Iterable[Unit]) -> Unit | None:
    """The unit meant by an id, its name or one of the names people use; None when none or several could be meant."""
    known = tuple(units)
    exact = [unit for unit in known if words.strip() in (unit.id, unit.label, *unit.names)]
    within = exact or [unit for unit in known if any(name in words for name in (unit.label, *unit.names))]
    return within[0] if len(within) == 1 else None


def _tells(
    category: str | None, triggers: Iterable[str], unit: str, units: Sequence[Unit], rulebook: Rulebook
) -> tuple[Tell, ...]:
    """Each unit once; an immediate reason beats one that can wait."""
    given = set(triggers)
    unknown = given - set(rulebook.triggers)
    if unknown:
        raise KeyError(f"no trigger {', '.join(sorted(unknown))}")
    reasons = [
        (kind, trigger.label, trigger.clause, trigger.immediate)
        for trigger in rulebook.triggers.values()
        if trigger.id in given
        for kind in trigger.reports_to
    ]
    if category is not None:
        rule = rulebook.categories[category]
        reasons += [(kind, f"{rule.label}投诉", rule.clause, rule.at_once) for kind in rule.reports_to]
    told: dict[str, Tell] = {}
    for kind, why, clause, at_once in reasons:
        for other in units:
            if other.kind != kind or other.id == unit:
                continue
            if other.id not in told or (at_once and not told[other.id].at_once):
                told[other.id] = Tell(other.id, why, clause, at_once)
    return tuple(told.values())


def wants_human(text: str, rulebook: Rulebook) -> bool:
    """第三条（四）：不得以任何理由推诿。Whether this utterance asks for a person; honoured the first time."""
    normal = normalise(text, rulebook.wording.traditional)
    human = rulebook.human
    if normal.text in human.keys or normal.text in human.whole:
        return True
    return _asks(text, human.patterns, human.excepts, rulebook)


def in_danger(text: str, rulebook: Rulebook) -> bool:
    """第三条（三）：意外、骚动须马上报告。

    Whether somebody's life or limb may be at risk; a false alarm costs less than silence.
    """
    return _asks(text, rulebook.danger.patterns, rulebook.danger.excepts, rulebook)


def _asks(text: str, patterns: tuple[str, ...], excepts: tuple[str, ...], rulebook: Rulebook) -> bool:
    """A pattern matches inside one clause, once the exceptions are taken out of it (把手机砸了，你们…)."""
    normal = normalise(text, rulebook.wording.traditional)
    bounds = [0, *(at for at in range(1, len(normal.text)) if normal.gaps[at] >= CLAUSE), len(normal.text)]
    for start, end in pairwise(bounds):
        clause = _compiled(excepts).sub("\n", normal.text[start:end])
        if _compiled(patterns).search(clause):
            return True
    return False


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def office_open(at: datetime, calendar: Calendar, rulebook: Rulebook) -> bool:
    """第十二条：投诉电话至少在营业时间内有人值守。Whether ``at`` is within it; the closing minute is not."""
    there = local(at)
    return _staffed(there.date(), calendar, rulebook) and any(
        start <= there.time() < end for start, end in rulebook.office_hours.periods
    )


def next_opening(at: datetime, calendar: Calendar, rulebook: Rulebook) -> datetime:
    """The first moment from ``at`` on when somebody is there: ``at`` itself during office hours. In Shanghai time."""
    there = local(at)
    if office_open(at, calendar, rulebook):
        return there
    day = there.date()
    while True:
        if _staffed(day, calendar, rulebook):
            for start, _ in rulebook.office_hours.periods:
                opening = datetime.combine(day, start, SHANGHAI)
                if opening >= there:
                    return opening
        day += timedelta(days=1)


def _staffed(day: date, calendar: Calendar, rulebook: Rulebook) -> bool:
    kept = {"workday": calendar.is_workday, "trading_day": calendar.is_trading_day}
    return kept[rulebook.office_hours.days](day)
