"""Any process may die at any moment: nothing is lost, nothing is asked twice, the customer hears an honest sentence."""

import time
from typing import Any

import httpx

from backend.player import Customer
from tests.stack import Stack
from tests.walks.customers import complain, question_in
from tests.walks.test_complaint import ANSWERS, OPENING

BACK_WITHIN = 90.0


def test_rasa_killed_in_the_middle_of_a_conversation(stack: Stack) -> None:
    customer = stack.customer()
    heard = customer.say(OPENING)
    asked = [question_in(heard[-1]["text"])]
    heard = customer.say(ANSWERS[asked[0] or ""])
    asked.append(question_in(heard[-1]["text"]))

    stack.part("rasa run -").kill()
    heard = customer.say(ANSWERS[asked[1] or ""])
    assert "保存" in heard[0]["text"], heard
    assert customer.owner == "waiting"

    # The unanswered words are taken up by themselves when the bot is back: the customer need not say a thing.
    answer = _wait_for_answer(customer, after=heard[-1]["seq"])
    assert customer.owner == "bot"
    number, later = complain_on(customer, answer)
    assert number
    everything = [*asked, *later]
    assert len(everything) == len(set(everything)), f"asked twice: {everything}"


def test_serve_killed_with_a_message_unanswered(stack: Stack) -> None:
    customer = stack.customer()
    customer.say(OPENING)
    message = {"client_message_id": "last-words", "text": "希望你们道歉"}
    seq = customer.client.post("/api/chat/messages", json=message).raise_for_status().json()["seq"]
    stack.part("anfu serve").kill()
    stack.wait_ready(BACK_WITHIN)
    assert customer.client.post("/api/chat/messages", json=message).raise_for_status().json()["seq"] == seq
    answer = _wait_for_answer(customer, after=seq)
    assert all("希望您怎么" not in line["text"] for line in answer)


def test_actions_killed_is_an_outage_that_ends(stack: Stack) -> None:
    customer = stack.customer()
    heard = customer.say(OPENING)
    stack.part("rasa_sdk").kill()
    heard = customer.say(ANSWERS[question_in(heard[-1]["text"]) or ""])
    if "保存" in heard[0]["text"]:
        heard = _wait_for_answer(customer, after=heard[-1]["seq"])
    number, _ = complain_on(customer, heard)
    assert number


def complain_on(customer: Customer, heard: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """Go on with a conversation whose last answer was ``heard``."""
    last = str(heard[-1]["text"])
    field = question_in(last)
    assert field is not None, last
    number, asked = complain(customer, ANSWERS[field], ANSWERS)
    return number, [field, *asked]


def _wait_for_answer(customer: Customer, *, after: int) -> list[dict[str, Any]]:
    """The bot's lines after ``after``, once they come."""
    until = time.monotonic() + BACK_WITHIN
    while time.monotonic() < until:
        try:
            lines = customer.listen(after=after, until=after + 1)
        except httpx.TransportError:
            time.sleep(0.5)
            continue
        if lines:
            return lines
        time.sleep(0.5)
    raise AssertionError(f"no answer within {BACK_WITHIN} s")
