"""From the entries of each rulebook file to its values: one function per file, shapes checked, nothing looked up.

What refers to another file (a unit kind, a role, a deadline) is checked in ``references.py``.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from backend.guideline.entries import Entry
from backend.guideline.values import (
    Act,
    Category,
    Channel,
    Danger,
    Dated,
    Deadline,
    Duty,
    Field,
    Hotline,
    Human,
    Label,
    Notice,
    OfficeHours,
    Role,
    Separation,
    Setting,
    Stage,
    Thresholds,
    Transition,
    Trigger,
    Unit,
    UnitKind,
    Wording,
    WordList,
    WordRule,
)


def keyed[T](entries: Sequence[Entry], build: Callable[[Entry], T]) -> Mapping[str, T]:
    """The entries by their ``id``, in file order. An id that stands twice is wrong."""
    found: dict[str, T] = {}
    for entry in entries:
        name = entry.text("id")
        if name in found:
            raise entry.wrong(f"id {name!r} stands twice")
        found[name] = build(entry)
    return MappingProxyType(found)


def share(entry: Entry, key: str) -> float:
    """A probability."""
    value = entry.number(key)
    if not 0 <= value <= 1:
        raise entry.child(key).wrong("a probability from 0 to 1 is expected")
    return value


def choice(entry: Entry, key: str, *known: str) -> str:
    value = entry.text(key)
    if value not in known:
        raise entry.child(key).wrong(f"{value!r} is none of: {', '.join(known)}")
    return value


def label(entry: Entry) -> Label:
    entry.only("id", "label")
    return Label(entry.text("id"), entry.text("label"))


def field(entry: Entry) -> Field:
    entry.only("id", "label", "personal", "sensitive")
    return Field(entry.text("id"), entry.text("label"), entry.flag("personal", False), entry.flag("sensitive", False))


def channel(entry: Entry) -> Channel:
    entry.only("id", "label", "clause", "by_hand")
    return Channel(entry.text("id"), entry.text("label"), entry.text("clause"), entry.flag("by_hand", False))


def duty(entry: Entry) -> Duty:
    entry.only("id", "label", "owner", "due", "clause", "when")
    return Duty(*(entry.text(key) for key in ("id", "label", "clause", "owner", "due", "when")))


def category(entry: Entry) -> Category:
    entry.only("id", "label", "plain", "clause", "scope", "handled_by", "reports_to", "at_once", "asks", "tasks")
    return Category(
        entry.text("id"),
        entry.text("label"),
        entry.text("plain"),
        entry.texts("scope"),
        entry.text("clause"),
        entry.text("handled_by"),
        entry.texts("reports_to"),
        entry.flag("at_once"),
        entry.texts("asks", optional=True),
        tuple(keyed(entry.entries("tasks"), duty).values()),
    )


def thresholds(entry: Entry) -> Thresholds:
    entry.only("floor", "certain", "margin", "secondary", "never_forced", "clause", "confirmed")
    return Thresholds(
        share(entry, "floor"),
        share(entry, "certain"),
        share(entry, "margin"),
        share(entry, "secondary"),
        entry.texts("never_forced"),
        entry.text("clause"),
        entry.flag("confirmed", True),
    )


def trigger(entry: Entry) -> Trigger:
    entry.only("id", "label", "clause", "immediate", "threshold", "reports_to", "authorities", "confirmed")
    return Trigger(
        entry.text("id"),
        entry.text("label"),
        entry.text("clause"),
        entry.flag("immediate"),
        share(entry, "threshold"),
        entry.texts("reports_to"),
        entry.texts("authorities"),
        entry.flag("confirmed", True),
    )


def dated(entry: Entry) -> Dated:
    entry.only("from", "value", "unit", "clause", "confirmed")
    if entry.integer("value") < 0:
        raise entry.child("value").wrong("a period cannot be negative")
    return Dated(
        entry.day("from"),
        entry.integer("value"),
        choice(entry, "unit", "workday", "day", "month", "minute"),
        entry.text("clause"),
        entry.flag("confirmed", True),
    )


def deadline(entry: Entry) -> Deadline:
    entry.only("id", "label", "governs", "stages", "values")
    values = tuple(dated(value) for value in entry.entries("values"))
    if not values:
        raise entry.wrong("a deadline needs at least one dated value")
    if any(later.since <= earlier.since for earlier, later in pairwise(values)):
        raise entry.child("values").wrong("dated values must stand in order, each from a later day than the one before")
    return Deadline(
        entry.text("id"), entry.text("label"), entry.flag("governs"), entry.texts("stages", optional=True), values
    )


def setting(entry: Entry) -> Setting:
    entry.only("id", "label", "value", "choices", "clause", "confirmed")
    choices = {word: said.words() for word, said in entry.child("choices").items()}
    return Setting(
        entry.text("id"),
        entry.text("label"),
        choice(entry, "value", *choices),
        MappingProxyType(choices),
        entry.text("clause"),
        entry.flag("confirmed", True),
    )


def stage(entry: Entry) -> Stage:
    entry.only("id", "label", "customer", "open")
    return Stage(entry.text("id"), entry.text("label"), entry.text("customer"), entry.flag("open"))


def transition(entry: Entry) -> Transition:
    entry.only("from", "to", "act", "label", "roles", "clause", "requires")
    return Transition(
        entry.text("from"),
        entry.text("to"),
        entry.text("act"),
        entry.text("label"),
        entry.texts("roles"),
        entry.text("clause"),
        entry.texts("requires"),
    )


def unit_kind(entry: Entry) -> UnitKind:
    entry.only("id", "label", "clause", "sees_all", "handles")
    return UnitKind(
        entry.text("id"), entry.text("label"), entry.text("clause"), entry.flag("sees_all"), entry.flag("handles")
    )


def unit(entry: Entry) -> Unit:
    entry.only("id", "code", "kind", "label", "names", "clause")
    code = entry.text("code")
    if len(code) != 2 or not (code.isascii() and code.isdigit()):
        raise entry.child("code").wrong("a unit code is two digits in quotes")
    return Unit(
        entry.text("id"), code, entry.text("kind"), entry.text("label"), entry.texts("names"), entry.text("clause")
    )


def role(entry: Entry) -> Role:
    entry.only("id", "label", "clause")
    return Role(entry.text("id"), entry.text("label"), entry.text("clause"))


def act(entry: Entry) -> Act:
    entry.only("id", "label", "clause", "roles", "scope", "anywhere", "facts", "confirmed")
    return Act(
        entry.text("id"),
        entry.text("label"),
        entry.text("clause"),
        frozenset(entry.texts("roles")),
        choice(entry, "scope", "own_unit", "all_units"),
        frozenset(entry.texts("anywhere")),
        entry.flag("facts"),
        entry.flag("confirmed", True),
    )


def separation(entry: Entry) -> Separation:
    entry.only("id", "acts", "roles", "involvement", "reason", "clause")
    return Separation(
        entry.text("id"),
        frozenset(entry.texts("acts")),
        frozenset(entry.texts("roles")),
        frozenset(entry.texts("involvement")),
        entry.text("reason"),
        entry.text("clause"),
    )


def human(entry: Entry) -> Human:
    entry.only("clause", "keys", "whole", "patterns", "excepts")
    return Human(
        entry.texts("keys"),
        entry.texts("whole"),
        entry.patterns("patterns"),
        entry.patterns("excepts"),
        entry.text("clause"),
    )


def danger(entry: Entry) -> Danger:
    entry.only("clause", "patterns", "excepts")
    return Danger(entry.patterns("patterns"), entry.patterns("excepts"), entry.text("clause"))


def office_hours(entry: Entry) -> OfficeHours:
    """Periods in order, none overlapping another, each opening before it closes."""
    entry.only("days", "periods", "clause", "confirmed")
    periods = tuple(period.period() for period in entry.entries("periods"))
    bounds = [bound for period in periods for bound in period]
    if not periods or bounds != sorted(bounds) or any(start == end for start, end in periods):
        raise entry.child("periods").wrong("periods must stand in order and not overlap")
    return OfficeHours(
        choice(entry, "days", "workday", "trading_day"), periods, entry.text("clause"), entry.flag("confirmed", True)
    )


def hotline(entry: Entry) -> Hotline:
    entry.only("phone", "key_for_person", "clause")
    return Hotline(entry.text("phone"), entry.text("key_for_person"), entry.text("clause"))


def word_list(entry: Entry) -> WordList:
    entry.only("id", "label", "clause", "speakers")
    return WordList(entry.text("id"), entry.text("label"), entry.text("clause"), frozenset(entry.texts("speakers")))


def word_rule(entry: Entry) -> WordRule:
    entry.only("id", "list", "clause", "patterns", "safe", "spans_clauses", "rewrite")
    return WordRule(
        entry.text("id"),
        entry.text("list"),
        entry.text("clause"),
        entry.patterns("patterns"),
        entry.patterns("safe", optional=True),
        entry.flag("spans_clauses"),
        entry.text("rewrite"),
    )


def wording(entry: Entry) -> Wording:
    entry.only("lists", "safe", "rules", "traditional")
    lists = keyed(entry.entries("lists"), word_list)
    for rule in entry.entries("rules"):
        if rule.text("list") not in lists:
            raise rule.child("list").wrong(f"no list {rule.text('list')!r}; known: {', '.join(lists)}")
    traditional = {}
    for written, simple in entry.child("traditional").items():
        if len(written) != 1 or len(simple.words()) != 1:
            raise simple.wrong("one character for one character")
        traditional[written] = simple.words()
    return Wording(
        lists,
        tuple(keyed(entry.entries("rules"), word_rule).values()),
        entry.patterns("safe"),
        MappingProxyType(traditional),
    )


def notice(house: Mapping[str, str]) -> Callable[[Entry], Notice]:
    """A builder of notices whose blanks named in ``house`` are filled; what is left must be declared in ``fills``."""

    def build(entry: Entry) -> Notice:
        entry.only("id", "version", "clause", "text", "fills", "confirmed")
        fills = entry.texts("fills", optional=True)
        text = entry.child("text")
        try:
            words = text.words().format(**house, **{name: f"{{{name}}}" for name in fills})
        except (KeyError, IndexError, ValueError) as error:
            raise text.wrong(f"a blank that nobody fills: {error}") from error
        for name in fills:
            if f"{{{name}}}" not in words:
                raise entry.child("fills").wrong(f"{name!r} has no blank in the text")
        return Notice(
            entry.text("id"), entry.text("version"), entry.text("clause"), words, fills, entry.flag("confirmed", True)
        )

    return build
