"""Entry by hand: what came by mail, fax, visit or letter box, written down by an employee (第十二条、第二十四条).

form or JSON | channel that is written down by hand | words of the rulebook -> NewComplaint
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from backend.accounts.values import Viewer
from backend.errors import Unprocessable
from backend.guideline.rulebook import load
from backend.ledger.values import NewComplaint

CLAUSE = "第二十四条"


def by_hand(
    *,
    key: str,
    viewer: Viewer,
    channel: str,
    kind: str,
    category: str,
    emotion: str,
    triggers: Sequence[str],
    fields: Mapping[str, str],
    narrative: str,
    received_at: datetime,
    incomplete: bool,
) -> NewComplaint:
    """第十二条、第二十四条：逐一登记。 ``key``: the sender's own, so that sending it twice registers it once.

    Unprocessable for a channel that is no entry by hand, a field told elsewhere, or a complaint without any content.
    """
    rulebook = load()
    if channel not in rulebook.channels or not rulebook.channels[channel].by_hand:
        raise Unprocessable("not_by_hand", "请选择来信、传真、现场等由人员登记的渠道。", clause="第十二条")
    if not narrative.strip():
        label = rulebook.requirements["narrative"].label
        raise Unprocessable("missing_facts", f"请填写{label}，尽量用客户的原话。", clause=CLAUSE)
    return NewComplaint(
        source_key=f"hand:{viewer.person_id}:{key}",
        channel=channel,
        kind=kind,
        category=category or None,
        category_certain=bool(category),
        emotion=emotion,
        received_at=received_at,
        rulebook_version=rulebook.version,
        triggers=tuple(one for one in rulebook.triggers if one in triggers),
        fields={name: value.strip() for name, value in fields.items() if value.strip()},
        narrative=narrative,
        incomplete=incomplete,
    )
