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
from backend.transcripts import store as transcripts_store
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
    transcripts_store.locked(session, conversation_id)
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
    transcripts_store.locked(session, conversation_id)
    draft = store.load(session, conversation_id)
    if not draft.tells_grievance or draft.registered is not None:
        return None
    if draft.numbers and not draft.active:
        # Told after filing, and no new complaint begun: it belongs to the one that stands.
        draft = replace(draft, registered=draft.numbers[-1])
        receipt = _enter(session, conversation_id, draft, {}, (), rulebook, incomplete=False, by=by, now=now)
        store.save(session, conversation_id, drafts.after(draft, number=receipt.number), now=now)
        return receipt
    fields = {**draft.fields, **draft.heard}
    receipt = _enter(session, conversation_id, draft, fields, draft.refused, rulebook, incomplete=True, by=by, now=now)
    store.save(session, conversation_id, replace(draft, registered=receipt.number), now=now)
    return receipt


def withdraw(
    session: Session, conversation_id: str, *, number: str | None, turn: int, by: Actor, now: datetime
) -> tuple[bool, str | None]:
    """The customer lets go: of the complaint named, else of what is not confirmed yet, else of the last one filed.

    Returns whether there was anything, and the number of the complaint, if it had one. The same turn again gives the
    same answer and withdraws nothing more. Only complaints of this conversation can be named.
    """
    transcripts_store.locked(session, conversation_id)
    draft = store.load(session, conversation_id)
    if draft.withdrawn_turn == turn:
        return True, draft.withdrawn
    mine = draft.numbers if draft.registered is None else (*draft.numbers, draft.registered)
    unfiled = bool(draft.narrative or draft.active)
    if number is not None and number not in mine:
        return False, None
    target = number or draft.registered or (None if unfiled else next(reversed(mine), None))
    if target is None and not unfiled:
        return False, None
    if target is not None:
        ledger.withdraw(session, target, by=by, now=now)
    if target is None or target == draft.registered:
        draft = drafts.after(draft, number=target)
    store.save(session, conversation_id, replace(draft, withdrawn_turn=turn, withdrawn=target), now=now)
    return True, target


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
