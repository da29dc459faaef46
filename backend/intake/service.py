"""The one door by which a complaint enters the ledger.

    draft | reveal | judge | enter -> receipt

A conversation may bring several complaints, one after the other: ``conversation:ordinal`` is the key by which a
retry finds the one that stands already. A draft registered as 待补充 while the bot was away, or after its customer
fell silent, is supplemented when they come back, never entered twice.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit.actor import Actor
from backend.errors import Conflict
from backend.guideline.rulebook import Rulebook
from backend.intake import draft as drafts
from backend.intake import store
from backend.intake.draft import NARRATIVE, Draft
from backend.ledger import service as ledger
from backend.ledger.values import NewComplaint, Receipt
from backend.privacy.vault import Vault
from backend.transcripts.models import Conversation


def file(
    session: Session,
    conversation_id: str,
    *,
    fields: Mapping[str, str],
    refused: tuple[str, ...],
    rulebook: Rulebook,
    by: Actor,
    now: datetime,
    turn: int,
    epoch: int | None = None,
) -> Receipt:
    """Enter the complaint a customer has confirmed in ``turn``. ``fields``: the bot's slots, with tokens.

    The same turn again gives the same receipt. Raises Conflict when ``epoch`` was given up meanwhile.
    """
    draft = store.load(session, conversation_id)
    if draft.numbers and draft.filed_turn == turn:
        return ledger.receipt(session, draft.numbers[-1], now=now)
    if epoch is not None and epoch != draft.epoch:
        raise Conflict("turn_given_up", "这一轮对话已经重新开始，请以最新一轮为准。")
    receipt = _enter(session, conversation_id, draft, fields, refused, rulebook, incomplete=False, by=by, now=now)
    store.save(session, conversation_id, drafts.after(draft, number=receipt.number, turn=turn), now=now)
    return receipt


def register_unfinished(
    session: Session, conversation_id: str, *, rulebook: Rulebook, by: Actor, now: datetime
) -> Receipt | None:
    """Enter what a draft holds as 待补充; None when there is nothing to enter. The draft goes on where it was."""
    draft = store.load(session, conversation_id)
    if not draft.tells_grievance or draft.registered is not None:
        return None
    fields = {**draft.fields, **draft.heard}
    receipt = _enter(session, conversation_id, draft, fields, draft.refused, rulebook, incomplete=True, by=by, now=now)
    store.save(session, conversation_id, replace(draft, registered=receipt.number), now=now)
    return receipt


def withdraw_draft(session: Session, conversation_id: str, *, now: datetime) -> bool:
    """The customer lets go of what was not filed yet; False when there was nothing."""
    draft = store.load(session, conversation_id)
    if not draft.narrative and not draft.active:
        return False
    store.save(session, conversation_id, drafts.after(draft), now=now)
    return True


def withdrawable(session: Session, conversation_id: str, number: str | None) -> str | None:
    """The complaint of this conversation that its customer may withdraw: the one named, else the last filed."""
    numbers = store.load(session, conversation_id).numbers
    if number is None:
        return numbers[-1] if numbers else None
    return number if number in numbers else None


def plain(session: Session, conversation_id: str, text: str | None) -> str:
    """The value behind a token, for looking something up; empty for None."""
    return Vault(session, conversation_id).reveal(text) if text else ""


def _enter(
    session: Session,
    conversation_id: str,
    draft: Draft,
    fields: Mapping[str, str],
    refused: tuple[str, ...],
    rulebook: Rulebook,
    *,
    incomplete: bool,
    by: Actor,
    now: datetime,
) -> Receipt:
    conversation = session.get_one(Conversation, conversation_id)
    vault = Vault(session, conversation_id)
    judged = drafts.judge(draft, rulebook)
    story = vault.reveal(draft.story or fields.get(NARRATIVE, ""))
    values = {name: vault.reveal(value) for name, value in fields.items() if name != NARRATIVE and value}
    new = NewComplaint(
        source_key=f"{conversation_id}:{draft.ordinal}",
        conversation_id=conversation_id,
        channel=conversation.channel,
        kind=draft.kind if draft.kind in drafts.GRIEVANCES else drafts.GRIEVANCES[0],
        category=judged.category.main,
        category_certain=judged.category.certain,
        secondary=tuple(judged.category.secondary),
        ranking=draft.ranking,
        triggers=tuple(verdict.id for verdict in judged.triggers),
        emotion=draft.emotion_peak or next(iter(rulebook.emotions)),
        fields=values,
        refused=refused,
        narrative=story,
        evidence=[
            {"label": m.label, "seq": m.seq, "start": m.start, "end": m.end, "weight": m.weight} for m in draft.marks
        ],
        incomplete=incomplete,
        received_at=conversation.opened_at,
        rulebook_version=conversation.rulebook_version,
    )
    if draft.registered is not None:
        return ledger.supplement(session, draft.registered, new=new, by=by, now=now)
    return ledger.enter(session, new=new, by=by, now=now)
