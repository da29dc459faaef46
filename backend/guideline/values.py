"""The shapes of the rulebook: frozen, slotted, without behaviour beyond looking up.

``clause`` is the article as people quote it (第二十二条). ``confirmed`` is False where the figure or list is a setting
of ours that nobody in compliance has confirmed yet: screens show 待合规确认 beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Label:
    """A word of the vocabulary with its Chinese name."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A fact of a complaint. ``personal``: kept in the vault, shown masked. ``sensitive``: has its own consent."""

    id: str
    label: str
    personal: bool
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A way by which a complaint arrives. ``by_hand``: entered by an employee from paper, a visit, a letter box."""

    id: str
    label: str
    clause: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """One task a category creates. ``owner``: a unit kind, or ``handling_unit``. ``due``: name of a deadline."""

    id: str
    label: str
    clause: str
    owner: str
    due: str
    when: str


@dataclass(frozen=True, slots=True)
class Category:
    """One of the seven classes of 第十六条. ``plain``: how one asks a customer about it. ``reports_to``: unit kinds."""

    id: str
    label: str
    plain: str
    scope: tuple[str, ...]
    clause: str
    handled_by: str
    reports_to: tuple[str, ...]
    at_once: bool
    asks: tuple[str, ...]
    tasks: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a category ranking is believed. Probabilities, 0 to 1."""

    floor: float
    certain: float
    margin: float
    secondary: float
    never_forced: tuple[str, ...]
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """An immediate-report trigger. ``threshold``: probability from which it counts. ``authorities``: outside bodies."""

    id: str
    label: str
    clause: str
    immediate: bool
    threshold: float
    reports_to: tuple[str, ...]
    authorities: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a deadline from a day on. ``unit``: workday, day, month or minute."""

    since: date
    value: int
    unit: str
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """A named period. ``governs``: running out of it means the complaint itself is late.

    ``stages``: where it runs; empty for every open stage.
    """

    id: str
    label: str
    governs: bool
    stages: tuple[str, ...]
    values: tuple[Dated, ...]

    def on(self, day: date) -> Dated:
        """The value that held on ``day``; before the first value, the first."""
        held = [value for value in self.values if value.since <= day]
        return held[-1] if held else self.values[0]


@dataclass(frozen=True, slots=True)
class Setting:
    """A reading of the text that compliance still has to settle: one of ``choices`` (word -> how people say it)."""

    id: str
    label: str
    value: str
    choices: Mapping[str, str]
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a complaint stands. ``customer``: how its customer is told. ``open``: clocks still run."""

    id: str
    label: str
    customer: str
    open: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the stage table. ``roles``: who may take it (``duties``). ``requires``: facts that must be there."""

    source: str
    target: str
    act: str
    label: str
    roles: tuple[str, ...]
    clause: str
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of unit. ``sees_all``: reads complaints of every unit. ``handles``: works on complaints (第四条)."""

    id: str
    label: str
    clause: str
    sees_all: bool
    handles: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the organisation. ``code``: two digits, part of the complaint number. ``names``: how people call it."""

    id: str
    code: str
    kind: str
    label: str
    names: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is for. One person may hold several; a separation of any one of them holds for the person."""

    id: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a complaint or in the house.

    ``roles``: who may. ``scope``: own_unit, all_units. ``anywhere``: unit kinds that may act outside their own unit.
    ``facts``: the act changes facts of the case.
    """

    id: str
    label: str
    clause: str
    roles: frozenset[str]
    scope: str
    anywhere: frozenset[str]
    facts: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Separation:
    """Duties that one person must not hold together. Applies when a role or an involvement is met."""

    id: str
    acts: frozenset[str]
    roles: frozenset[str]
    involvement: frozenset[str]
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class Human:
    """How customers ask for a person: keys, whole utterances, patterns inside one; ``excepts`` are not a request."""

    keys: tuple[str, ...]
    whole: tuple[str, ...]
    patterns: tuple[str, ...]
    excepts: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Danger:
    """Words of harm to oneself or others; ``excepts`` are figures of speech."""

    patterns: tuple[str, ...]
    excepts: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When people answer. ``days``: workday or trading_day. ``periods``: opening and closing, Asia/Shanghai."""

    days: str
    periods: tuple[tuple[time, time], ...]
    clause: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Hotline:
    """The published line and its other ways (第十二条)."""

    phone: str
    key_for_person: str
    clause: str


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of phrases with one reason. ``speakers``: bot, agent, whom it binds."""

    id: str
    label: str
    clause: str
    speakers: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordRule:
    """One forbidden thing to say. ``patterns`` and ``safe`` are regular expressions over the normalised text."""

    id: str
    list: str
    clause: str
    patterns: tuple[str, ...]
    safe: tuple[str, ...]
    spans_clauses: bool
    rewrite: str


@dataclass(frozen=True, slots=True)
class Wording:
    """``traditional``: character -> simplified character, for the characters that occur in the rules."""

    lists: Mapping[str, WordList]
    rules: tuple[WordRule, ...]
    safe: tuple[str, ...]
    traditional: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A fixed sentence the house itself says. ``fills``: the names in braces that the caller provides."""

    id: str
    version: str
    clause: str
    text: str
    fills: tuple[str, ...]
    confirmed: bool

    def say(self, **values: str) -> str:
        """The sentence with its blanks filled; KeyError when one is missing."""
        return self.text.format(**{name: values[name] for name in self.fills})


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it be done? ``reason``: a Chinese sentence, also when allowed; ``clause``: the article behind it."""

    allowed: bool
    reason: str
    clause: str

    def __bool__(self) -> bool:
        return self.allowed
