"""The forms of the next steps, made from the stage table: what a step requires is what its form asks for.

    complaint's steps | stage table: requires | inputs -> ActForm(step, inputs)
    what was filled in | verbs.VERBS[act] -> ledger.service

A step of the table whose verb is not known here has no form and is not offered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from backend.desk.filled import Filled
from backend.desk.verbs import FURTHER, VERBS, Further
from backend.guideline import stages
from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Verdict
from backend.ledger.values import ComplaintView, PersonRef, Step

InputKind = Literal["text", "line", "moment", "day", "number", "choice", "choices", "person"]
INPUTS: dict[str, InputKind] = {
    "reason": "text",
    "reasoned_notice": "text",
    "handler": "person",
    "findings": "text",
    "solution": "text",
    "found": "choices",
    "result": "text",
    "told_to": "line",
    "told_by": "choice",
    "result_told_at": "moment",
    "revisit_outcome": "choice",
    "opinion": "text",
    "summary": "text",
    "merged_into": "line",
    "customer_statement": "text",
    "work": "choice",
    "done": "text",
    "agreed_on": "day",
    "workdays": "number",
    "plan": "text",
    "approved": "choice",
    "until": "day",
    "consent": "text",
    "reports": "choices",
    "unit": "choice",
    "person": "person",
    "understanding": "text",
    "kind": "choice",
    "category": "choice",
    "finding": "text",
    "sanction": "text",
    "cause": "choice",
    "measure": "text",
}
OPTIONAL = {"found", "opinion", "told_to", "told_by"}  # beside what the table requires
ALSO = {"resolve": ("found",), "close": ("told_to", "told_by")}
YES_OR_NO = (("yes", "批准"), ("no", "不批准"))


class Labelled(Protocol):
    """An entry of the rulebook that people choose by its name."""

    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; ``value`` is what was filled in before, when the form comes back."""

    name: str
    label: str
    kind: InputKind
    value: str
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()  # (value, label)
    people: tuple[PersonRef, ...] = ()
    chosen: frozenset[str] = frozenset()  # of many


@dataclass(frozen=True, slots=True)
class ActForm:
    """One step: a form when ``step.allowed``, else the reason why not."""

    step: Step
    inputs: tuple[Input, ...]


def forms(view: ComplaintView, rulebook: Rulebook, *, act: str = "", filled: Filled | None = None) -> list[ActForm]:
    """The steps from here, in the order of the stage table; ``filled`` goes back into the form of ``act``."""
    made = []
    told = view.result_told_at is not None
    for step in view.steps:
        transition = stages.transition(view.row.stage, step.act, rulebook)
        if step.act not in VERBS or transition is None:
            continue
        needs = [*transition.requires, *ALSO.get(step.act, ())]
        if step.act == "close" and told:
            needs = []
        if "revisit_outcome" in needs:
            needs.append("opinion")
        given = filled if filled and step.act == act else None
        inputs = tuple(
            _input(need, view, rulebook, given, people=view.assignees, required=need in transition.requires)
            for need in needs
            if need in INPUTS
        )
        made.append(ActForm(step, inputs))
    return made


def further(
    view: ComplaintView,
    rulebook: Rulebook,
    verdicts: Mapping[str, Verdict],
    everybody: tuple[PersonRef, ...],
    *,
    act: str = "",
    filled: Filled | None = None,
) -> list[ActForm]:
    """What else this person may do to it besides the steps; what they may not is not listed."""
    made = []
    for one in FURTHER:
        if not (verdicts[one.duty].allowed and one.when(view, rulebook)):
            continue
        given = filled if filled and one.act == act else None
        inputs = tuple(
            _input(need, view, rulebook, given, people=everybody, required=need not in one.optional)
            for need in one.inputs
        )
        made.append(ActForm(Step(one.act, one.label, True, "", one.clause or verdicts[one.duty].clause), inputs))
    return made


def label_of(act: str, rulebook: Rulebook) -> str:
    """How a thing that was done is called, empty for what there is not."""
    found: Further | None = next((one for one in FURTHER if one.act == act), None)
    if found:
        return found.label
    return rulebook.acts[act].label if act in rulebook.acts else ""


def _input(
    name: str, view: ComplaintView, rulebook: Rulebook, filled: Filled | None, *, people: tuple[PersonRef, ...],
    required: bool,
) -> Input:  # fmt: skip
    return Input(
        name,
        rulebook.requirements[name].label,
        INPUTS[name],
        filled.values.get(name, "") if filled else "",
        required,
        tuple(_options(name, view, rulebook)),
        people if INPUTS[name] == "person" else (),
        frozenset(filled.many(name)) if filled else frozenset(),
    )


def _options(name: str, view: ComplaintView, rulebook: Rulebook) -> Iterable[tuple[str, str]]:
    """What can be chosen, in the rulebook's order."""
    life, kind = rulebook.life, view.row.kind
    match name:
        case "approved":
            return YES_OR_NO
        case "kind":
            return [(way.target, rulebook.kinds[way.target].label) for way in life.conversions.values()
                    if way.source == kind]  # fmt: skip
        case "reports":
            return [(one, rulebook.unit_kinds[one].label) for one in life.further_extension.what]
        case "unit":
            return [(unit.id, unit.label) for unit in rulebook.units.values()]
    tables: dict[str, Mapping[str, Labelled]] = {
        "told_by": life.told_by, "found": life.findings, "revisit_outcome": life.revisit_outcomes,
        "work": life.work, "cause": life.root_causes, "category": rulebook.categories,
    }  # fmt: skip
    return [(one, entry.label) for one, entry in tables.get(name, {}).items()]
