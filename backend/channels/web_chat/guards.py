"""Who may speak in which conversation, and how often."""

from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute, storage, strategies

from backend.db.session import Database
from backend.errors import NotSignedIn, TooMany
from backend.settings import Settings
from backend.transcripts import service as transcripts


class Throttle:
    """Moving windows of one minute, in memory (one process) or in Redis (many)."""

    def __init__(self, settings: Settings) -> None:
        store = storage.storage_from_string(settings.redis_url or "memory://")
        self._limiter = strategies.MovingWindowRateLimiter(store)
        self._sessions = RateLimitItemPerMinute(settings.sessions_per_minute, namespace="sessions")
        self._messages = RateLimitItemPerMinute(settings.messages_per_minute, namespace="messages")

    def session(self, address: str) -> None:
        if not self._limiter.hit(self._sessions, address):
            raise TooMany("too_many_sessions", "新会话开得太频繁，请一分钟后再试；急事请拨打客服热线。")

    def message(self, conversation_id: str) -> None:
        if not self._limiter.hit(self._messages, conversation_id):
            raise TooMany("too_many_messages", "消息发得太快了，已发送的都已收到，请稍等片刻再发。")


def bearer(request: Request) -> str:
    """The token of the Authorization header, or NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("no_token", "缺少会话凭证，请刷新页面，开始新的会话。")
    return token.strip()


def conversation_of(request: Request, token: Annotated[str, Depends(bearer)]) -> str:
    """The id of the conversation the caller may speak in."""
    database: Database = request.app.state.database
    with database.read() as session:
        return transcripts.by_token(session, token).id


CurrentConversation = Annotated[str, Depends(conversation_of)]
