"""The whole product, started by ``anfu up`` in a folder of its own, for tests that walk through it.

The models are trained once into ``var/test`` (skipped while the language data is unchanged) and shared by all stacks.
"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from backend import training
from backend.player import Customer
from backend.settings import ROOT, Settings

ANFU = ROOT / ".venv" / "backend" / "bin" / "anfu"
MODELS_HOME = ROOT / "var" / "test"
STARTS_WITHIN = 180.0


@dataclass
class Stack:
    """A running product. ``environment`` lets a command line join it."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    environment: dict[str, str]
    output: Path
    customers: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def customer(self) -> Customer:
        """A customer who has just opened the chat."""
        client = httpx.Client(base_url=self.url, timeout=10.0, trust_env=False)
        self.customers.append(client)
        customer = Customer(client)
        customer.open()
        return customer

    def anfu(self, *arguments: str) -> str:
        """What the command prints."""
        done = subprocess.run(
            [str(ANFU), *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"anfu {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def add_person(self, login: str, name: str, *, unit: str, role: str) -> str:
        """A new person of the house; returns the one-time password."""
        printed = self.anfu("people", "add", login, name, "--unit", unit, "--role", role)
        found = re.search(r"一次性密码：\s*(\S+?)，", printed)
        assert found, printed
        return found[1]

    def part(self, word: str) -> psutil.Process:
        """The process of this stack whose command line holds ``word``; the one highest in the tree."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return next(child for child in family if word in " ".join(child.cmdline()))

    def wait_ready(self, within: float = STARTS_WITHIN) -> None:
        until = time.monotonic() + within
        while time.monotonic() < until:
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5.0, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.25)
        raise AssertionError(f"not ready within {within} s:\n{self.output.read_text(encoding='utf-8')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def trained_models() -> Path:
    """The folder with the trained models, up to date."""
    settings = Settings(home=MODELS_HOME)
    training.train(settings)
    return settings.models_dir


@contextmanager
def running_stack(home: Path, *arguments: str, **settings: str) -> Iterator[Stack]:
    """``anfu up`` with free ports; ends everything it started."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(trained_models(), target_is_directory=True)
    port = free_port()
    environment = os.environ | {
        "ANFU_HOME": str(home),
        "ANFU_PORT": str(port),
        "ANFU_RASA_PORT": str(free_port()),
        "ANFU_ACTIONS_PORT": str(free_port()),
        "ANFU_SESSIONS_PER_MINUTE": "600",
        "COLUMNS": "200",
        **settings,
    }
    output = home / "up.out"
    with output.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [str(ANFU), "up", *arguments], env=environment, stdout=out, stderr=subprocess.STDOUT, text=True
        )
    stack = Stack(home, port, process, environment, output)
    try:
        stack.wait_ready()
        yield stack
    finally:
        for client in stack.customers:
            client.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
