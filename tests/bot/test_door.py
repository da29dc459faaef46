"""The door of the bot over HTTP: what it answers when all is well, and when it is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from rasa.core.agent import Agent
from sanic import Sanic

from bot.components.turn_channel import TurnInput
from tests.bot.conftest import free_port
from tests.bot.standin_backend import StandInBackend

SECRET = "我的身份证丢了"


@pytest.fixture(scope="module")
def door(agent: Agent, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """The channel in a Sanic application of its own; yields its address."""

    async def unused(message: Any) -> None:
        raise AssertionError("the channel speaks to the agent itself")

    app = Sanic("door_of_the_tests", configure_logging=False)
    app.ctx.agent = agent
    app.blueprint(TurnInput.from_credentials(None).blueprint(unused), url_prefix="/webhooks/turn")
    port = free_port()
    server = loop.run_until_complete(
        app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    )
    loop.run_until_complete(server.startup())
    yield f"http://127.0.0.1:{port}/webhooks/turn"
    server.close()


def post(loop: asyncio.AbstractEventLoop, door: str, **sent: Any) -> tuple[int, str]:
    """Status and body."""

    async def request() -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.post(f"{door}/webhook", **sent) as response:
            return response.status, await response.text()

    return loop.run_until_complete(request())


def test_a_turn_is_answered_as_agreed(door: str, loop: asyncio.AbstractEventLoop, backend: StandInBackend) -> None:
    turn = {"sender": "door-1", "message": "我要投诉", "metadata": {"turn": 1, "channel": "web_chat"}}
    status, body = post(loop, door, json=turn)
    answer: dict[str, Any] = json.loads(body)
    assert status == 200
    assert set(answer) == {"messages", "slots", "refused", "asked", "active", "misses", "intent"}
    assert all(set(message) == {"text", "choices"} for message in answer["messages"])
    assert answer["asked"] == "narrative" and answer["active"] is True
    assert set(answer["intent"]) == {"name", "confidence"}


@pytest.mark.parametrize(
    "sent, error",
    [
        ({"json": {"message": SECRET}}, "KeyError"),
        ({"json": {"sender": "door-2", "message": SECRET, "metadata": {"channel": "smoke_signals"}}}, "KeyError"),
        ({"json": [SECRET]}, "TypeError"),
        ({"data": f'{{"{SECRET}'.encode()}, "InvalidUsage"),
        ({"json": {"sender": "door-3", "message": SECRET, "metadata": {"wants_human": True}}}, "EmptyDecision"),
    ],
)
def test_a_failure_is_named_and_says_nothing_of_the_customer(
    door: str, loop: asyncio.AbstractEventLoop, backend: StandInBackend, sent: dict[str, Any], error: str
) -> None:
    backend.fail["handovers"] = 503
    status, body = post(loop, door, **sent)
    assert (status, body) == (500, f'{{"error":"{error}"}}')
    assert SECRET not in body


def test_health_tells_that_a_model_is_loaded(door: str, loop: asyncio.AbstractEventLoop) -> None:
    async def request() -> int:
        async with aiohttp.ClientSession() as session, session.get(f"{door}/") as response:
            return response.status

    assert loop.run_until_complete(request()) == 200


def test_the_memory_of_a_conversation_does_not_grow(
    door: str, agent: Agent, loop: asyncio.AbstractEventLoop, backend: StandInBackend
) -> None:
    sizes = []
    for turn in range(1, 41):
        sent = {"sender": "door-4", "message": "你是机器人吗" if turn > 1 else "我要投诉", "metadata": {"turn": turn}}
        assert post(loop, door, json=sent)[0] == 200
        tracker = loop.run_until_complete(agent.tracker_store.retrieve("door-4"))
        sizes.append(len(tracker.events))
    assert max(sizes) <= 40 and sizes[-1] == sizes[-10]
