"""The trail: every act is an entry, each entry seals the one before it.

    act | hold the writers' lock | last hash | SHA-256 over canonical JSON of all fields | entry

``record`` belongs into the transaction of the act it tells of. ``verify`` walks the chain and names the first entry
that does not fit; a truncated tail shows against checkpoints kept elsewhere (``expected``, see ``audit.seals``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from backend.audit import store
from backend.audit.actor import Actor
from backend.audit.models import Entry, stamp
from backend.audit.tags import Tag
from backend.db.types import canonical_json

GENESIS = "0" * 64
BATCH = 2_000
IDENTIFIER = re.compile(r"[A-Za-z0-9_.:@/+\-]{0,80}")

Scalar = str | int | bool | None
Data = Mapping[str, Scalar | list[str] | list[int]]


class NotAnIdentifier(ValueError):
    """Somebody tried to put free text, perhaps a person's, into the trail."""


@dataclass(frozen=True, slots=True)
class Verification:
    """``entries`` were found sound, in order; ``broken_at`` is the number of the first that was not."""

    ok: bool
    entries: int
    broken_at: int | None = None
    reason: str | None = None
    head: str = GENESIS


hold, count = store.hold, store.count


def record(session: Session, tag: Tag, *, actor: Actor, subject: str, data: Data, now: datetime) -> Entry:
    """Add one entry in the caller's transaction.

    ``subject`` is ``kind:identifier``, e.g. ``complaint:TS20261123…``. ``data`` holds identifiers and kinds only;
    anything else raises NotAnIdentifier, because what stands here can never be erased.
    """
    for value in (actor.id, subject, *_leaves(data)):
        if isinstance(value, str) and not IDENTIFIER.fullmatch(value):
            raise NotAnIdentifier(f"{tag}: only identifiers and kinds belong into the trail")
    store.hold(session)
    session.flush()
    last = store.head(session)
    entry = Entry(
        seq=last.seq + 1 if last else 1,
        at=now,
        tag=str(tag),
        actor_kind=actor.kind,
        actor_id=actor.id,
        subject=subject,
        data=dict(data),
        prev_hash=last.hash if last else GENESIS,
    )
    entry.hash = _digest(
        entry.seq,
        stamp(now),
        entry.tag,
        entry.actor_kind,
        entry.actor_id,
        subject,
        canonical_json(entry.data),
        entry.prev_hash,
    )
    session.add(entry)
    session.flush()
    return entry


def verify(
    session: Session,
    progress: Callable[[int], None] | None = None,
    *,
    expected: Iterable[store.Head] = (),
    since: store.Head | None = None,
) -> Verification:
    """Walk the whole chain in batches; ``progress`` gets the number of entries found sound so far.

    ``expected`` are heads known from outside (sealed checkpoints): a chain that ends before the last of them, or has
    another hash at one of them, is broken. ``since``: begin at a head that was verified before; it must still stand.
    """
    known = dict(expected)
    sound, previous, size = 0, GENESIS, BATCH
    if since is not None and since.seq > 0:
        known[since.seq] = since.hash
        start, last = store.raw_after(session, since.seq - 1, 1), store.head(session)
        previous = start[0].prev_hash if start else GENESIS
        sound = min(since.seq - 1, last.seq if last else 0)
    while True:
        try:
            batch = store.raw_after(session, sound, size)
        except Exception as error:  # a damaged row may not even be readable: find it one by one
            if size > 1:
                session.rollback()
                size = 1
                continue
            reason = f"第 {sound + 1} 条无法读取（{type(error).__name__}）"
            return Verification(False, sound, sound + 1, reason, previous)
        if not batch:
            break
        for raw in batch:
            fault = _fault(raw, sound + 1, previous)
            if fault is None and known.get(raw.seq, raw.hash) != raw.hash:
                fault = f"第 {raw.seq} 条与已封存的校验点不一致"
            if fault:
                return Verification(False, sound, sound + 1, fault, previous)
            sound, previous = raw.seq, raw.hash
        if progress:
            progress(sound)
    if known and max(known) > sound:
        reason = f"末尾缺失：校验点为第 {max(known)} 条，现仅有 {sound} 条"
        return Verification(False, sound, sound + 1, reason, previous)
    return Verification(True, sound, head=previous)


def _fault(raw: store.Raw, seq: int, previous: str) -> str | None:
    if raw.seq != seq:
        return f"第 {seq} 条缺失（下一条是第 {raw.seq} 条）"
    if raw.prev_hash != previous:
        return f"第 {seq} 条与前一条不相接"
    if raw.hash != _digest(*raw[:8]):
        return f"第 {seq} 条内容与其校验值不符"
    return None


def _digest(
    seq: int, at: str, tag: str, actor_kind: str, actor_id: str, subject: str, data: str, prev_hash: str
) -> str:
    fields = {
        "seq": seq,
        "at": at,
        "tag": tag,
        "actor_kind": actor_kind,
        "actor_id": actor_id,
        "subject": subject,
        "data": data,
        "prev_hash": prev_hash,
    }
    return sha256(canonical_json(fields).encode()).hexdigest()


def _leaves(data: Data) -> list[Scalar]:
    leaves: list[Scalar] = list(data)
    for value in data.values():
        if isinstance(value, list):
            leaves.extend(value)
        elif value is None or isinstance(value, str | int | bool):
            leaves.append(value)
        else:
            raise NotAnIdentifier(f"a {type(value).__name__} is not an identifier")
    return leaves
