"""The rulebook: loaded once per version, validated, frozen. The only opener of YAML.

    rulebook/<version>/*.yml | parse | build | check references -> Rulebook

A complaint names the version it was opened under and is judged by it for ever, so an old version is never edited: a
new one gets its own folder. Whatever is wrong raises RulebookError with file and line, before anything is served.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from backend.guideline import life, parts, watch
from backend.guideline.entries import Entry, RulebookError, parse
from backend.guideline.life import Life
from backend.guideline.references import check
from backend.guideline.values import (
    Act,
    Category,
    Channel,
    Danger,
    Dated,
    Deadline,
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
)
from backend.guideline.watch import Watch

__all__ = ["Rulebook", "RulebookError", "load", "open_yaml", "read", "versions"]

HOME = Path(__file__).parent / "rulebook"
FILES = (
    "meta",
    "categories",
    "labels",
    "channels",
    "triggers",
    "deadlines",
    "units",
    "duties",
    "stages",
    "routing",
    "wording",
    "notices",
    "life",
    "watch",
)


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """Everything the guideline fixes, by id and in file order. Hashed by identity: there is one a version."""

    version: str
    valid_from: date
    title: str
    note: str
    categories: Mapping[str, Category]
    judging: Thresholds
    kinds: Mapping[str, Label]
    emotions: Mapping[str, Label]
    fields: Mapping[str, Field]
    channels: Mapping[str, Channel]
    hotline: Hotline
    office_hours: OfficeHours
    message_limit: int
    triggers: Mapping[str, Trigger]
    authorities: Mapping[str, Label]
    deadlines: Mapping[str, Deadline]
    settings: Mapping[str, Setting]
    unit_kinds: Mapping[str, UnitKind]
    units: Mapping[str, Unit]
    roles: Mapping[str, Role]
    unbound: frozenset[str]
    involvement: tuple[str, ...]
    acts: Mapping[str, Act]
    separations: Mapping[str, Separation]
    stages: Mapping[str, Stage]
    requirements: Mapping[str, Label]
    transitions: tuple[Transition, ...]
    default_unit: str
    routing_clause: str
    human: Human
    danger: Danger
    wording: Wording
    notices: Mapping[str, Notice]
    life: Life
    watch: Watch

    def period(self, name: str, on: date) -> Dated:
        """The value of the deadline ``name`` that held on the day ``on``. KeyError for an unknown name."""
        return self.deadlines[name].on(on)


def open_yaml(path: Path) -> Entry:
    """The document of a YAML file as entries that know their line."""
    try:
        return parse(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")
    except (OSError, UnicodeDecodeError) as error:
        raise RulebookError(f"{path.parent.name}/{path.name}", 1, f"cannot be read: {error}") from error


def versions() -> tuple[str, ...]:
    """The versions there are, oldest first."""
    found = [folder.name for folder in HOME.iterdir() if (folder / "meta.yml").is_file()]
    return tuple(sorted(found, key=lambda name: [int(part) for part in name.split(".")]))


@cache
def load(version: str | None = None) -> Rulebook:
    """The rulebook of ``version``, or the newest. KeyError when there is none, RulebookError when it is broken."""
    known = versions()
    if version is None:
        return load(known[-1])
    if version not in known:
        raise KeyError(f"no rulebook {version}; there are {', '.join(known)}")
    return read(HOME / version)


def read(folder: Path) -> Rulebook:
    """The rulebook in ``folder``, uncached: files -> values -> cross-checked."""
    files = {name: open_yaml(folder / f"{name}.yml") for name in FILES}
    book = _build(files)
    if book.version != folder.name:
        raise files["meta"].child("version").wrong(f"version {book.version!r} stands in the folder {folder.name!r}")
    check(book, files)
    life.check(book, files["life"])
    watch.check(book, files["watch"])
    return book


def _build(files: Mapping[str, Entry]) -> Rulebook:
    """Values out of the entries; ids are not looked up across files yet."""
    meta, channels, routing, duties = files["meta"], files["channels"], files["routing"], files["duties"]
    meta.only("version", "valid_from", "title", "note")
    files["categories"].only("judging", "categories")
    files["labels"].only("kinds", "emotions", "fields")
    channels.only("channels", "hotline", "office_hours", "message_limit")
    files["triggers"].only("triggers", "authorities")
    files["deadlines"].only("deadlines", "settings")
    files["units"].only("kinds", "units")
    duties.only("roles", "involvement", "acts", "unbound", "separations")
    files["stages"].only("stages", "requirements", "transitions")
    routing.only("routing", "human", "danger")
    files["notices"].only("notices")

    def table[T](file: str, key: str, build: Callable[[Entry], T]) -> Mapping[str, T]:
        return parts.keyed(files[file].entries(key), build)

    deadlines = table("deadlines", "deadlines", parts.deadline)
    hotline = parts.hotline(channels.child("hotline"))
    kept = deadlines["retention"].values[-1].value if "retention" in deadlines else 0
    house = {
        "phone": hotline.phone,
        "key": hotline.key_for_person,
        "years": str(kept // 12),
        "limit": str(channels.integer("message_limit")),
        "rulebook": meta.text("version"),
    }
    return Rulebook(
        version=meta.text("version"),
        valid_from=meta.day("valid_from"),
        title=meta.text("title"),
        note=meta.text("note"),
        categories=table("categories", "categories", parts.category),
        judging=parts.thresholds(files["categories"].child("judging")),
        kinds=table("labels", "kinds", parts.label),
        emotions=table("labels", "emotions", parts.label),
        fields=table("labels", "fields", parts.field),
        channels=table("channels", "channels", parts.channel),
        hotline=hotline,
        office_hours=parts.office_hours(channels.child("office_hours")),
        message_limit=channels.integer("message_limit"),
        triggers=table("triggers", "triggers", parts.trigger),
        authorities=table("triggers", "authorities", parts.label),
        deadlines=deadlines,
        settings=table("deadlines", "settings", parts.setting),
        unit_kinds=table("units", "kinds", parts.unit_kind),
        units=table("units", "units", parts.unit),
        roles=table("duties", "roles", parts.role),
        unbound=frozenset(duties.texts("unbound")),
        involvement=duties.texts("involvement"),
        acts=table("duties", "acts", parts.act),
        separations=table("duties", "separations", parts.separation),
        stages=table("stages", "stages", parts.stage),
        requirements=table("stages", "requirements", parts.label),
        transitions=tuple(parts.transition(entry) for entry in files["stages"].entries("transitions")),
        default_unit=routing.child("routing").text("default"),
        routing_clause=routing.child("routing").text("clause"),
        human=parts.human(routing.child("human")),
        danger=parts.danger(routing.child("danger")),
        wording=parts.wording(files["wording"]),
        notices=MappingProxyType(dict(table("notices", "notices", parts.notice(house)))),
        life=life.build(files["life"]),
        watch=watch.build(files["watch"]),
    )
