"""What the desk and the API show of a complaint's working life: frozen, in Chinese where a person reads it, masked."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ExtensionView:
    """``decision``: asked, approved, refused, consented; ``workdays`` of a first, ``until`` of a further one."""

    decision: str
    workdays: int | None
    until: date | None
    reason: str
    plan: str
    consent: str
    reports: tuple[str, ...]
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str


@dataclass(frozen=True, slots=True)
class TellingView:
    """A result told: to whom, how, when, by whom."""

    told_to: str
    told_by: str
    told_at: datetime
    result: str
    person: str


@dataclass(frozen=True, slots=True)
class RevisitView:
    """One revisit; ``outcome`` is empty while it is being made."""

    person: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    dissatisfied: bool
    opinion: str


@dataclass(frozen=True, slots=True)
class AccountabilityView:
    """``person`` is empty when a unit alone was found responsible."""

    unit: str
    person: str
    finding: str
    sanction: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A cause and what is done against it; ``done_at`` None: not yet."""

    cause: str
    measure: str
    owner: str
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """``kind``: repeat, group, merged. ``later``: this complaint is the later of the two."""

    kind: str
    number: str
    later: bool


@dataclass(frozen=True, slots=True)
class Life:
    """Everything of it, each in the order in which it happened."""

    agreed_on: date | None
    followed_since: date | None
    malicious_at: datetime | None
    extensions: tuple[ExtensionView, ...]
    tellings: tuple[TellingView, ...]
    revisits: tuple[RevisitView, ...]
    accountabilities: tuple[AccountabilityView, ...]
    measures: tuple[MeasureView, ...]
    links: tuple[LinkView, ...]

    @property
    def asked(self) -> ExtensionView | None:
        """The request for an extension that waits for its decision."""
        return next((one for one in self.extensions if one.decision == "asked"), None)


@dataclass(frozen=True, slots=True)
class Approval:
    """A line of the approver's list."""

    number: str
    workdays: int
    requested_by: str
    requested_at: datetime
    due_at: datetime | None
