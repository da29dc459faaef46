"""Trackers as the Rasa server sends them, without a Rasa server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from tests.bot.standin_backend import TOKEN, StandInBackend

Ran = tuple[list[dict[str, Any]], list[str]]


def tracker(
    intent: str,
    *,
    slots: dict[str, Any] | None = None,
    loop: str | None = None,
    words: dict[str, str] | None = None,
    **metadata: Any,
) -> Tracker:
    """A conversation that has just heard ``intent``."""
    entities = [{"entity": name, "value": value, "start": 0, "extractor": "RegexEntityExtractor"} for name, value in
                (words or {}).items()]  # fmt: skip
    message = {"intent": {"name": intent, "confidence": 0.9}, "entities": entities, "text": "……",
               "metadata": {"turn": 5, **metadata}}  # fmt: skip
    heard = [{"event": "user", "parse_data": {"intent": {"name": intent}}}]
    return Tracker(
        "c1", {"refused": [], **(slots or {})}, message, heard, False, None, {"name": loop} if loop else {}, None
    )


@pytest.fixture
def run() -> Callable[[Action, Tracker], Ran]:
    """Runs an action; returns its events and the names of the responses it chose."""

    def run_action(action: Action, heard: Tracker) -> Ran:
        dispatcher = CollectingDispatcher()
        events = asyncio.run(action.run(dispatcher, heard, {}))
        assert not any(message.get("text") for message in dispatcher.messages), (
            "actions name responses, never sentences"
        )
        return events, [message["response"] for message in dispatcher.messages]

    return run_action


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The stand-in backend, listening."""
    standin = StandInBackend()
    monkeypatch.setenv("ANFU_BACKEND_URL", standin.start())
    monkeypatch.setenv("ANFU_SERVICE_TOKEN", TOKEN)
    yield standin
    standin.stop()
