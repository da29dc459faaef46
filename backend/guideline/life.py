"""What the working through of a complaint may say and has to create: the options and conditions of ``life.yml``.

finding | the category's and the general duties -> tasks                duties_for
kind, kind, accepted? -> Conversion or None                             conversion
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.guideline import parts
from backend.guideline.entries import Entry
from backend.guideline.values import Duty, Label

if TYPE_CHECKING:
    from backend.guideline.rulebook import Rulebook

CLOSED, DISSATISFIED = "closed", "dissatisfied"  # events beside the findings, to which tasks belong


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a revisit ended. ``reached``: somebody was spoken to. ``dissatisfied``: it is reported (第二十三条)."""

    id: str
    label: str
    reached: bool
    dissatisfied: bool


@dataclass(frozen=True, slots=True)
class Conversion:
    """第十五条: from one kind to another. ``after_acceptance``: also then, by whoever does the work."""

    id: str
    source: str
    target: str
    after_acceptance: bool
    needs: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of pieces with its clause; not ``confirmed``: 待合规确认."""

    value: int
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What must have been done or told before, with its clause."""

    what: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Life:
    """The tables of ``life.yml``, by id and in file order."""

    told_by: Mapping[str, Label]
    findings: Mapping[str, Label]
    revisit_outcomes: Mapping[str, Outcome]
    revisit_attempts: Amount
    root_causes: Mapping[str, Label]
    work: Mapping[str, Label]
    malicious: Needs
    further_extension: Needs
    group: Amount
    conversions: Mapping[str, Conversion]
    tasks: tuple[Duty, ...]


def duties_for(events: Collection[str], category: str | None, rulebook: "Rulebook") -> tuple[Duty, ...]:
    """第十六条、第十八条、第二十三条: the tasks that come with a finding, a closing or a dissatisfied revisit."""
    of_category = rulebook.categories[category].tasks if category else ()
    return tuple(duty for duty in (*of_category, *rulebook.life.tasks) if duty.when in events)


def conversion(source: str, target: str, rulebook: "Rulebook") -> Conversion | None:
    """第十五条: the way from one kind to the other, None when there is none."""
    ways = rulebook.life.conversions.values()
    return next((way for way in ways if (way.source, way.target) == (source, target)), None)


def build(file: Entry) -> Life:
    """The values of ``life.yml``; names of other files are checked by ``check``."""
    file.only(
        "told_by", "findings", "revisit_outcomes", "revisit", "root_causes", "work", "malicious", "further_extension",
        "group", "conversions", "tasks",
    )  # fmt: skip

    def labels(key: str) -> Mapping[str, Label]:
        return parts.keyed(file.entries(key), parts.label)

    work = labels("work")
    return Life(
        told_by=labels("told_by"),
        findings=labels("findings"),
        revisit_outcomes=parts.keyed(file.entries("revisit_outcomes"), _outcome),
        revisit_attempts=_amount(file.child("revisit"), "attempts"),
        root_causes=labels("root_causes"),
        work=work,
        malicious=_needs(file.child("malicious"), "needs", work),
        further_extension=_needs(file.child("further_extension"), "reports_to", None),
        group=_amount(file.child("group"), "at_least"),
        conversions=parts.keyed(file.entries("conversions"), _conversion),
        tasks=tuple(parts.keyed(file.entries("tasks"), parts.duty).values()),
    )


def check(book: "Rulebook", file: Entry) -> None:
    """RulebookError at the first name of another file, or event, that there is not."""
    events = {*book.life.findings, CLOSED, DISSATISFIED}
    for entry in file.entries("tasks"):
        _known(entry, "owner", {*book.unit_kinds, "handling_unit"})
        _known(entry, "due", book.deadlines)
        _known(entry, "when", events)
    for entry in file.entries("conversions"):
        _known(entry, "from", book.kinds)
        _known(entry, "to", book.kinds)
        for need in entry.entries("needs"):
            if need.words() not in book.requirements:
                raise need.wrong(f"no requirement {need.words()!r}")
    for kind in file.child("further_extension").entries("reports_to"):
        if kind.words() not in book.unit_kinds:
            raise kind.wrong(f"no unit kind {kind.words()!r}")


def _known(entry: Entry, key: str, known: Collection[str]) -> None:
    if entry.text(key) not in known:
        raise entry.child(key).wrong(f"{entry.text(key)!r} is none of: {', '.join(sorted(known))}")


def _outcome(entry: Entry) -> Outcome:
    entry.only("id", "label", "reached", "dissatisfied")
    return Outcome(entry.text("id"), entry.text("label"), entry.flag("reached"), entry.flag("dissatisfied"))


def _conversion(entry: Entry) -> Conversion:
    entry.only("id", "from", "to", "after_acceptance", "needs", "clause")
    return Conversion(
        entry.text("id"), entry.text("from"), entry.text("to"), entry.flag("after_acceptance"), entry.texts("needs"),
        entry.text("clause"),
    )  # fmt: skip


def _amount(entry: Entry, key: str) -> Amount:
    entry.only(key, "clause", "confirmed")
    if entry.integer(key) < 1:
        raise entry.child(key).wrong("at least one is expected")
    return Amount(entry.integer(key), entry.text("clause"), entry.flag("confirmed", True))


def _needs(entry: Entry, key: str, known: Collection[str] | None) -> Needs:
    entry.only(key, "clause")
    for need in entry.entries(key):
        if known is not None and need.words() not in known:
            raise need.wrong(f"{need.words()!r} is none of: {', '.join(known)}")
    return Needs(entry.texts(key), entry.text("clause"))
