"""Which step leads where: the stage table of the rulebook (阶段表), asked one step at a time."""

from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Transition


def steps(stage: str, rulebook: Rulebook) -> tuple[Transition, ...]:
    """Every step out of ``stage``, in the order of the table. KeyError for a stage there is not."""
    rulebook.stages[stage]
    return tuple(step for step in rulebook.transitions if step.source == stage)


def transition(stage: str, act: str, rulebook: Rulebook) -> Transition | None:
    """The step that ``act`` takes out of ``stage``, or None when it leads nowhere from there."""
    return next((step for step in steps(stage, rulebook) if step.act == act), None)


def first(rulebook: Rulebook) -> str:
    """Where a complaint begins (第二十四条：逐一登记)."""
    return next(iter(rulebook.stages))
