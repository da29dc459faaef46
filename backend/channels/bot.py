"""The one line to Rasa: a tokened message goes out with what was read from it, a decision comes back.

Rasa's own REST channel hides failures as ``200 []``; ``bot/components/turn_channel.py`` answers 500 instead, so that
here a decision is either whole or a BotSilent.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

TURN_PATH = "/webhooks/turn/webhook"
CONNECT_TIMEOUT = 1.0


class BotSilent(Exception):
    """The bot gave no usable answer in time. The message names what happened, never what was said."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the bot, with tokens; ``choices``: buttons ``{"label", "value"}``."""

    text: str
    choices: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bot decided in one turn. ``slots``: filled complaint fields; ``asked``: the field it asks for now."""

    messages: tuple[Said, ...]
    slots: Mapping[str, str]
    refused: tuple[str, ...]
    asked: str | None
    active: bool
    misses: int
    intent: str


class Bot:
    """A client of one Rasa process; ``deadline`` in seconds covers the whole turn."""

    def __init__(self, base_url: str, *, deadline: float) -> None:
        self._deadline = deadline
        timeout = httpx.Timeout(deadline, connect=CONNECT_TIMEOUT)
        self._client = httpx.AsyncClient(base_url=base_url, timeout=timeout, trust_env=False)

    async def ask(self, sender: str, message: str, metadata: Mapping[str, Any]) -> Decision:
        """One turn, or BotSilent."""
        body = {"sender": sender, "message": message, "metadata": metadata}
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._client.post(TURN_PATH, json=body)
            if answer.status_code != httpx.codes.OK:
                raise BotSilent(f"status {answer.status_code}")
            return _decision(answer.json())
        except (TimeoutError, httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise BotSilent(type(error).__name__) from error

    async def alive(self) -> bool:
        """Whether the process answers at all."""
        try:
            return (await self._client.get("/", timeout=CONNECT_TIMEOUT)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._client.aclose()


def _decision(raw: dict[str, Any]) -> Decision:
    messages = tuple(
        Said(item["text"], tuple({"label": c["label"], "value": c["value"]} for c in item.get("choices", ())))
        for item in raw["messages"]
        if item["text"].strip()
    )
    if not messages:
        raise BotSilent("no message")
    return Decision(
        messages=messages,
        slots={str(name): str(value) for name, value in raw["slots"].items()},
        refused=tuple(raw["refused"]),
        asked=raw["asked"],
        active=bool(raw["active"]),
        misses=int(raw["misses"]),
        intent=str(raw["intent"]["name"]),
    )
