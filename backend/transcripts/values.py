"""Values of a conversation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Owner(StrEnum):
    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    CLOSED = "closed"


class Audience(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said. ``seq`` counts from 1 without gaps within its conversation."""

    seq: int
    sender: str
    text: str
    at: datetime
    choices: tuple[dict[str, Any], ...] = ()
    audience: Audience = Audience.CUSTOMER


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a customer said, as a channel heard it."""

    conversation_id: str
    client_id: str
    text: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an utterance stands: ``new`` is False when the same client_id had been kept before."""

    seq: int
    new: bool


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in a list."""

    id: str
    channel: str
    owner: Owner
    owner_reason: str | None
    owner_since: datetime
    last_said_at: datetime
    last_words: str
