"""One utterance as the actions see it: what the backend read, what Rasa made of it, what was being asked.

A frozen view of Rasa's tracker, so that everything decided from it can be tested with plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

SPANS = "TurnSpans"
# Actions that are part of hearing a message; any other one after it means that it has been answered.
HEARING = frozenset({"action_listen", "action_extract_slots", "complaint_form", "status_form"})


@dataclass(frozen=True)
class Turn:
    """``spans``: (field, value) in the order of the text, values are privacy tokens or plain words."""

    conversation: str
    number: int
    text: str
    intent: str
    confidence: float
    spans: tuple[tuple[str, str], ...]
    words: Mapping[str, tuple[str, ...]]
    asked: str | None
    emotion: str
    triggers: tuple[str, ...]
    danger: bool
    category: str | None
    category_certain: bool
    asks_account: bool
    draft: Mapping[str, Any]
    answered: bool
    opening: bool

    @property
    def corrected_fields(self) -> tuple[str, ...]:
        """Fields that were named by their everyday word, 手机号 -> phone."""
        return self.words.get("field_word", ())


def turn_of(tracker: Tracker) -> Turn:
    """The latest message of the tracker."""
    message: dict[str, Any] = tracker.latest_message or {}
    facts: dict[str, Any] = message.get("metadata") or {}
    since = _since_heard(tracker.events)
    spans: list[tuple[str, str]] = []
    words: dict[str, tuple[str, ...]] = {}
    for entity in sorted(message.get("entities") or (), key=_start):
        if entity.get("extractor") == SPANS:
            spans.append((entity["entity"], entity["value"]))
        else:
            words[entity["entity"]] = (*words.get(entity["entity"], ()), entity["value"])
    return Turn(
        conversation=tracker.sender_id,
        number=int(facts.get("turn", 0)),
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "",
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
        spans=tuple(spans),
        words=words,
        asked=tracker.slots.get("requested_slot"),
        emotion=facts.get("emotion") or "calm",
        triggers=tuple(facts.get("triggers") or ()),
        danger=bool(facts.get("danger")),
        category=facts.get("category"),
        category_certain=bool(facts.get("category_certain")),
        asks_account=bool(facts.get("asks_account")),
        draft=facts.get("draft") or {},
        answered=any(_answers(event) for event in since),
        opening=any(event.get("event") == "active_loop" and event.get("name") for event in since),
    )


def _start(entity: Mapping[str, Any]) -> int:
    return int(entity.get("start") or 0)


def _since_heard(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    heard = max((index for index, event in enumerate(events) if event.get("event") == "user"), default=-1)
    return events[heard + 1 :]


def _answers(event: Mapping[str, Any]) -> bool:
    kind = event.get("event")
    return kind == "action_execution_rejected" or (kind == "action" and event.get("name") not in HEARING)
