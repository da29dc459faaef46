"""What one file of the rulebook says about another: every name that is used must exist, or file and line are named."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from backend.guideline.entries import Entry

if TYPE_CHECKING:
    from backend.guideline.rulebook import Rulebook


def check(book: "Rulebook", files: Mapping[str, Entry]) -> None:
    """Raises RulebookError at the first name that leads nowhere and at the first contradiction between tables."""
    _categories(book, files["categories"])
    _triggers(book, files["triggers"])
    _units(book, files["units"])
    _duties(book, files["duties"])
    _stages(book, files["stages"])
    _routing(book, files["routing"])
    _deadlines(book, files["deadlines"])


def _known(entry: Entry, key: str, known: Collection[str], what: str) -> None:
    """The name, or each name of the list, under ``key`` is one of ``known``."""
    child = entry.child(key)
    names = [child] if child.is_scalar() else entry.entries(key)
    for name in names:
        if name.words() not in known:
            raise name.wrong(f"no {what} {name.words()!r}; known: {', '.join(known)}")


def _categories(book: "Rulebook", file: Entry) -> None:
    _known(file.child("judging"), "never_forced", book.categories, "category")
    for entry in file.entries("categories"):
        _known(entry, "reports_to", book.unit_kinds, "unit kind")
        handling = [kind.id for kind in book.unit_kinds.values() if kind.handles]
        _known(entry, "handled_by", handling, "handling unit kind")
        if "asks" in entry:
            _known(entry, "asks", book.fields, "field")
        for task in entry.entries("tasks"):
            _known(task, "owner", [*book.unit_kinds, "handling_unit"], "unit kind")
            _known(task, "due", book.deadlines, "deadline")


def _triggers(book: "Rulebook", file: Entry) -> None:
    for entry in file.entries("triggers"):
        _known(entry, "reports_to", book.unit_kinds, "unit kind")
        _known(entry, "authorities", book.authorities, "authority")


def _units(book: "Rulebook", file: Entry) -> None:
    codes: dict[str, str] = {}
    for entry in file.entries("units"):
        _known(entry, "kind", book.unit_kinds, "unit kind")
        code = entry.text("code")
        if code in codes:
            raise entry.child("code").wrong(f"code {code} belongs to {codes[code]!r} already")
        codes[code] = entry.text("id")


def _duties(book: "Rulebook", file: Entry) -> None:
    _known(file, "unbound", book.roles, "role")
    for entry in file.entries("acts"):
        _known(entry, "roles", book.roles, "role")
        _known(entry, "anywhere", book.unit_kinds, "unit kind")
    for entry in file.entries("separations"):
        _known(entry, "acts", book.acts, "act")
        _known(entry, "roles", book.roles, "role")
        _known(entry, "involvement", book.involvement, "involvement")
        if not entry.entries("roles") and not entry.entries("involvement"):
            raise entry.wrong("a separation without roles and involvement separates nobody")


def _stages(book: "Rulebook", file: Entry) -> None:
    """Each step leads somewhere, its act is one of the duties with the same roles, and one act leads to one stage."""
    seen: set[tuple[str, str]] = set()
    for entry in file.entries("transitions"):
        for key in ("from", "to"):
            _known(entry, key, book.stages, "stage")
        _known(entry, "act", book.acts, "act")
        _known(entry, "requires", book.requirements, "requirement")
        act = book.acts[entry.text("act")]
        if set(entry.texts("roles")) != act.roles:
            raise entry.child("roles").wrong(f"duties.yml lets others do {act.id!r}: {', '.join(sorted(act.roles))}")
        step = (entry.text("from"), act.id)
        if step in seen:
            raise entry.wrong(f"{act.id!r} from {step[0]!r} stands twice")
        seen.add(step)


def _routing(book: "Rulebook", file: Entry) -> None:
    _known(file.child("routing"), "default", book.units, "unit")


def _deadlines(book: "Rulebook", file: Entry) -> None:
    for entry in file.entries("deadlines"):
        if "stages" in entry:
            _known(entry, "stages", book.stages, "stage")
