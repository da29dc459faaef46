"""The chat's real doors and pages with a small bot behind them that answers at once and always alike.

What the customer says decides what happens: 转人工 -> waiting, 专员 -> a person answers, 结束 -> closed, anything else
-> an answer with three choices. The transcripts, the stream and the pages are the product's own.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.channels import outgoing
from backend.channels.wakeups import Wakeups
from backend.channels.web_chat.guards import Throttle
from backend.clock import now
from backend.db.session import Database
from backend.guideline.rulebook import load
from backend.settings import get_settings
from backend.transcripts import service as transcripts
from backend.transcripts.values import Audience, Line, Owner
from tests.stack import free_port

ANSWER = "真抱歉让您着急了，我先记下来。\n请问大概是几点的事？"
CHOICES = [{"label": label, "value": label} for label in ("开盘前后", "上午某个时候", "记不清了")]


class LittleBot:
    """In the place of ``channels.conversation.Turns``."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        self._database, self._wakeups = database, wakeups
        self._running: set[asyncio.Task[None]] = set()

    def start(self, conversation_id: str, *, claimed: bool = False) -> None:
        task = asyncio.create_task(self._answer(conversation_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, conversation_id: str) -> None:
        self._wakeups.set_typing(conversation_id, "bot")
        await asyncio.sleep(0.15)
        self._say(conversation_id)
        self._wakeups.set_typing(conversation_id, None)

    def _say(self, conversation_id: str) -> None:
        moment = now()
        with self._database.write() as session:
            heard = transcripts.thread(session, conversation_id, visible_to=Audience.CUSTOMER)[-1]
            transcripts.finish_turn(session, conversation_id, answered_seq=heard.seq)
            sender, text, choices = "bot", ANSWER, CHOICES
            if "转人工" in heard.text:
                transcripts.ask_for_person(session, conversation_id, reason="asked", now=moment)
                text, choices = "正在为您联系人工同事。", []
            if "专员" in heard.text:
                self._hand(session, conversation_id, Owner.AGENT)
                sender, text, choices = "agent", "您好，我是人工客服李强。", []
            if "结束" in heard.text:
                self._hand(session, conversation_id, Owner.CLOSED)
                text, choices = "本次会话已结束。", []
            outgoing.send(
                session, conversation_id, text=text, sender=sender, choices=choices, rulebook=load(), now=moment
            )

    def _hand(self, session: Session, conversation_id: str, to: Owner) -> None:
        for owner in (Owner.BOT, Owner.WAITING, Owner.AGENT):
            transcripts.change_owner(session, conversation_id, expected=owner, to=to, now=now())


@dataclass
class LittleChat:
    """The running world."""

    url: str
    app: FastAPI
    database: Database

    def drop_streams(self) -> None:
        """End every open stream, as a restart of the server would."""
        self.app.state.stopping = True
        time.sleep(2.5)  # a stream that waits looks up at the latest after its poll
        self.app.state.stopping = False

    def kept(self, conversation_id: str) -> tuple[Line, ...]:
        with self.database.read() as session:
            return transcripts.thread(session, conversation_id, visible_to=Audience.CUSTOMER)


@contextmanager
def little_chat(database: Database) -> Iterator[LittleChat]:
    app = create_app()
    app.router.lifespan_context = _nothing
    state, settings = app.state, get_settings()
    state.database, state.wakeups, state.rulebook = database, Wakeups(), load()
    state.throttle = Throttle(settings.model_copy(update={"sessions_per_minute": 1000, "messages_per_minute": 1000}))
    state.turns = LittleBot(database, state.wakeups)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield LittleChat(f"http://127.0.0.1:{port}", app, database)
    finally:
        state.stopping = True
        server.should_exit = True
        thread.join(10)


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield
