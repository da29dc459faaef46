"""Which of the immediate-report triggers (第三条（三）、第十六条（三）、第二十条) are present."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.guideline.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class TriggerVerdict:
    """``reports_to``: unit kinds to be told at once; ``authorities``: outside bodies a person decides about."""

    id: str
    label: str
    clause: str
    reports_to: tuple[str, ...]
    authorities: tuple[str, ...]
    immediate: bool
    score: float


def judge(scores: Mapping[str, float], rulebook: Rulebook) -> tuple[TriggerVerdict, ...]:
    """第三条（三）：凡属于这些情况，必须马上报告。

    ``scores``: trigger id -> probability 0 to 1; each trigger has its own threshold, low where silence would cost more
    than a false alarm. In the order of the rulebook. KeyError for a trigger there is not.
    """
    unknown = set(scores) - set(rulebook.triggers)
    if unknown:
        raise KeyError(f"no trigger {', '.join(sorted(unknown))}")
    return tuple(
        TriggerVerdict(
            rule.id, rule.label, rule.clause, rule.reports_to, rule.authorities, rule.immediate, scores[rule.id]
        )
        for rule in rulebook.triggers.values()
        if rule.id in scores and scores[rule.id] >= rule.threshold
    )
