"""How far is my complaint: number and phone are asked for, then the backend is."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.backend_client import BackendClient, BackendError
from actions.complaint import REQUESTED_SLOT
from actions.turn import Turn, turn_of

FORM = "status_form"
NOT_GIVEN = frozenset({"deny", "refuse_to_say"})


class ValidateStatusForm(Action):
    """Number, then phone; a number that cannot be given ends the form, a phone that is refused is left out."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Slot events with the next question, or a rejection that lets the rules answer."""
        turn = turn_of(tracker)
        asked = None if turn.opening else turn.asked
        found = {"complaint_number": number_in(turn, asked), "phone": dict(turn.spans).get("phone")}
        filled = {name: value for name, value in found.items() if value}
        given_up = asked is not None and turn.intent in NOT_GIVEN and not filled and not turn.answered
        if asked and not filled and not given_up and not turn.answered:
            return [ActionExecutionRejected(FORM)]
        known = {**tracker.slots, **filled}
        missing = next((name for name in ("complaint_number", "phone") if not known.get(name)), None)
        # Both slots are set again even if unchanged: without a slot Rasa takes the answer for a failed one.
        events = [SlotSet(name, known.get(name)) for name in found]
        return [*events, SlotSet(REQUESTED_SLOT, None if given_up else missing)]


class Status(Action):
    """Tells the stage of a complaint; which one, is for the backend to check against the phone."""

    def name(self) -> str:
        return "action_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """A number that is not found is forgotten, so that another can be tried."""
        number: str | None = tracker.slots.get("complaint_number")
        if not number:
            dispatcher.utter_message(response="utter_status_no_number")
            return []
        try:
            answer = await BackendClient.from_environment().status(
                conversation=tracker.sender_id,
                turn=turn_of(tracker).number,
                number=number,
                phone=tracker.slots.get("phone"),
            )
        except BackendError:
            dispatcher.utter_message(response="utter_status_failed")
            return []
        if not answer.get("found"):
            dispatcher.utter_message(response="utter_status_not_found")
            return [SlotSet("complaint_number", None)]
        dispatcher.utter_message(response="utter_status_found", **answer)
        return []


def number_in(turn: Turn, asked: str | None) -> str | None:
    """The complaint number said; its digits alone may have become an account token on the way."""
    said = turn.words.get("complaint_number")
    if said:
        return said[-1].upper().replace(" ", "").replace("-", "")
    return dict(turn.spans).get("account") if asked == "complaint_number" else None
