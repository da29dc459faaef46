"""The way out to a customer: tokens become masked values, the wording is checked, the transcript keeps what was sent.

A bot's sentence that breaks the wording rules is not sent: the fixed sentence of the rulebook goes instead, and the
finding is counted. (The tests check every response the bot has; this is the last door.)
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from backend.clock import in_words
from backend.guideline import wording
from backend.guideline.rulebook import Rulebook
from backend.privacy.vault import Vault
from backend.transcripts import service as transcripts
from backend.transcripts.values import Line

log = structlog.get_logger(__name__)


def send(
    session: Session,
    conversation_id: str,
    *,
    text: str,
    rulebook: Rulebook,
    now: datetime,
    sender: str = "bot",
    choices: Sequence[dict[str, str]] = (),
    vault: Vault | None = None,
    said: Iterable[str] = (),
) -> Line:
    """Append one sentence to the customer.

    ``text`` and ``said`` may hold this conversation's tokens. ``said``: the customer's own words that the sentence may
    repeat (a read-back), whatever they are.
    """
    vault = vault or Vault(session, conversation_id)
    shown = in_words(vault.masked(text))
    quoted = wording.quotations(shown, [in_words(vault.masked(words)) for words in said])
    hits = wording.check(shown, rulebook, speaker=sender, quoted=quoted)
    if hits:
        log.warning("sentence_withheld", conversation=conversation_id, rules=[hit.rule for hit in hits])
        shown, choices = rulebook.notices["sentence_withheld"].say(), ()
    return transcripts.append(session, conversation_id, sender=sender, text=shown, choices=choices, now=now)
