"""Tells the open streams of this process that a conversation has moved. The database is the truth; this only wakes.

A missed wake-up costs at most one poll of the stream, never a message.
"""

import asyncio
from collections import defaultdict


class Wakeups:
    """Streams wait here; turns ring here. Everything runs on the one event loop of the process."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._typing: dict[str, str] = {}

    def subscribe(self, conversation_id: str) -> asyncio.Event:
        bell = asyncio.Event()
        self._waiting[conversation_id].add(bell)
        return bell

    def unsubscribe(self, conversation_id: str, bell: asyncio.Event) -> None:
        self._waiting[conversation_id].discard(bell)
        if not self._waiting[conversation_id]:
            del self._waiting[conversation_id]

    def ring(self, conversation_id: str) -> None:
        for bell in self._waiting.get(conversation_id, ()):
            bell.set()

    def ring_all(self) -> None:
        """Wake every stream, e.g. because the process is stopping."""
        for conversation_id in list(self._waiting):
            self.ring(conversation_id)

    def typing(self, conversation_id: str) -> str | None:
        """Who is writing an answer just now."""
        return self._typing.get(conversation_id)

    def set_typing(self, conversation_id: str, who: str | None) -> None:
        if who is None:
            self._typing.pop(conversation_id, None)
        else:
            self._typing[conversation_id] = who
        self.ring(conversation_id)
