"""The one door to Rasa: a turn goes in with what the backend knows, what to say next comes out.

    POST /webhooks/turn/webhook  {"sender", "message", "metadata"}
      -> 200 {"messages": [{"text", "choices": [{"label", "value"}]}], "slots", "refused", "asked", "active",
              "misses", "intent": {"name", "confidence"}}
      -> 500 {"error": "<class of the failure>"}

Promises: never an empty decision (the stock REST channel answers 200 [] when it has failed); never the
customer's words in an error; a conversation this process does not know (restarted, moved, forgotten) is
taken up from ``metadata.draft``: what is filled, what was refused, what is being asked. The whole turn
holds the conversation's lock. Between turns only the state of a conversation is remembered, not its
history, so that the hundredth turn costs what the first did.
"""

from __future__ import annotations

import logging
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

COMPLAINT_FORM = "complaint_form"
MISS_ACTION = "action_miss"
FIELDS = (
    "narrative", "occurred_at", "demand", "name", "phone", "branch", "account", "amount", "employee",
    "product_or_security", "evidence", "on_behalf_of", "investor_class", "reported_elsewhere", "contact_hours",
)  # fmt: skip
# Of the bot's own sentences, so that it does not repeat itself (phrasing.py).
REMEMBERED_WORDS = 12
# What a question takes for granted: nobody is asked for an account number who has not agreed to be.
IMPLIED: Mapping[str, Tuple[str, bool]] = {
    "account": ("account_consent", True),
    "contact_choice": ("contact_explained", True),
}
# Rasa reads a message that begins with "/" as a command (/restart): a customer's slash is only a slash.
COMMAND_SIGN, HARMLESS_SIGN = "/", "／"


class EmptyDecision(RuntimeError):
    """Rasa ended the turn without a word: one of its actions has failed."""


class WebChatOutput(CollectingOutputChannel):
    """Collects what is said, one ``{"text", "choices"}`` a message; its name selects response variations."""

    @classmethod
    def name(cls) -> str:
        return "web_chat"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """A message without choices."""
        self.messages.append({"text": text.strip(), "choices": []})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: List[Dict[str, Any]], **kwargs: Any
    ) -> None:
        """A message with choices; a choice is worth the words the customer would say."""
        choices = [{"label": button["title"], "value": button["payload"]} for button in buttons]
        self.messages.append({"text": text.strip(), "choices": choices})


class PhoneOutput(WebChatOutput):
    """The same for the telephone, where sentences are shorter."""

    @classmethod
    def name(cls) -> str:
        return "phone"


OUTPUTS: Mapping[str, Type[WebChatOutput]] = {output.name(): output for output in (WebChatOutput, PhoneOutput)}


class TurnInput(InputChannel):
    """Rasa input channel ``turn``; named in credentials.yml by its dotted path."""

    @classmethod
    def name(cls) -> str:
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> InputChannel:
        """There are none: Rasa listens on the loopback interface only."""
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """``GET /`` tells whether a model is loaded, ``POST /webhook`` takes a turn."""
        door = Blueprint("turn_channel")

        @door.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = request.app.ctx.agent.is_ready()
            return response.json({"status": "ok" if ready else "no model"}, status=200 if ready else 503)

        @door.route("/webhook", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            try:
                return response.json(await take_turn(request.app.ctx.agent, request.json))
            except Exception as failure:  # the boundary of the process: whatever it is, the backend must know
                logger.error("turn failed: %s", type(failure).__name__)
                return response.json({"error": type(failure).__name__}, status=500)

        return door


async def take_turn(agent: Agent, turn: Mapping[str, Any]) -> Dict[str, Any]:
    """One turn of a conversation: restored if unknown | heard | decided -> the decision as the door returns it.

    Raises EmptyDecision when nothing was said, KeyError or TypeError when the turn is malformed.
    """
    sender, text, facts = str(turn["sender"]), str(turn["message"]), dict(turn.get("metadata") or {})
    draft = facts.get("draft") or {}
    if text.startswith(COMMAND_SIGN):
        text = HARMLESS_SIGN + text[len(COMMAND_SIGN) :]
    output = OUTPUTS[facts.get("channel", WebChatOutput.name())]()
    async with agent.lock_store.lock(sender):
        store = agent.tracker_store
        if sender not in await store.keys():
            await store.save(restored(sender, draft, agent.domain, emotion=facts.get("emotion", "calm")))
        message = UserMessage(text, output, sender, input_channel=output.name(), metadata=facts)
        await agent.processor.handle_message(message)
        tracker = await store.retrieve(sender)
        if not output.messages or tracker is None:
            raise EmptyDecision(sender)
        await store.save(settled(tracker, agent.domain))
    return {"messages": output.messages, **state_of(tracker, misses_before=int(draft.get("misses", 0)))}


def restored(sender: str, draft: Mapping[str, Any], domain: Domain, *, emotion: str) -> DialogueStateTracker:
    """A conversation as it stood when the backend last heard from it; a fresh one for an empty draft."""
    asked = draft.get("asked")
    loop = form_asking(asked, domain) if asked else COMPLAINT_FORM if draft.get("active") else None
    fields = draft.get("fields") or {}
    slots: Dict[str, Any] = {name: fields.get(name) or None for name in FIELDS}
    slots["refused"] = list(draft.get("refused") or ())
    if loop:
        slots["calmed"] = emotion  # someone who is being asked has been acknowledged before
    if asked in IMPLIED:
        slots.update((IMPLIED[asked],))
    return _tracker(sender, slots, domain, loop=loop, asked=asked)


def settled(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The conversation after a turn, without its history: slots, open question, the last things said."""
    slots = tracker.current_slot_values()
    said = [event for event in tracker.events if isinstance(event, BotUttered)][-REMEMBERED_WORDS:]
    loop = tracker.active_loop_name
    return _tracker(tracker.sender_id, slots, domain, loop=loop, asked=slots.get(REQUESTED_SLOT), said=said)


def _tracker(
    sender: str,
    slots: Mapping[str, Any],
    domain: Domain,
    *,
    loop: Optional[str],
    asked: Optional[str],
    said: Sequence[Event] = (),
) -> DialogueStateTracker:
    events: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *said]
    filled = {name: value for name, value in slots.items() if value is not None and name not in DEFAULT_SLOT_NAMES}
    events += [SlotSet(name, value) for name, value in filled.items()]
    if loop:
        events += [ActionExecuted(loop), ActiveLoop(loop), SlotSet(REQUESTED_SLOT, asked)]
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(sender, events, slots=domain.slots, domain=domain)


def form_asking(asked: str, domain: Domain) -> Optional[str]:
    """The form that asks for a slot; the complaint's own form first."""
    names = sorted(domain.form_names, key=lambda name: name != COMPLAINT_FORM)
    return next((name for name in names if asked in domain.required_slots_for_form(name)), None)


def state_of(tracker: DialogueStateTracker, *, misses_before: int) -> Dict[str, Any]:
    """What the backend keeps of the conversation after a turn."""
    values = tracker.current_slot_values()
    heard = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    intent = heard.intent if heard else {}
    return {
        "slots": {name: values[name] for name in FIELDS if values.get(name) is not None},
        "refused": list(values.get("refused") or ()),
        "asked": values.get(REQUESTED_SLOT) if tracker.active_loop_name else None,
        "active": tracker.active_loop_name == COMPLAINT_FORM,
        "misses": misses_before + 1 if _missed(tracker) else 0,
        "intent": {"name": intent.get("name"), "confidence": intent.get("confidence", 0.0)},
    }


def _missed(tracker: DialogueStateTracker) -> bool:
    """Whether the bot did not understand the message just heard."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, ActionExecuted) and event.action_name == MISS_ACTION:
            return True
    return False
