"""The bot's only line to the backend: five small HTTP calls, each safe to repeat.

Promises: every call ends within ``TIMEOUT`` seconds a try; a call that never reached the backend is tried once
more, under the same Idempotency-Key; anything but a 200 with a JSON object is a BackendError that carries the
problem's code and nothing the customer said. Address and token come from ANFU_BACKEND_URL and
ANFU_SERVICE_TOKEN, read here and nowhere else.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

TIMEOUT = 3.0
DEFAULT_URL = "http://127.0.0.1:8000"


class BackendError(Exception):
    """The backend did not do what was asked; ``code`` is the problem's code, or unreachable, timeout, malformed."""

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(code if status is None else f"{status} {code}")
        self.code = code
        self.status = status


@dataclass(frozen=True)
class BackendClient:
    """``BackendClient.from_environment().submit(...)``; holds no connection between calls."""

    url: str
    token: str
    timeout: float = TIMEOUT

    @classmethod
    def from_environment(cls) -> BackendClient:
        """As the process was started."""
        return cls(
            os.environ.get("ANFU_BACKEND_URL", DEFAULT_URL).rstrip("/"), os.environ.get("ANFU_SERVICE_TOKEN", "")
        )

    async def submit(
        self, *, conversation: str, turn: int, fields: Mapping[str, Any], refused: list[str]
    ) -> dict[str, Any]:
        """Enters the complaint -> {number, number_spoken, category_label, days, due_on, due_text, stage_label}."""
        body = {"conversation_id": conversation, "turn": turn, "fields": dict(fields), "refused": refused}
        return await self._post("complaints", body, f"{conversation}:{turn}:complaint")

    async def hand_over(self, *, conversation: str, turn: int, reason: str) -> dict[str, Any]:
        """Calls a person -> {open, callback_text}. ``reason``: asked, danger, misses, abuse, unable."""
        body = {"conversation_id": conversation, "turn": turn, "reason": reason}
        return await self._post("handovers", body, f"{conversation}:{turn}:handover")

    async def status(self, *, conversation: str, turn: int, number: str, phone: str | None) -> dict[str, Any]:
        """Looks a complaint up -> {found, number, stage_label, since_text, due_text}."""
        body = {"conversation_id": conversation, "number": number, "phone": phone}
        return await self._post("status", body, f"{conversation}:{turn}:status")

    async def withdraw(self, *, conversation: str, turn: int, number: str | None) -> dict[str, Any]:
        """Withdraws a complaint, or the draft when there is no number yet -> {withdrawn, number}."""
        body = {"conversation_id": conversation, "turn": turn, "number": number}
        return await self._post("withdrawals", body, f"{conversation}:{turn}:withdrawal")

    async def _post(self, door: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        url = f"{self.url}/api/bot/{door}"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout), headers=headers) as session:
            try:
                return await _answer_or_second_try(session, url, body)
            except asyncio.TimeoutError as late:  # not yet the built-in one in Python 3.10
                raise BackendError("timeout") from late
            except aiohttp.ClientError as gone:
                raise BackendError("unreachable") from gone


async def _answer_or_second_try(session: aiohttp.ClientSession, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The key makes a repetition harmless; a call that was too late is not repeated, for the customer waits."""
    try:
        return await _answer(session, url, body)
    except asyncio.TimeoutError:
        raise
    except aiohttp.ClientConnectionError:
        return await _answer(session, url, body)


async def _answer(session: aiohttp.ClientSession, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    async with session.post(url, json=body) as response:
        try:
            answer = await response.json(content_type=None)
        except ValueError as broken:
            raise BackendError("malformed", response.status) from broken
        if not isinstance(answer, dict):
            raise BackendError("malformed", response.status)
        if response.status != 200:
            raise BackendError(str(answer.get("code") or "unknown"), response.status)
        return answer
