"""The chat's doors: events go down by SSE and resume exactly after ``Last-Event-ID``, all else comes up by POST."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request, status
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, JSONServerSentEvent

from backend.channels import outgoing
from backend.channels.conversation import Turns
from backend.channels.wakeups import Wakeups
from backend.channels.web_chat.guards import CurrentConversation, Throttle
from backend.channels.web_chat.schemas import Accepted, Message, NewMessage, NewSession, Session, clean
from backend.clock import now
from backend.db.session import Database
from backend.guideline.rulebook import Rulebook
from backend.settings import Settings
from backend.transcripts import service as transcripts
from backend.transcripts import store as transcripts_store
from backend.transcripts.models import Conversation
from backend.transcripts.values import Audience, Line, Owner, Utterance

router = APIRouter(prefix="/api/chat", tags=["chat"])

POLL_SECONDS = 2.0
OPENING = ("opening", "personal_data_notice")


@router.post("/sessions", status_code=status.HTTP_201_CREATED)
async def open_session(request: Request, wanted: NewSession | None = None) -> Session:
    """Begin a conversation: who it is, the personal data notice and how to reach a person are its first lines."""
    state = request.app.state
    throttle: Throttle = state.throttle
    throttle.session(request.client.host if request.client else "unknown")
    return await run_in_threadpool(_open, state.database, state.rulebook, (wanted or NewSession()).channel)


def _open(database: Database, rulebook: Rulebook, channel: str) -> Session:
    moment = now()
    with database.write() as session:
        conversation, token = transcripts.open_conversation(
            session, channel=channel, notice_version=rulebook.notices["personal_data_notice"].version,
            rulebook_version=rulebook.version, now=moment,
        )  # fmt: skip
        for notice in OPENING:
            outgoing.send(session, conversation.id, text=rulebook.notices[notice].say(), rulebook=rulebook, now=moment)
        return Session(conversation_id=conversation.id, token=token)


@router.post("/messages", status_code=status.HTTP_202_ACCEPTED)
async def send_message(request: Request, conversation_id: CurrentConversation, message: NewMessage) -> Accepted:
    """Keep one message durably; its answer comes as an event."""
    state = request.app.state
    settings: Settings = state.settings
    throttle: Throttle = state.throttle
    turns: Turns = state.turns
    wakeups: Wakeups = state.wakeups
    text = clean(message.text, limit=settings.message_limit)
    throttle.message(conversation_id)
    utterance = Utterance(conversation_id, message.client_message_id, text, now())
    seq, claimed = await run_in_threadpool(_keep, state.database, utterance, settings.turn_lease)
    if claimed:
        turns.start(conversation_id, claimed=True)  # rings when the answer stands; the sender knows its own words
    else:
        wakeups.ring(conversation_id)
    return Accepted(seq=seq)


def _keep(database: Database, utterance: Utterance, lease: float) -> tuple[int, bool]:
    """Keep the words and, in the same transaction, take the turn if nobody has it."""
    with database.write() as session:
        kept = transcripts.keep(session, utterance)
        owner = transcripts_store.locked(session, utterance.conversation_id).owner
        claimed = (
            kept.new
            and owner in (Owner.BOT, Owner.WAITING)
            and transcripts.claim_turn(session, utterance.conversation_id, lease=lease, now=utterance.heard_at)
        )
        return kept.seq, claimed


@router.get("/events", response_class=EventSourceResponse)
async def events(
    request: Request, conversation_id: CurrentConversation, last_event_id: Annotated[str | None, Header()] = None
) -> EventSourceResponse:
    """The conversation as a stream: ``message`` (id = seq), ``typing``, ``state``."""
    after = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 10 else 0
    state = request.app.state
    stream = _stream(request, state.database, state.wakeups, conversation_id, after)
    return EventSourceResponse(stream, ping=15, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _stream(
    request: Request, database: Database, wakeups: Wakeups, conversation_id: str, after: int
) -> AsyncIterator[JSONServerSentEvent]:
    bell = wakeups.subscribe(conversation_id)
    shown_owner = shown_typing = None
    try:
        while not await request.is_disconnected() and not request.app.state.stopping:
            if bell.news:
                bell.news = False
                lines, owner = await run_in_threadpool(_look, database, conversation_id, after)
                for line in lines:
                    after = line.seq
                    yield JSONServerSentEvent(_message(line), event="message", id=str(line.seq))
                if owner != shown_owner:
                    shown_owner = owner
                    yield JSONServerSentEvent({"owner": owner}, event="state")
            typing = wakeups.typing(conversation_id)
            if typing != shown_typing:
                shown_typing = typing
                if typing is not None:
                    yield JSONServerSentEvent({"from": typing}, event="typing")
            await bell.wait(POLL_SECONDS)
    finally:
        wakeups.unsubscribe(conversation_id, bell)


def _look(database: Database, conversation_id: str, after: int) -> tuple[tuple[Line, ...], str]:
    with database.read() as session:
        lines = transcripts.thread(session, conversation_id, visible_to=Audience.CUSTOMER, after=after)
        return lines, session.get_one(Conversation, conversation_id).owner


def _message(line: Line) -> dict[str, object]:
    message = Message(seq=line.seq, sender=line.sender, text=line.text, choices=list(line.choices), at=line.at)
    return message.model_dump(mode="json", by_alias=True)
