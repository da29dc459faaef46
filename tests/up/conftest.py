"""A running stand-in for ``anfu up``, and what a test wants to know of the processes it started."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from backend.settings import ROOT

PARENT = Path(__file__).with_name("parent.py")


class Running:
    """``parent.py`` with its parts; ``lines`` is what it has said so far."""

    def __init__(self, home: Path, *ports: int, manner: str = "polite") -> None:
        self.home, self.ports = home, ports
        self._said = (home / "said.txt").open("a+", encoding="utf-8")
        command = [sys.executable, "-m", "tests.up.parent", str(home), manner, *map(str, ports)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._said, stderr=self._said, start_new_session=True)

    @property
    def lines(self) -> list[str]:
        self._said.seek(0)
        return self._said.read().splitlines()

    def wait_for(self, text: str, *, within: float = 20.0) -> None:
        eventually(lambda: any(text in line for line in self.lines), within=within, why=lambda: "\n".join(self.lines))

    def parts(self) -> list[psutil.Process]:
        """Everything below, children of children included, the guardian not."""
        return [p for p in psutil.Process(self.process.pid).children(recursive=True) if "guardian.py" not in _words(p)]

    def guardian(self) -> psutil.Process:
        (guardian,) = [p for p in psutil.Process(self.process.pid).children() if "guardian.py" in _words(p)]
        return guardian

    def end(self) -> None:
        """Stop it if it still runs; should it have to be killed, its guardian sees to the rest."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._said.close()


def eventually(holds: Callable[[], bool], *, within: float, why: Callable[[], str] = lambda: "") -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"not within {within} s. {why()}"
        time.sleep(0.05)


def gone(processes: list[psutil.Process]) -> bool:
    """None of them runs any more; one that waits for its parent to take note of its end does not run."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Two parts, both working; what they forked ends when asked."""
    yield from _working(tmp_path, "polite")


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Running]:
    """Two parts, both working; what they forked ignores SIGTERM."""
    yield from _working(tmp_path, "stubborn")


def _working(home: Path, manner: str) -> Iterator[Running]:
    running = Running(home, *free_ports(2), manner=manner)
    try:
        running.wait_for("all work")
        yield running
    finally:
        running.end()


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
