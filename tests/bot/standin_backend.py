"""A small HTTP server with the backend's five doors for the bot, so that actions are tested over real HTTP.

It remembers what was asked of it and keeps the backend's promise that the same Idempotency-Key is one act.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-tests"
RECEIPT = {
    "number": "TS20261123GZ0000011", "number_spoken": "T S 二零二六", "category_label": "信息系统类", "days": 20,
    "due_on": "2026-12-21", "due_text": "12月21日", "stage_label": "已登记",
}  # fmt: skip


@dataclass
class StandInBackend:
    """``fail`` maps a door to the HTTP status it answers with; ``open`` tells whether people are on duty."""

    calls: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    fail: dict[str, int] = field(default_factory=dict)
    open: bool = True
    server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Listens on a free loopback port; returns the address."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """Stops listening."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()

    def reset(self) -> None:
        """As new; the address stays."""
        self.calls.clear()
        self.answers.clear()
        self.fail.clear()
        self.open = True

    def asked(self, door: str) -> list[dict[str, Any]]:
        """Bodies sent to a door, in order."""
        return [body for name, body, _ in self.calls if name == door]

    def answer(self, door: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the backend answers when all is well."""
        if door == "complaints":
            return RECEIPT
        if door == "handovers":
            return {"open": self.open, "callback_text": None if self.open else "明天上午9点"}
        if door == "status":
            found = body["number"] == RECEIPT["number"]
            return {"found": found, "number": body["number"], "stage_label": "调查中", "since_text": "从11月24日起",
                    "due_text": "12月21日"}  # fmt: skip
        return {"withdrawn": True, "number": body["number"]}


def _handler(backend: StandInBackend) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            door = self.path.rsplit("/", 1)[-1]
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            backend.calls.append((door, body, key))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self._send(401, {"code": "not_signed_in"})
            if door in backend.fail:
                return self._send(backend.fail[door], {"code": "out_of_order", "detail": body})
            answer = backend.answers.setdefault(key, backend.answer(door, body))
            return self._send(200, answer)

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            kind = "application/json" if status == 200 else "application/problem+json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
