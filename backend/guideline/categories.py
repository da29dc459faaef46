"""From the reader's ranking to a category of 第十六条, or to the admission that it is not clear yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.guideline.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class CategoryVerdict:
    """``main``: the best guess, None when there is none worth naming. ``certain``: no question need be asked about it.

    ``secondary``: further categories of the same complaint, most likely first. ``clause`` and ``label`` are of
    ``main``; ``why`` says in Chinese what the verdict rests on.
    """

    main: str | None
    certain: bool
    secondary: tuple[str, ...]
    clause: str
    label: str | None
    why: str


def judge(ranking: Sequence[tuple[str, float]], rulebook: Rulebook) -> CategoryVerdict:
    """第十六条：依据投诉内容分类；没有把握时先问客户，不硬归入“其他”。

    ``ranking``: (category id, probability 0 to 1) in any order. KeyError for a category there is not.
    """
    rules = rulebook.judging
    order = list(rulebook.categories)
    # equal probabilities keep the order of the guideline, so that the verdict never depends on the reader's
    ranked = sorted(ranking, key=lambda item: (-item[1], order.index(rulebook.categories[item[0]].id)))
    main, share = ranked[0] if ranked else (None, 0.0)
    runner_up = ranked[1][1] if len(ranked) > 1 else 0.0
    certain = share >= rules.certain and share - runner_up >= rules.margin
    if main is None or share < rules.floor or (not certain and main in rules.never_forced):
        return CategoryVerdict(None, False, (), rules.clause, None, "从现有内容还看不出属于哪一类，需要再问一句")
    category = rulebook.categories[main]
    secondary = tuple(name for name, other in ranked[1:] if other >= rules.secondary and name not in rules.never_forced)
    why = f"内容指向{category.label}（{share:.0%}）"
    if not certain:
        why += "，把握不足，需要再问一句"
    return CategoryVerdict(main, certain, secondary, category.clause, category.label, why)
