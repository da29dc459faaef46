"""Who may do what to a complaint, decided from values alone.

    separations (职责分离) | roles | unit -> Verdict(allowed, reason, clause)

A separation goes before every permission: whoever holds a marketing role beside another one is still marketing staff.
Enforced in ``ledger.service``; the desk asks the same function to know what to show.
"""

from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Act, Verdict


def may(
    act: str,
    *,
    roles: frozenset[str],
    unit: str | None,
    complaint_unit: str | None,
    involvement: frozenset[str],
    rulebook: Rulebook,
    unit_kind: str | None = None,
) -> Verdict:
    """第十四条、第二十二条、第二十三条等：这个人可以做这件事吗？

    ``act``: an act of the rulebook (KeyError otherwise). ``unit``: the person's unit; ``complaint_unit``: the one that
    works on the complaint, None while nobody does or where the act is about no complaint. ``involvement``: what this
    person is to this complaint, of ``rulebook.involvement``. ``unit_kind``: the kind of the person's unit where the
    unit was founded after the rulebook and so is not in it.
    """
    rule = rulebook.acts[act]
    unknown = (involvement - set(rulebook.involvement)) | (roles - set(rulebook.roles))
    if unknown:
        raise KeyError(f"no role or involvement {', '.join(sorted(unknown))}")
    for separation in rulebook.separations.values():
        if act in separation.acts and (separation.roles & roles or separation.involvement & involvement):
            return Verdict(False, separation.reason, separation.clause)
    held = rule.roles & roles
    if not held:
        able = "、".join(role.label for role in rulebook.roles.values() if role.id in rule.roles)
        return Verdict(False, f"“{rule.label}”只能由{able}来做", rule.clause)
    if held & rulebook.unbound or _in_reach(rule, unit, complaint_unit, unit_kind, rulebook):
        return Verdict(True, f"可以{rule.label}", rule.clause)
    if complaint_unit is None:
        return Verdict(False, "这件投诉还没有经办单位，请先分派", rule.clause)
    return Verdict(False, f"这件投诉由其他单位经办，本单位不能{rule.label}", rule.clause)


def sees_all(*, roles: frozenset[str], unit: str | None, rulebook: Rulebook, unit_kind: str | None = None) -> bool:
    """第四条：是否可以查阅各单位的投诉；否则只限本单位。

    For the filter of a queue; about one complaint ask ``may``.
    """
    rule = rulebook.acts["read"]
    held = rule.roles & roles
    return bool(held & rulebook.unbound) or (bool(held) and _kind(unit, unit_kind, rulebook) in rule.anywhere)


def _in_reach(rule: Act, unit: str | None, owner: str | None, kind: str | None, rulebook: Rulebook) -> bool:
    """Within one's own unit, or from a kind of unit that reaches further."""
    if rule.scope == "all_units" or _kind(unit, kind, rulebook) in rule.anywhere:
        return True
    return unit is not None and unit == owner


def _kind(unit: str | None, kind: str | None, rulebook: Rulebook) -> str | None:
    if kind is not None:
        return kind
    known = rulebook.units.get(unit) if unit is not None else None
    return known.kind if known is not None else None
