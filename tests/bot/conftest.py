"""A trained bot to talk to: model (trained once per content), action server, stand-in backend, conversations."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from rasa.core.agent import Agent, load_agent
from rasa.core.utils import AvailableEndpoints, read_endpoints_from_path

from bot.components.turn_channel import take_turn
from tests.bot.standin_backend import TOKEN, StandInBackend

ROOT = Path(__file__).parents[2]
TRAINED_FROM = ("config.yml", "bot/domain", "bot/dialogue", "bot/components", "nlu_data/intents", "nlu_data/lookups",
                "nlu_data/lexicon")  # fmt: skip
STARTS_WITHIN = 120.0  # seconds

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def content_hash() -> str:
    """Of everything a model is trained from."""
    digest = hashlib.sha256()
    for name in TRAINED_FROM:
        path = ROOT / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """For the bot's processes: quiet, deterministic, without telemetry."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONHASHSEED": "0",
             "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "SANIC_HOST": "127.0.0.1"}  # fmt: skip
    return {**os.environ, **quiet, **more}


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until a server answers; fails if its process ends first."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer in {STARTS_WITHIN} s")


@pytest.fixture(scope="session")
def model() -> Path:
    """Trained from today's files; kept under var/ by content, so that a second run trains nothing."""
    folder = Path(os.environ.get("ANFU_HOME", ROOT / "var")) / "test-models"
    path = folder / f"bot-{content_hash()}.tar.gz"
    if not path.exists():
        command = [sys.executable, "-m", "rasa", "train", "--data", "nlu_data/intents", "nlu_data/lookups",
                   "bot/dialogue", "--domain", "bot/domain", "-c", "config.yml", "--out", str(folder),
                   "--fixed-model-name", path.name[: -len(".tar.gz")]]  # fmt: skip
        env = environment(RASA_CACHE_DIRECTORY=str(folder / "cache"))
        trained = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        assert trained.returncode == 0 and path.exists(), trained.stderr[-2000:] + trained.stdout[-2000:]
        for older in set(folder.glob("bot-*.tar.gz")) - {path}:
            older.unlink()
    return path


@pytest.fixture(scope="session")
def backend_server() -> Iterator[tuple[StandInBackend, str]]:
    backend = StandInBackend()
    address = backend.start()
    yield backend, address
    backend.stop()


@pytest.fixture
def backend(backend_server: tuple[StandInBackend, str]) -> StandInBackend:
    """The stand-in, as new for each test."""
    backend_server[0].reset()
    return backend_server[0]


@pytest.fixture(scope="session")
def actions_port(backend_server: tuple[StandInBackend, str]) -> Iterator[int]:
    """The real action server, speaking to the stand-in backend."""
    port = free_port()
    env = environment(ANFU_BACKEND_URL=backend_server[1], ANFU_SERVICE_TOKEN=TOKEN)
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(f"http://127.0.0.1:{port}/health", process)
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    yield running
    running.close()


@pytest.fixture(scope="session")
def agent(model: Path, actions_port: int, loop: asyncio.AbstractEventLoop) -> Agent:
    """Rasa itself with the endpoints of the product, in this process."""
    os.environ["ANFU_ACTIONS_PORT"] = str(actions_port)
    endpoints: AvailableEndpoints = read_endpoints_from_path(str(ROOT / "bot/endpoints.yml"))
    return loop.run_until_complete(load_agent(str(model), endpoints=endpoints, loop=loop))


class Conversation:
    """A customer and the bot; keeps the draft from turn to turn as the backend does."""

    def __init__(self, sender: str, send: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.sender = sender
        self.draft: dict[str, Any] = {"fields": {}, "refused": [], "asked": None, "active": False, "misses": 0}
        self.last: dict[str, Any] = {}
        self.turn = 0
        self._send = send

    def say(self, text: str, spans: dict[str, str] | None = None, **facts: Any) -> str:
        """One turn; ``spans`` maps a field to its words in the text. Returns all that was said, line by line."""
        self.turn += 1
        read = []
        for name, value in (spans or {}).items():
            start = max(text.find(value), 0)
            read.append({"field": name, "start": start, "end": start + len(value), "value": value})
        metadata = {"turn": self.turn, "channel": "web_chat", "kind": "complaint", "kind_confidence": 0.9,
                    "category": None, "category_certain": True, "category_label": None, "emotion": "calm",
                    "triggers": [], "wants_human": False, "danger": False, "asks_account": False, "spans": read,
                    "draft": self.draft, **facts}  # fmt: skip
        self.last = self._send({"sender": self.sender, "message": text, "metadata": metadata})
        self.draft = {"fields": self.last["slots"], "refused": self.last["refused"], "asked": self.last["asked"],
                      "active": self.last["active"], "misses": self.last["misses"]}  # fmt: skip
        return "\n".join(message["text"] for message in self.last["messages"])

    @property
    def texts(self) -> list[str]:
        """The messages of the last answer."""
        return [message["text"] for message in self.last["messages"]]

    @property
    def asked(self) -> str | None:
        """What the bot wants to know now."""
        asked: str | None = self.last["asked"]
        return asked


@pytest.fixture
def talk(agent: Agent, backend: StandInBackend, loop: asyncio.AbstractEventLoop, request: Any) -> Conversation:
    """A fresh conversation with the bot in this process."""

    def send(turn: dict[str, Any]) -> dict[str, Any]:
        return loop.run_until_complete(take_turn(agent, turn))

    return Conversation(f"{request.node.name}-{time.monotonic_ns()}", send)
