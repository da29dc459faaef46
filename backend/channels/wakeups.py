"""Tells the open streams of this process that a conversation has moved. The database is the truth; this only wakes.

A missed wake-up costs at most one poll of the stream, never a message.
"""

import asyncio
from collections import defaultdict


class Bell:
    """One waiting stream. ``news``: there is something to read, not only somebody typing."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self.news = True

    async def wait(self, seconds: float) -> None:
        """Until rung, or until it is time to look anyway."""
        try:
            await asyncio.wait_for(self.rung.wait(), seconds)
        except TimeoutError:
            self.news = True
        self.rung.clear()


class Wakeups:
    """Streams wait here; turns ring here. Everything runs on the one event loop of the process."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[Bell]] = defaultdict(set)
        self._typing: dict[str, str] = {}

    def subscribe(self, conversation_id: str) -> Bell:
        bell = Bell()
        self._waiting[conversation_id].add(bell)
        return bell

    def unsubscribe(self, conversation_id: str, bell: Bell) -> None:
        self._waiting[conversation_id].discard(bell)
        if not self._waiting[conversation_id]:
            del self._waiting[conversation_id]

    def ring(self, conversation_id: str) -> None:
        """There is something new to read."""
        for bell in self._waiting.get(conversation_id, ()):
            bell.news = True
            bell.rung.set()

    def ring_all(self) -> None:
        """Wake every stream, e.g. because the process is stopping."""
        for conversation_id in list(self._waiting):
            self.ring(conversation_id)

    def typing(self, conversation_id: str) -> str | None:
        """Who is writing an answer just now."""
        return self._typing.get(conversation_id)

    def set_typing(self, conversation_id: str, who: str | None) -> None:
        """Somebody begins or ends writing; nothing new to read."""
        if who is None:
            self._typing.pop(conversation_id, None)
            return
        self._typing[conversation_id] = who
        for bell in self._waiting.get(conversation_id, ()):
            bell.rung.set()
