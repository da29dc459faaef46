"""Verbs of a conversation: open, append, claim and finish a turn, change its owner, read its thread.

Nothing here commits. A line, once appended, is never changed; the owner is one column changed by compare-and-set.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.errors import Conflict, Gone, NotSignedIn
from backend.privacy.fields import get_cipher
from backend.privacy.masking import mask_numbers
from backend.privacy.vault import Vault
from backend.transcripts import store
from backend.transcripts.models import Conversation, TranscriptLine
from backend.transcripts.values import Audience, ConversationRow, Kept, Line, Owner, Utterance

LAST_WORDS = 40
OUTAGE = "outage"  # waiting only because the bot is away: it goes on by itself when it is back


def open_conversation(
    session: Session, *, channel: str, notice_version: str, rulebook_version: str, now: datetime
) -> tuple[Conversation, str]:
    """A new conversation owned by the bot, and the bearer token that only its customer holds."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=uuid.uuid4().hex,
        channel=channel,
        token_hash=hash_token(token),
        owner=Owner.BOT,
        owner_since=now,
        opened_at=now,
        last_said_at=now,
        last_seq=0,
        last_customer_seq=0,
        answered_seq=0,
        notice_version=notice_version,
        rulebook_version=rulebook_version,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str) -> Conversation:
    """The conversation a bearer token opens, or NotSignedIn."""
    found = store.by_token_hash(session, hash_token(token)) if token else None
    if found is None:
        raise NotSignedIn("unknown_conversation", "会话凭证无效或已过期，请刷新页面，开始新的会话。")
    return found


def keep(session: Session, utterance: Utterance) -> Kept:
    """Keep a customer's words verbatim. The same client_id twice is one utterance; with other words it is refused."""
    conversation = store.locked(session, utterance.conversation_id)
    digest = _digest("customer", utterance.text)
    earlier = store.by_client_id(session, conversation.id, utterance.client_id)
    if earlier is not None:
        if earlier.digest != digest:
            raise Conflict("message_id_reused", "这个消息编号已用于另一条内容，请换一个编号再发送。")
        return Kept(earlier.seq, new=False)
    if conversation.owner == Owner.CLOSED:
        raise Gone("conversation_closed", "本次会话已经结束，请开始新的会话继续留言。")
    line = append(
        session, conversation.id, sender="customer", text=utterance.text, client_id=utterance.client_id,
        now=utterance.heard_at,
    )  # fmt: skip
    conversation.last_customer_seq = line.seq
    conversation.last_said_at = utterance.heard_at
    session.flush()
    return Kept(line.seq, new=True)


def append(
    session: Session,
    conversation_id: str,
    *,
    sender: str,
    text: str,
    now: datetime,
    choices: Sequence[dict[str, Any]] = (),
    client_id: str | None = None,
    person_id: int | None = None,
    audience: Audience = Audience.CUSTOMER,
) -> Line:
    """Add one line at the end of a conversation."""
    conversation = store.locked(session, conversation_id)
    seq = conversation.last_seq = conversation.last_seq + 1
    session.add(
        TranscriptLine(
            conversation_id=conversation_id,
            seq=seq,
            sender=sender,
            audience=audience,
            sealed=get_cipher().seal(text, where=_where(conversation_id, seq)),
            choices=list(choices) or None,
            client_id=client_id,
            digest=_digest(sender, text),
            person_id=person_id,
            said_at=now,
        )
    )
    return Line(seq, sender, text, now, tuple(choices), audience)


def thread(
    session: Session, conversation_id: str, *, visible_to: Audience, after: int = 0, masked: bool = False
) -> tuple[Line, ...]:
    """The conversation as that audience may see it, oldest first; ``masked`` hides the personal data in it."""
    lines = tuple(_open(row) for row in store.lines(session, conversation_id, after=after, visible_to=visible_to))
    if not masked:
        return lines
    vault = Vault(session, conversation_id)
    return tuple(replace(line, text=_hidden(vault, line.text)) for line in lines)


def pending(session: Session, conversation: Conversation) -> tuple[Line, ...]:
    """The customer's lines that had no turn yet."""
    rows = store.lines(
        session, conversation.id, after=conversation.answered_seq, visible_to=Audience.CUSTOMER, sender="customer"
    )
    return tuple(_open(row) for row in rows)


def claim_turn(session: Session, conversation_id: str, *, lease: float, now: datetime) -> bool:
    """Take the conversation's turn for ``lease`` seconds; False when another process holds it."""
    conversation = store.locked(session, conversation_id)
    if conversation.lease_until is not None and conversation.lease_until >= now:
        return False
    conversation.lease_until = now + timedelta(seconds=lease)
    return True


def finish_turn(session: Session, conversation_id: str, *, answered_seq: int) -> None:
    """Give the turn back; customer lines up to ``answered_seq`` are done."""
    conversation = store.locked(session, conversation_id)
    conversation.answered_seq = max(conversation.answered_seq, answered_seq)
    conversation.lease_until = None


def change_owner(
    session: Session,
    conversation_id: str,
    *,
    expected: Owner,
    to: Owner,
    now: datetime,
    reason: str | None = None,
    person_id: int | None = None,
) -> bool:
    """Compare-and-set of the owner; False when somebody was first."""
    conversation = store.locked(session, conversation_id)
    if conversation.owner != expected:
        return False
    conversation.owner, conversation.owner_reason = to, reason
    conversation.owner_since, conversation.person_id = now, person_id
    return True


def postpone_turn(session: Session, conversation_id: str, *, seconds: float, now: datetime) -> None:
    """Nobody takes the turn before ``seconds`` are over: it has failed and will be tried again."""
    store.locked(session, conversation_id).lease_until = now + timedelta(seconds=seconds)


def back_to_bot(session: Session, conversation_id: str, *, now: datetime) -> bool:
    """The bot is back and goes on, if the conversation waited for nothing else; True if it did."""
    if store.locked(session, conversation_id).owner_reason != OUTAGE:
        return False
    return change_owner(session, conversation_id, expected=Owner.WAITING, to=Owner.BOT, now=now)


def ask_for_person(session: Session, conversation_id: str, *, reason: str, now: datetime) -> None:
    """The conversation waits for a person from now on; nothing changes where one waits or is there already."""
    if change_owner(session, conversation_id, expected=Owner.BOT, to=Owner.WAITING, reason=reason, now=now):
        return
    conversation = store.locked(session, conversation_id)
    if conversation.owner == Owner.WAITING and conversation.owner_reason == OUTAGE:
        conversation.owner_reason = reason


def waiting(session: Session, *, limit: int = 50) -> tuple[ConversationRow, ...]:
    """Conversations in which a customer waits for a person, longest first."""
    return tuple(_row(session, item) for item in store.owned_by(session, [Owner.WAITING], limit=limit))


def _row(session: Session, item: Conversation) -> ConversationRow:
    said = store.lines(
        session, item.id, after=item.last_customer_seq - 1, visible_to=Audience.CUSTOMER, sender="customer"
    )  # fmt: skip
    vault = Vault(session, item.id)
    words = _hidden(vault, _open(said[-1]).text)[:LAST_WORDS] if said else ""
    return ConversationRow(
        item.id, item.channel, Owner(item.owner), item.owner_reason, item.owner_since, item.last_said_at, words
    )


def _hidden(vault: Vault, text: str) -> str:
    return mask_numbers(vault.masked(vault.cover(text)))


def _open(row: TranscriptLine) -> Line:
    text = get_cipher().open(row.sealed, where=_where(row.conversation_id, row.seq))
    return Line(row.seq, row.sender, text, row.said_at, tuple(row.choices or ()), Audience(row.audience))


def _where(conversation_id: str, seq: int) -> str:
    return f"transcript_lines.sealed:{conversation_id}:{seq}"


def _digest(sender: str, text: str) -> str:
    """Keyed, because a plain hash of a phone number could be guessed."""
    return get_cipher().blind_index(text, kind=f"line:{sender}")
