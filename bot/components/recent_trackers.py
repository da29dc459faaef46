"""The memory of conversations inside Rasa: the most recent ones, and no more.

A tracker is disposable: the backend holds the draft and sends it with each turn, so a conversation that was
forgotten is taken up again where it was. Promises: never more than ``conversations`` trackers in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

DEFAULT_CONVERSATIONS = 2000


class RecentTrackers(InMemoryTrackerStore):
    """Rasa's in-memory store with a bound; the conversation spoken to longest ago goes first."""

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        host: Optional[EndpointConfig] = None,
        conversations: int = DEFAULT_CONVERSATIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store: Dict[str, str] = OrderedDict()
        self._bound = conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker as the most recent one."""
        self.store.pop(tracker.sender_id, None)
        await super().save(tracker)
        while len(self.store) > self._bound:
            del self.store[next(iter(self.store))]
