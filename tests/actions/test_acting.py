"""What the actions do with the backend: tracker in, events and response names out, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from actions.backend_client import BackendError
from actions.complaint import KeepSupplement, SubmitComplaint, ValidateComplaintForm
from actions.handover import Abuse, Handover, Miss, Threat
from actions.status import Status, ValidateStatusForm
from actions.withdrawal import Withdraw
from tests.actions.conftest import Ran, tracker
from tests.bot.standin_backend import RECEIPT, StandInBackend

Run = Callable[..., Ran]
CONFIRMED: dict[str, Any] = {"narrative": "登不上", "name": "〔姓名1〕", "confirmed": "4", "calmed": "calm"}


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Slots set by events."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def follow_ups(events: list[dict[str, Any]]) -> list[str]:
    """Actions that are to run next."""
    return [event["name"] for event in events if event["event"] == "followup"]


def test_submission_is_keyed_by_the_turn_of_the_confirmation(run: Run, backend: StandInBackend) -> None:
    events, said = run(SubmitComplaint(), tracker("affirm", slots={**CONFIRMED, "refused": ["phone", "category"]}))
    ((door, body, key),) = backend.calls
    assert (door, key) == ("complaints", "c1:4:complaint")
    assert body["fields"] == {"narrative": "登不上", "name": "〔姓名1〕"} and body["refused"] == ["phone"]
    assert said == ["utter_submitted"]
    after = slots_of(events)
    assert after["complaint_number"] == RECEIPT["number"] and after["narrative"] is None and "name" not in after


def test_a_failed_submission_keeps_the_form_confirmable(run: Run, backend: StandInBackend) -> None:
    backend.fail["complaints"] = 500
    events, said = run(SubmitComplaint(), tracker("affirm", slots=CONFIRMED))
    assert said == ["utter_submit_failed"] and slots_of(events) == {"confirmed": None, "requested_slot": "confirmed"}
    assert {"event": "active_loop", "name": "complaint_form", "timestamp": None} in events
    assert follow_ups(events) == ["action_listen"]


def test_unconfirmed_is_a_supplement(run: Run, backend: StandInBackend) -> None:
    events, said = run(SubmitComplaint(), tracker("affirm", slots={"narrative": "还有", "same_matter": True}))
    assert said == ["utter_supplement_kept"] and not backend.calls and slots_of(events)["same_matter"] is None


@pytest.mark.parametrize("number, response", [("TS1", "utter_supplement_kept"), (None, "utter_noted")])
def test_facts_told_unasked(run: Run, number: Any, response: str) -> None:
    events, said = run(KeepSupplement(), tracker("provide_name", slots={"complaint_number": number}))
    assert said == [response] and follow_ups(events) == ([] if number else ["complaint_form"])


def test_validation_rejects_a_digression_and_keeps_the_slot_it_brought(run: Run) -> None:
    heard = tracker("inquiry", slots={"narrative": "登不上", "calmed": "calm", "requested_slot": "phone"})
    heard.latest_message["entities"] = [{"entity": "name", "value": "〔姓名1〕", "start": 0, "extractor": "TurnSpans"}]
    events, _ = run(ValidateComplaintForm(), heard)
    assert slots_of(events)["name"] == "〔姓名1〕"
    assert events[-1]["event"] == "action_execution_rejected"


def test_a_person_on_duty_ends_the_form(run: Run, backend: StandInBackend) -> None:
    events, said = run(Handover(), tracker("ask_human", loop="complaint_form"))
    assert said == ["utter_handover_open"] and slots_of(events) == {"requested_slot": None}
    assert backend.calls[0][1:] == ({"conversation_id": "c1", "turn": 5, "reason": "asked"}, "c1:5:handover")


def test_nobody_on_duty_goes_on_collecting(run: Run, backend: StandInBackend) -> None:
    backend.open = False
    events, said = run(Handover(), tracker("ask_human", loop="complaint_form"))
    assert said == ["utter_handover_closed"] and follow_ups(events) == ["complaint_form"]


def test_a_handover_that_fails_is_not_covered_up(run: Run, backend: StandInBackend) -> None:
    backend.fail["handovers"] = 500
    with pytest.raises(BackendError) as failure:
        run(Handover(), tracker("ask_human"))
    assert (failure.value.code, failure.value.status) == ("out_of_order", 500)


@pytest.mark.parametrize("misses, said", [(0, ["utter_miss"]), (1, ["utter_miss_again", "utter_handover_open"])])
def test_the_second_miss_calls_a_person(run: Run, backend: StandInBackend, misses: int, said: list[str]) -> None:
    assert run(Miss(), tracker("nonsense", draft={"misses": misses}))[1] == said


def test_the_second_abuse_calls_a_person(run: Run, backend: StandInBackend) -> None:
    events, said = run(Abuse(), tracker("abuse"))
    assert said == ["utter_abuse"]
    assert run(Abuse(), tracker("abuse", slots=slots_of(events)))[1] == ["utter_handover_open"]


@pytest.mark.parametrize(
    "facts, said",
    [
        ({"danger": True}, ["utter_care"]),
        ({"triggers": ["self_harm_or_violence_threat"]}, ["utter_care"]),
        ({"words": {"danger_word": "跳楼"}}, ["utter_care"]),
        ({"triggers": ["media_or_regulator_threat"]}, ["utter_rights"]),
        ({"words": {"outside_party": "证监会"}}, ["utter_rights"]),
        ({"words": {"outside_party": "证监会", "danger_word": "跳楼"}}, ["utter_care"]),
        ({}, ["utter_calm_again"]),
    ],
)
def test_a_threat_is_told_apart(run: Run, backend: StandInBackend, facts: dict[str, Any], said: list[str]) -> None:
    assert run(Threat(), tracker("threaten", **facts))[1] == said


def test_status_asks_for_the_number_then_the_phone(run: Run) -> None:
    events, _ = run(ValidateStatusForm(), tracker("ask_status", words={"complaint_number": "ts 2026-1123"}, slots={}))
    assert slots_of(events) == {"complaint_number": "TS20261123", "phone": None, "requested_slot": "phone"}


def test_status_is_told(run: Run, backend: StandInBackend) -> None:
    slots = {"complaint_number": RECEIPT["number"], "phone": "〔电话1〕"}
    assert run(Status(), tracker("provide_phone", slots=slots))[1] == ["utter_status_found"]


def test_an_unknown_number_is_forgotten(run: Run, backend: StandInBackend) -> None:
    events, said = run(Status(), tracker("provide_phone", slots={"complaint_number": "TS9"}))
    assert said == ["utter_status_not_found"] and slots_of(events) == {"complaint_number": None}


@pytest.mark.parametrize("door, action, slots, response", [
    ("status", Status(), {"complaint_number": "TS9"}, "utter_status_failed"),
    ("withdrawals", Withdraw(), {"withdraw_confirmed": True}, "utter_withdraw_failed"),
])  # fmt: skip
def test_a_backend_out_of_order_is_told(
    run: Run, backend: StandInBackend, door: str, action: Any, slots: dict[str, Any], response: str
) -> None:
    backend.fail[door] = 503
    assert run(action, tracker("affirm", slots=slots))[1] == [response]


def test_withdrawal_clears_the_complaint(run: Run, backend: StandInBackend) -> None:
    slots = {"withdraw_confirmed": True, "narrative": "登不上", "complaint_number": "TS1"}
    events, said = run(Withdraw(), tracker("affirm", slots=slots))
    assert said == ["utter_withdrawn"] and backend.calls[0][1]["number"] == "TS1"
    assert slots_of(events)["narrative"] is None and slots_of(events)["complaint_number"] is None


def test_a_withdrawal_thought_better_of_goes_on(run: Run, backend: StandInBackend) -> None:
    events, said = run(Withdraw(), tracker("deny", slots={"withdraw_confirmed": False, "narrative": "登不上"}))
    assert said == ["utter_withdraw_kept"] and follow_ups(events) == ["complaint_form"] and not backend.calls
