"""The customer takes a complaint back: asked once whether it is meant, then done or left as it was."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.backend_client import BackendClient, BackendError
from actions.complaint import FORM, forgotten
from actions.turn import turn_of


class Withdraw(Action):
    """Withdraws the complaint of this conversation, or the draft of one."""

    def name(self) -> str:
        return "action_withdraw"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Not meant: back to the complaint that was being collected, if there was one."""
        slots = tracker.slots
        decided = SlotSet("withdraw_confirmed", None)
        if not slots.get("withdraw_confirmed"):
            dispatcher.utter_message(response="utter_withdraw_kept")
            return [decided, FollowupAction(FORM)] if slots.get("narrative") else [decided]
        try:
            answer = await BackendClient.from_environment().withdraw(
                conversation=tracker.sender_id, turn=turn_of(tracker).number, number=slots.get("complaint_number")
            )
        except BackendError:
            dispatcher.utter_message(response="utter_withdraw_failed")
            return [decided]
        if not answer.get("withdrawn"):
            dispatcher.utter_message(response="utter_withdraw_nothing")
            return [decided]
        dispatcher.utter_message(response="utter_withdrawn")
        return [decided, *forgotten(slots), SlotSet("complaint_number", None)]
