"""Bad input gets a clear refusal, loses nothing, and is not logged in clear."""

import httpx
import pytest

from backend.player import Customer
from tests.stack import Stack

PROBLEM = "application/problem+json"
LOUD = "绝不能进日志的话19900001111"


def send(customer: Customer, text: str, client_id: str = "m1") -> httpx.Response:
    return customer.client.post("/api/chat/messages", json={"client_message_id": client_id, "text": text})


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    problem = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert any("一" <= sign <= "鿿" for sign in problem["detail"]), "says in Chinese what to do"
    assert LOUD not in answer.text


@pytest.fixture(scope="module")
def customer(stack: Stack) -> Customer:
    return stack.customer()


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "message_blank"),
        ("  \n\t　", 422, "message_blank"),
        ("\u200b\u200b", 422, "message_blank"),
        (LOUD + "好" * 10_000, 413, "message_too_long"),
        (LOUD + "\x00", 422, "control_characters"),
        (LOUD + "\x1b[31m", 422, "control_characters"),
        (LOUD + "\u202e反过来", 422, "control_characters"),
    ],
)
def test_text_that_cannot_be_a_message(customer: Customer, text: str, status: int, code: str) -> None:
    refused(send(customer, text), status, code)


def test_ten_thousand_characters_are_taken(stack: Stack) -> None:
    assert send(stack.customer(), "好" * 10_000).status_code == 202


def test_broken_json(customer: Customer) -> None:
    answer = customer.client.post("/api/chat/messages", content=b'{"text": "' + LOUD.encode())
    refused(answer, 400, "broken_json")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": LOUD},
        {"client_message_id": "", "text": LOUD},
        {"client_message_id": "x" * 65, "text": LOUD},
        {"client_message_id": "m", "text": 5},
        {"client_message_id": "m", "text": LOUD, "more": 1},
        [1],
    ],
)
def test_fields_that_do_not_fit(customer: Customer, body: object) -> None:
    refused(customer.client.post("/api/chat/messages", json=body), 422, "invalid_fields")


def test_an_unknown_token(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, trust_env=False) as client:
        message = {"client_message_id": "m", "text": LOUD}
        refused(client.post("/api/chat/messages", json=message), 401, "no_token")
        client.headers["Authorization"] = "Bearer not-a-token"
        refused(client.post("/api/chat/messages", json=message), 401, "unknown_conversation")
        refused(client.get("/api/chat/events"), 401, "unknown_conversation")


def test_the_same_id_with_other_words(customer: Customer) -> None:
    assert send(customer, "你好", "same").status_code == 202
    assert send(customer, "你好", "same").status_code == 202
    refused(send(customer, LOUD, "same"), 409, "message_id_reused")


def test_a_body_beyond_all_measure(customer: Customer) -> None:
    refused(customer.client.post("/api/chat/messages", content=b"x" * 1_100_000), 413, "body_too_large")


def test_the_bots_door_is_closed_to_others(stack: Stack) -> None:
    body = {"conversation_id": "0" * 32, "turn": 1, "fields": {}, "refused": []}
    refused(httpx.post(f"{stack.url}/api/bot/complaints", json=body, trust_env=False), 401, "service_token")


def test_a_page_that_is_not_there(stack: Stack) -> None:
    refused(httpx.get(f"{stack.url}/api/nothing", trust_env=False), 404, "http_404")


def test_a_token_typed_by_hand_stays_words(stack: Stack) -> None:
    customer = stack.customer()
    heard = customer.say("我叫〔姓名1〕，我要投诉你们的柜员态度差")
    assert all("（未记录）" not in line["text"] for line in heard)


def test_nothing_of_it_was_logged(stack: Stack) -> None:
    for log in (stack.home / "logs").glob("*"):
        assert LOUD not in log.read_text(encoding="utf-8", errors="replace"), log


def test_a_flood_of_messages_is_slowed_and_nothing_kept_is_lost(stack: Stack) -> None:
    customer = stack.customer()
    answers = [send(customer, f"第{n}条", f"flood-{n}") for n in range(70)]
    taken = [answer for answer in answers if answer.status_code == 202]
    assert 1 < len(taken) <= 60
    refused(answers[-1], 429, "too_many_messages")
    assert answers[-1].headers["retry-after"]
