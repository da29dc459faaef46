"""The trail's queries: hold the writers' lock, find the last entry, read entries and seals as stored."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import String, Text, func, select, text, type_coerce
from sqlalchemy.orm import Session

from backend.audit.models import Entry, Seal

ADVISORY_KEY = 0x616E6675  # "anfu": one chain, one lock


class Head(NamedTuple):
    """Where the chain ends."""

    seq: int
    hash: str


class Raw(NamedTuple):
    """An entry exactly as the database keeps it, unparsed, so that a damaged one can still be looked at."""

    seq: int
    at: str
    tag: str
    actor_kind: str
    actor_id: str
    subject: str
    data: str
    prev_hash: str
    hash: str


def hold(session: Session) -> None:
    """Keep every other writer of the trail out until this transaction ends.

    SQLite's write transaction holds the database's writer lock from its beginning; PostgreSQL takes an advisory lock,
    which may be taken again by the same transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})


def head(session: Session) -> Head | None:
    row = session.execute(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)).first()
    return None if row is None else Head(row.seq, row.hash)


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Entry)).one()


def raw_after(session: Session, seq: int, limit: int) -> Sequence[Raw]:
    """Up to ``limit`` stored entries after ``seq``, in order."""
    columns = (
        Entry.seq,
        type_coerce(Entry.at, String),
        Entry.tag,
        Entry.actor_kind,
        Entry.actor_id,
        Entry.subject,
        type_coerce(Entry.data, Text),
        Entry.prev_hash,
        Entry.hash,
    )
    rows = session.execute(select(*columns).where(Entry.seq > seq).order_by(Entry.seq).limit(limit))
    return [Raw(*row) for row in rows]


def of_subject(session: Session, subject: str) -> Sequence[Entry]:
    """Everything that happened to one subject, oldest first."""
    return session.scalars(select(Entry).where(Entry.subject == subject).order_by(Entry.seq)).all()


def latest_of(session: Session, subject: str, *, but_not: Sequence[str] = ()) -> Entry | None:
    """The last entry about a subject, leaving out tags that change nothing."""
    query = select(Entry).where(Entry.subject == subject, Entry.tag.not_in(but_not))
    return session.scalars(query.order_by(Entry.seq.desc()).limit(1)).first()


def seals(session: Session) -> Sequence[Seal]:
    """Every sealed checkpoint, the oldest first."""
    return session.scalars(select(Seal).order_by(Seal.number)).all()


def newest_seal(session: Session) -> Seal | None:
    return session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()
