"""The turn: how a customer's kept words become an answer.

    kept | owned | read | tokened | judged -> Question      (transcripts, reading, privacy, guideline)
    Question | asked                       -> Decision      (one call to the bot, no transaction open)
    Decision | answered                    -> lines         (dropped if a person took over meanwhile)

A turn takes all lines that wait, so that a burst of short messages is one turn. One process at a time holds a
conversation's turn (a lease in the database); lines that got no answer stay waiting and are taken again when the bot
is back, under a new epoch, so that a late answer of the old one counts for nothing.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from backend.channels import outgoing
from backend.channels.bot import Bot, BotSilent, Decision, Said
from backend.channels.wakeups import Wakeups
from backend.db.session import Database
from backend.guideline import routing
from backend.guideline.calendar import Calendar
from backend.guideline.rulebook import Rulebook
from backend.intake import draft as drafts
from backend.intake import store as draft_store
from backend.intake.draft import Draft, Mark
from backend.privacy.vault import Vault
from backend.reading.folding import simplify
from backend.reading.reader import Reader
from backend.reading.values import Evidence
from backend.transcripts import service as transcripts
from backend.transcripts import store as transcripts_store
from backend.transcripts.models import Conversation
from backend.transcripts.values import Line, Owner

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 6  # within two minutes, later each time
UNABLE = "unable"
SECRET = "secret"  # a password or code the customer typed: masked at once, and they are warned


@dataclass(frozen=True, slots=True)
class Question:
    """One turn, ready to be put to the bot. ``upto``: the last customer line it covers."""

    conversation_id: str
    sender: str
    message: str
    metadata: dict[str, Any]
    upto: int
    epoch: int
    secret: bool


@dataclass(frozen=True, slots=True)
class _Pending:
    lines: tuple[Line, ...]
    draft: Draft
    channel: str


class Turns:
    """Takes turns for one process. ``clock`` gives the time."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        bot: Bot,
        wakeups: Wakeups,
        *,
        rulebook: Rulebook,
        calendar: Calendar,
        lease: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._reader, self._bot, self._wakeups = database, reader, bot, wakeups
        self._rulebook, self._calendar, self._lease, self._clock = rulebook, calendar, lease, clock
        self._running: set[asyncio.Task[None]] = set()

    def start(self, conversation_id: str, *, claimed: bool = False) -> None:
        """Take the conversation's turn in the background; ``claimed``: the caller's transaction holds it already."""
        task = asyncio.create_task(self.take(conversation_id, claimed=claimed))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Wait for the turns under way (at a stop)."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def take(self, conversation_id: str, *, claimed: bool = False) -> None:
        """Answer everything that waits in one conversation, then give the turn back."""
        while claimed or await asyncio.to_thread(self._claim, conversation_id):
            claimed = False
            if not await self._one(conversation_id):
                return

    async def _one(self, conversation_id: str) -> bool:
        """One turn; True if more may be waiting."""
        self._wakeups.set_typing(conversation_id, "bot")
        question = None
        try:
            question = await asyncio.to_thread(self._hear, conversation_id)
            if question is None:
                return False
            decision = await self._bot.ask(question.sender, question.message, question.metadata)
            return await asyncio.to_thread(self._answer, question, decision)
        except BotSilent as silence:
            log.warning("bot_silent", conversation=conversation_id, why=str(silence))
            await asyncio.to_thread(self._apologise, conversation_id, question)
            return False
        except Exception:
            # Whatever broke, the customer is owed a sentence; what was said is kept and will be tried again.
            log.exception("turn_failed", conversation=conversation_id)
            await asyncio.to_thread(self._apologise, conversation_id, question)
            return False
        finally:
            self._wakeups.set_typing(conversation_id, None)
            self._wakeups.ring(conversation_id)

    def _claim(self, conversation_id: str) -> bool:
        with self._database.write() as session:
            return transcripts.claim_turn(session, conversation_id, lease=self._lease, now=self._clock())

    def _hear(self, conversation_id: str) -> Question | None:
        """read | tokened | judged. None when nothing waits or a person owns the conversation."""
        now = self._clock()
        with self._database.read() as session:
            pending = _pending(session, conversation_id)
        if not pending.lines:
            with self._database.write() as session:
                transcripts.finish_turn(session, conversation_id, answered_seq=0)
            return None
        text = "\n".join(line.text for line in pending.lines)
        reading = self._reader.read(text, asked=pending.draft.asked, heard_at=pending.lines[-1].at)
        first, upto = pending.lines[0].seq, pending.lines[-1].seq
        earlier = drafts.before(pending.draft, first).story
        whole = self._reader.read(f"{earlier}\n{text}", asked=None, heard_at=now).ranking if earlier else None
        with self._database.write() as session:
            transcripts_store.locked(session, conversation_id)
            current = draft_store.load(session, conversation_id)
            if current.filed_turn >= first:
                self._tell_number(session, conversation_id, current.numbers[-1], upto=upto, now=now)
                return None
            tokened = Vault(session, conversation_id).tokenise(text, reading.spans, now=now)
            base = drafts.before(current, first)
            draft = drafts.hear(
                base, reading, seq=upto, text=tokened.text, spans=tokened.spans,
                marks=_marks(reading.evidence, pending.lines), levels=tuple(self._rulebook.emotions),
            )  # fmt: skip
            if whole is not None and len(draft.narrative) > len(base.narrative):
                draft = drafts.rank_again(draft, whole)
            draft_store.save(session, conversation_id, draft, now=now)
        judged = drafts.judge(draft, self._rulebook)
        category = judged.category.main
        # What was told before this turn: the bot acknowledges a story when it hears it, also after an outage.
        told = base.story
        metadata = {
            "turn": upto,
            "channel": pending.channel,
            "spans": [{"field": s.field, "start": s.start, "end": s.end, "value": s.value} for s in tokened.spans],
            "kind": reading.kind,
            "kind_confidence": reading.kind_confidence,
            "category": category,
            "category_certain": judged.category.certain,
            "category_label": judged.category.label,
            "emotion": reading.emotion,
            "triggers": [verdict.id for verdict in judged.triggers],
            "wants_human": bool(routing.wants_human(text, self._rulebook)),
            "danger": bool(routing.in_danger(text, self._rulebook)),
            "asks_account": category is not None and "account" in self._rulebook.categories[category].asks,
            "draft": {
                "fields": {**draft.fields, **({drafts.NARRATIVE: told} if told else {})},
                "refused": list(draft.refused),
                "asked": draft.asked,
                "active": draft.active,
                "misses": draft.misses,
            },
        }
        secret = any(span.field == SECRET for span in reading.spans)
        return Question(
            conversation_id, f"{conversation_id}.{draft.epoch}", simplify(tokened.text), metadata, upto, draft.epoch,
            secret,
        )  # fmt: skip

    def _answer(self, question: Question, decision: Decision) -> bool:
        """Keep the bot's slots and send its sentences, unless a person took over while it was thinking."""
        now, conversation_id = self._clock(), question.conversation_id
        with self._database.write() as session:
            conversation = transcripts_store.locked(session, conversation_id)
            current = draft_store.load(session, conversation_id)
            if current.epoch != question.epoch or conversation.answered_seq >= question.upto:
                log.warning("answer_too_late", conversation=conversation_id)  # another process has taken this turn
                return False
            draft = drafts.settle(
                current, slots=decision.slots, refused=decision.refused,
                asked=decision.asked, active=decision.active, misses=decision.misses,
            )  # fmt: skip
            draft_store.save(session, conversation_id, draft, now=now)
            transcripts.finish_turn(session, conversation_id, answered_seq=question.upto)
            if conversation.owner in (Owner.AGENT, Owner.CLOSED):
                return False
            sentences = list(decision.messages)
            if transcripts.back_to_bot(session, conversation_id, now=now):
                sentences.insert(0, self._notice("bot_back"))
            if question.secret:
                sentences.insert(0, self._notice("secret_masked"))
            vault = Vault(session, conversation_id)
            for said in sentences:
                outgoing.send(
                    session, conversation_id, text=said.text, choices=said.choices, rulebook=self._rulebook,
                    vault=vault, said=draft.fields.values(), now=now,
                )  # fmt: skip
            return conversation.last_customer_seq > question.upto

    def _apologise(self, conversation_id: str, question: Question | None) -> None:
        """An honest sentence, once an outage; the lines stay waiting and are taken again, later each time.

        After ``MOST_ATTEMPTS`` what was heard is left to a person. ``question`` is None when not even hearing worked.
        """
        now = self._clock()
        with self._database.write() as session:
            conversation = transcripts_store.locked(session, conversation_id)
            draft = draft_store.load(session, conversation_id)
            if question is not None and (draft.epoch != question.epoch or conversation.answered_seq >= question.upto):
                return  # another process has taken this turn
            draft = drafts.fail(draft)
            if draft.attempts == 1 and conversation.owner in (Owner.BOT, Owner.WAITING):
                text = self._notice("bot_unavailable").text
                outgoing.send(session, conversation_id, text=text, rulebook=self._rulebook, now=now)
            transcripts.change_owner(
                session, conversation_id, expected=Owner.BOT, to=Owner.WAITING, reason=transcripts.OUTAGE, now=now
            )
            if draft.attempts < MOST_ATTEMPTS:
                transcripts.postpone_turn(session, conversation_id, seconds=2.0**draft.attempts, now=now)
            else:
                draft = drafts.give_up(draft)
                transcripts.ask_for_person(session, conversation_id, reason=UNABLE, now=now)
                upto = question.upto if question is not None else conversation.last_customer_seq
                transcripts.finish_turn(session, conversation_id, answered_seq=upto)
            draft_store.save(session, conversation_id, draft, now=now)

    def _tell_number(self, session: Session, conversation_id: str, number: str, *, upto: int, now: datetime) -> None:
        """The complaint was filed in a turn whose answer never came: the number is owed."""
        text = self._rulebook.notices["abandoned_registered"].say(number=number)
        outgoing.send(session, conversation_id, text=text, rulebook=self._rulebook, now=now)
        transcripts.back_to_bot(session, conversation_id, now=now)
        transcripts.finish_turn(session, conversation_id, answered_seq=upto)

    def _notice(self, name: str) -> Said:
        return Said(self._rulebook.notices[name].say())


def _marks(evidence: Iterable[Evidence], lines: Sequence[Line]) -> Iterator[Mark]:
    """Evidence of a turn, as places in the lines it was made of."""
    begin = 0
    for line in lines:
        end = begin + len(line.text)
        for found in evidence:
            start, stop = max(found.start, begin), min(found.end, end)
            if start < stop:
                yield Mark(found.label, line.seq, start - begin, stop - begin, found.weight)
        begin = end + 1  # the line break between two lines


def _pending(session: Session, conversation_id: str) -> _Pending:
    conversation = session.get_one(Conversation, conversation_id)
    lines = () if conversation.owner in (Owner.AGENT, Owner.CLOSED) else transcripts.pending(session, conversation)
    return _Pending(lines, draft_store.load(session, conversation_id), conversation.channel)
