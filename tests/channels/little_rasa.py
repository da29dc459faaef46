"""A small real HTTP server in Rasa's place, for what the real one does too seldom: silence, a bad sentence."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER: dict[str, Any] = {
    "messages": [{"text": "您慢慢说，我在听。", "choices": []}],
    "slots": {},
    "refused": [],
    "asked": "name",
    "active": True,
    "misses": 0,
    "intent": {"name": "file_complaint", "confidence": 0.9},
}


@dataclass
class LittleRasa:
    """``heard``: the turns it was asked; ``before``: what happens before it answers; ``answer`` None: a 500."""

    url: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = field(default_factory=lambda: dict(ANSWER))
    before: Callable[[], None] = lambda: None


@contextmanager
def little_rasa() -> Iterator[LittleRasa]:
    """Runs until the block ends."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            rasa.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            rasa.before()
            body = json.dumps(rasa.answer or {"error": "EmptyDecision"}).encode()
            self.send_response(200 if rasa.answer else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    rasa = LittleRasa(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield rasa
    server.shutdown()
    server.server_close()
    thread.join(5)
