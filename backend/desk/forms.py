"""The forms of the next steps, made from the stage table: what a step requires is what its form asks for.

    complaint's steps | stage table: requires | INPUTS -> ActForm(step, inputs)
    what was filled in | VERBS[act] -> ledger.service

A step of the table whose verb is not in VERBS has no form yet and is not offered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.clock import SHANGHAI
from backend.errors import Unprocessable
from backend.guideline import stages
from backend.guideline.rulebook import Rulebook
from backend.ledger import service
from backend.ledger.values import ComplaintView, Step

MINUTE = timedelta(minutes=1)
InputKind = Literal["text", "moment", "person"]
INPUTS: dict[str, InputKind] = {
    "reason": "text",
    "reasoned_notice": "text",
    "handler": "person",
    "result": "text",
    "result_told_at": "moment",
    "customer_statement": "text",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; ``value`` is what was filled in before, when the form comes back."""

    name: str
    label: str
    kind: InputKind
    value: str


@dataclass(frozen=True, slots=True)
class ActForm:
    """One step: a form when ``step.allowed``, else the reason why not."""

    step: Step
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """What came back: the version that was on the screen, and the fields as text."""

    version: int
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def moment(self, name: str, *, now: datetime) -> datetime:
        """A local time of the browser's date field, ``2026-11-23T20:31``; the minute that is still running is now."""
        try:
            minute = datetime.fromisoformat(self.text(name)).replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise Unprocessable("moment_form", "请填写完整的日期和时间。") from error
        return now if minute <= now < minute + MINUTE else minute

    def person(self, name: str) -> int:
        if not self.text(name).isdecimal():
            raise Unprocessable("person_missing", "请选择经办人员。")
        return int(self.text(name))


Verb = Callable[[Session, str, Filled, Viewer, datetime], object]


def _accept(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    return service.accept(session, number, **_common(filled, viewer, now))


def _decline(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    reason, notice = filled.text("reason"), filled.text("reasoned_notice")
    return service.decline(session, number, reason=reason, reasoned_notice=notice, **_common(filled, viewer, now))


def _assign(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    common = _common(filled, viewer, now)
    return service.assign(session, number, to=filled.person("handler"), reason=filled.text("reason"), **common)


def _close(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    told_at = filled.moment("result_told_at", now=now)
    common = _common(filled, viewer, now)
    return service.close(session, number, result=filled.text("result"), result_told_at=told_at, **common)


def _withdraw(session: Session, number: str, filled: Filled, viewer: Viewer, now: datetime) -> object:
    statement = filled.text("customer_statement")
    return service.withdraw(session, number, customer_statement=statement, **_common(filled, viewer, now))


def _common(filled: Filled, viewer: Viewer, now: datetime) -> dict[str, Any]:
    return {"expected_version": filled.version, "by": viewer.actor, "now": now}


VERBS: dict[str, Verb] = {
    "accept": _accept,
    "decline": _decline,
    "assign": _assign,
    "close": _close,
    "withdraw": _withdraw,
}


def forms(view: ComplaintView, rulebook: Rulebook, *, act: str = "", filled: Filled | None = None) -> list[ActForm]:
    """The steps from here, in the order of the stage table; ``filled`` goes back into the form of ``act``."""
    made = []
    for step in view.steps:
        transition = stages.transition(view.row.stage, step.act, rulebook)
        if step.act not in VERBS or transition is None:
            continue
        given = filled.values if filled and step.act == act else {}
        inputs = tuple(
            Input(need, rulebook.requirements[need].label, INPUTS[need], given.get(need, ""))
            for need in transition.requires
            if need in INPUTS
        )
        made.append(ActForm(step, inputs))
    return made
