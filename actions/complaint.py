"""The complaint: its form at each utterance, and its submission once the customer has confirmed.

validate_complaint_form: tracker | turn_of | collect | events
action_submit_complaint: slots | backend | number, or an honest sentence and a form that can be confirmed again
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.backend_client import BackendClient, BackendError
from actions.collecting import FIELDS, collect
from actions.turn import turn_of

FORM = "complaint_form"
REQUESTED_SLOT = "requested_slot"
# Of the person, not of the matter: a second complaint does not ask for them again.
KEPT_FIELDS = frozenset({"name", "phone", "contact_hours", "investor_class"})
OF_ONE_COMPLAINT = ("category", "account_consent", "contact_choice", "correction", "confirmed", "same_matter", "calmed")


class ValidateComplaintForm(Action):
    """Fills, refuses, corrects, calms and chooses the next question; see actions/collecting.py."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Slot events, and either the next requested slot or a rejection that lets the rules answer."""
        step = collect(turn_of(tracker), tracker.slots)
        for response in step.says:
            dispatcher.utter_message(response=response)
        events = [SlotSet(name, value) for name, value in step.slots.items()]
        if step.interrupt:
            events.append(ActionExecutionRejected(FORM))
            return events + ([FollowupAction(step.follow)] if step.follow else [])
        return [*events, SlotSet(REQUESTED_SLOT, step.ask)]


class SubmitComplaint(Action):
    """Runs when the form is complete: a confirmed complaint, or a supplement to the one before."""

    def name(self) -> str:
        return "action_submit_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Submits under the turn of the confirmation, so that a repeated confirmation is the same request."""
        slots = tracker.slots
        if not slots.get("confirmed"):
            dispatcher.utter_message(response="utter_supplement_kept")
            return forgotten(slots)
        fields = {name: slots[name] for name in FIELDS if slots.get(name) is not None}
        refused = [name for name in slots.get("refused") or () if name in FIELDS]
        try:
            receipt = await BackendClient.from_environment().submit(
                conversation=tracker.sender_id, turn=int(slots["confirmed"]), fields=fields, refused=refused
            )
        except BackendError:
            dispatcher.utter_message(response="utter_submit_failed")
            open_again = [SlotSet("confirmed", None), ActiveLoop(FORM), SlotSet(REQUESTED_SLOT, "confirmed")]
            return [*open_again, FollowupAction("action_listen")]  # without reading everything back once more
        dispatcher.utter_message(response="utter_submitted", **receipt)
        return [*forgotten(slots), SlotSet("complaint_number", receipt["number"])]


class KeepSupplement(Action):
    """Facts told when nothing is asked: they belong to the complaint just made, or open one."""

    def name(self) -> str:
        return "action_keep_supplement"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """The words themselves are in the backend's transcript already."""
        if tracker.slots.get("complaint_number"):
            dispatcher.utter_message(response="utter_supplement_kept")
            return []
        dispatcher.utter_message(response="utter_noted")
        return [FollowupAction(FORM)]


def forgotten(slots: dict[str, Any]) -> list[dict[str, Any]]:
    """Events that clear one complaint out of the conversation; the person stays known."""
    names = [name for name in FIELDS if name not in KEPT_FIELDS] + list(OF_ONE_COMPLAINT)
    events = [SlotSet(name, None) for name in names if slots.get(name) is not None]
    return [*events, SlotSet("refused", []), SlotSet("contact_explained", False)]
