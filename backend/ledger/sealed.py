"""The personal side of a complaint: sealed on the way in, opened on the way out, found again by blind index.

Name, phone and account have columns of their own; everything else that was told stands in one sealed ``facts``.
Nothing told is ever overwritten: an earlier value of a field moves to ``Facts.earlier``.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from backend.db.types import canonical_json
from backend.ledger.values import NewComplaint
from backend.privacy.fields import get_cipher
from backend.privacy.masking import mask

COLUMNS = ("name", "phone", "account")
MATTER = "product_or_security"  # by which complaints of many people about one thing are found
LONG_NUMBER = re.compile(r"(?<!\d)\d{7,}(?!\d)")


class Sealable(Protocol):
    """What of a complaint is needed here; ``id`` is part of every seal."""

    id: int
    name: bytes | None
    phone: bytes | None
    account: bytes | None
    facts: bytes
    name_index: str | None
    phone_index: str | None
    account_index: str | None
    matter_index: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything told: ``fields`` by vocabulary id, ``narratives`` as (when, text), ``earlier`` values replaced."""

    fields: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    narratives: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    earlier: tuple[tuple[str, str, str], ...] = ()  # (field, value, replaced when)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.narratives)


def told(new: NewComplaint) -> Facts:
    """The facts of a new complaint."""
    return add(
        Facts(),
        fields=new.fields,
        narrative=new.narrative,
        evidence=new.evidence,
        at=new.received_at,
        refused=new.refused,
    )


def add(
    facts: Facts,
    *,
    fields: Mapping[str, str],
    narrative: str,
    evidence: Sequence[Mapping[str, Any]],
    at: datetime,
    refused: Iterable[str] = (),
) -> Facts:
    """The facts with what was told later. Telling the same again gives the same facts."""
    when = at.isoformat()
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    replaced = [
        (name, facts.fields[name], when) for name in given if facts.fields.get(name, given[name]) != given[name]
    ]
    text = narrative.strip()
    fresh_text = ((when, text),) if text and text not in facts.texts else ()
    fresh_evidence = tuple(dict(one) for one in evidence if dict(one) not in facts.evidence)
    return replace(
        facts,
        fields={**facts.fields, **given},
        refused=tuple(sorted({*facts.refused, *refused} - given.keys())),
        narratives=facts.narratives + fresh_text,
        evidence=facts.evidence + fresh_evidence,
        earlier=facts.earlier + tuple(replaced),
    )


def seal(complaint: Sealable, facts: Facts) -> dict[str, Any]:
    """The columns to set on ``complaint`` so that it holds ``facts``."""
    cipher = get_cipher()
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        value = facts.fields.get(name)
        columns[name] = cipher.seal(value, where=_where(complaint, name)) if value else None
        columns[f"{name}_index"] = index(name, value) if value else None
    matter = facts.fields.get(MATTER)
    columns["matter_index"] = index("matter", matter) if matter else None
    rest = {name: value for name, value in facts.fields.items() if name not in COLUMNS}
    columns["facts"] = cipher.seal(
        canonical_json(asdict(replace(facts, fields=rest))), where=_where(complaint, "facts")
    )
    return columns


def unseal(complaint: Sealable) -> Facts:
    """Everything told, in the clear; SealBroken when a column was altered or moved."""
    raw = json.loads(get_cipher().open(complaint.facts, where=_where(complaint, "facts")))
    own = {name: value for name in COLUMNS if (value := personal(complaint, name))}
    return Facts(
        fields={**own, **raw["fields"]},
        refused=tuple(raw["refused"]),
        narratives=tuple((at, text) for at, text in raw["narratives"]),
        evidence=tuple(raw["evidence"]),
        earlier=tuple((name, value, at) for name, value, at in raw["earlier"]),
    )


def personal(complaint: Sealable, name: str) -> str | None:
    """One personal column in the clear."""
    blob: bytes | None = getattr(complaint, name)
    return None if blob is None else get_cipher().open(blob, where=_where(complaint, name))


def index(name: str, value: str) -> str:
    """The blind index by which exact values are found: spaces, separators and +86 make no difference."""
    plain = re.sub(r"[\s\-()（）+]", "", value)
    if name == "phone" and len(plain) == 13 and plain.startswith("86"):
        plain = plain[2:]
    return get_cipher().blind_index(plain.casefold(), kind=f"complaints.{name}")


def digest(new: NewComplaint) -> str:
    """A keyed digest of what the customer said; the same key with another digest is another complaint."""
    said = {
        "channel": new.channel,
        "conversation": new.conversation_id,
        "kind": new.kind,
        "fields": dict(new.fields),
        "refused": sorted(new.refused),
        "narrative": new.narrative,
    }
    return get_cipher().blind_index(canonical_json(said), kind="complaints.digest")


def covered(text: str, facts: Facts, personal_fields: Iterable[str]) -> str:
    """Free text with every personal value that is known of, and every long number, masked."""
    known = {(name, value) for name in personal_fields if (value := facts.fields.get(name))}
    known |= {(name, value) for name, value, _ in facts.earlier if name in set(personal_fields)}
    for name, value in sorted(known, key=lambda pair: -len(pair[1])):
        text = text.replace(value, mask(name, value))
    return LONG_NUMBER.sub(lambda match: mask("account", match[0]), text)


def seal_note(note_id: int, body: str) -> bytes:
    return get_cipher().seal(body, where=f"complaint_notes.body:{note_id}")


def open_note(note_id: int, body: bytes) -> str:
    return get_cipher().open(body, where=f"complaint_notes.body:{note_id}")


def _where(complaint: Sealable, column: str) -> str:
    return f"complaints.{column}:{complaint.id}"
