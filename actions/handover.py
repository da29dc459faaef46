"""To a person: asked for, not understood twice, abuse that goes on, danger.

A failed call to the backend is not covered up: the action fails, Rasa stays silent, and the backend, which sees
the silence, puts the conversation into the queue itself. Only words of care in danger are said in any case.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.backend_client import BackendClient, BackendError
from actions.complaint import FORM, REQUESTED_SLOT
from actions.turn import Turn, turn_of

MISSES_BEFORE_HANDOVER = 1
# Said outright, because these actions also run where no rule would end the turn.
LISTEN: list[dict[str, Any]] = [FollowupAction("action_listen")]
SELF_HARM = "self_harm_or_violence_threat"
RIGHTS_TRIGGERS = frozenset({"media_or_regulator_threat", "compensation_or_litigation", "mass_incident"})


class Handover(Action):
    """The customer wants a person: the first time it is said."""

    def name(self) -> str:
        return "action_handover"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Reason ``unable`` when no way of reply was given, else ``asked``."""
        reason = "unable" if tracker.slots.get(REQUESTED_SLOT) == "contact_choice" else "asked"
        return await hand_over(dispatcher, tracker, reason)


class Miss(Action):
    """Not understood: once, the question again in other words; twice running, a person."""

    def name(self) -> str:
        return "action_miss"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """The backend counts the misses; it sends the count with each turn."""
        if int(turn_of(tracker).draft.get("misses", 0)) >= MISSES_BEFORE_HANDOVER:
            dispatcher.utter_message(response="utter_miss_again")
            return await hand_over(dispatcher, tracker, "misses")
        dispatcher.utter_message(response="utter_miss")
        return back_to_question(tracker)


class Abuse(Action):
    """Answered calmly once; the second time a person is called."""

    def name(self) -> str:
        return "action_abuse"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Counted over the conversation."""
        times = int(tracker.slots.get("abuses") or 0) + 1
        if times > 1:
            return await hand_over(dispatcher, tracker, "abuse")
        dispatcher.utter_message(response="utter_abuse")
        return [SlotSet("abuses", times), *back_to_question(tracker)]


class Threat(Action):
    """Danger to life: care, then a person. Regulator, media, court: a right, respected; then on with the matter."""

    def name(self) -> str:
        return "action_threat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Where nobody can be called, the words of care are said all the same."""
        turn = turn_of(tracker)
        if not dangerous(turn):
            dispatcher.utter_message(response="utter_rights" if names_a_right(turn) else "utter_calm_again")
            return [FollowupAction(FORM)]
        dispatcher.utter_message(response="utter_care")
        try:
            return await hand_over(dispatcher, tracker, "danger")
        except BackendError:
            dispatcher.utter_message(response="utter_handover_failed")
            return LISTEN


def dangerous(turn: Turn) -> bool:
    """Whether a threat is one to life and limb: judged so by the backend, or said in such words."""
    return turn.danger or SELF_HARM in turn.triggers or bool(turn.words.get("danger_word"))


def names_a_right(turn: Turn) -> bool:
    """Whether the customer speaks of the regulator, the press or the courts."""
    return bool(RIGHTS_TRIGGERS & set(turn.triggers) or turn.words.get("outside_party"))


async def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> list[dict[str, Any]]:
    """Calls a person and says what happens now; off hours the bot goes on collecting meanwhile."""
    answer = await BackendClient.from_environment().hand_over(
        conversation=tracker.sender_id, turn=turn_of(tracker).number, reason=reason
    )
    if answer.get("open"):
        if reason != "danger":  # the words of care have said it
            dispatcher.utter_message(response="utter_handover_open")
        return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None), *LISTEN]
    if answer.get("callback_text"):
        dispatcher.utter_message(response="utter_handover_closed", callback_text=answer["callback_text"])
    else:
        dispatcher.utter_message(response="utter_handover_waiting")
    asked_in_vain = tracker.slots.get(REQUESTED_SLOT) == "contact_choice"
    return LISTEN if asked_in_vain or reason == "danger" else back_to_question(tracker)


def back_to_question(tracker: Tracker) -> list[dict[str, Any]]:
    """Goes on with the complaint if one is being collected, else waits for the customer."""
    return [FollowupAction(FORM)] if (tracker.active_loop or {}).get("name") == FORM else LISTEN
