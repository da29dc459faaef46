"""The four parts of the product: how each is started, and how one knows that it works.

rasa      decides what to say next        .venv/bot       loopback only
actions   carries decisions to serve      .venv/bot       loopback only
serve     channels, ledger, desk          .venv/backend   the only public door
worker    notices, clocks, seals          .venv/backend   listens on nothing
"""

import http.client
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from backend import clock
from backend.errors import Conflict
from backend.settings import ROOT, Settings

PROBE_TIMEOUT = 1.0  # seconds; short, because stopping waits for it
HEARTBEAT_LATE = 30.0  # seconds; a job of the worker touches its heartbeat file every five (jobs.py)

BOT_PYTHON = ROOT / ".venv" / "bot" / "bin" / "python"
ANFU = Path(sys.executable).with_name("anfu")

# What Rasa would otherwise do: call home, listen on every interface, take every core, hash differently on every start.
BOT_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_HOST": "127.0.0.1",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}


@dataclass(frozen=True)
class Part:
    """One process to keep alive. ``started`` is when it was last started, in seconds since 1970.

    ``ready(started)`` tells whether it does its work; ``alive(started)`` (default: the same) whether it should be left
    running: ``serve`` without the bot is not ready, but it is all the customer has.
    """

    name: str
    command: tuple[str | Path, ...]
    ready: Callable[[float], bool]
    alive: Callable[[float], bool] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


def parts_of(settings: Settings) -> tuple[Part, ...]:
    """The parts as these settings want them, in the order in which they are shown."""
    ours = environment(settings)
    bot = {
        **ours,
        **BOT_ENVIRONMENT,
        "ANFU_BACKEND_URL": f"http://{reachable(settings.host)}:{settings.port}",
        "ANFU_SERVICE_TOKEN": settings.bot_token,
    }
    rasa = (BOT_PYTHON, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(settings.rasa_port))
    rasa_files = ("--model", settings.models_dir / "bot", "--endpoints", "bot/endpoints.yml")
    actions = (BOT_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port))
    host, port = reachable(settings.host), settings.port
    return (
        Part(
            "rasa",
            (*rasa, *rasa_files, "--credentials", "bot/credentials.yml"),
            ready=answers(settings.rasa_port, "/"),
            env=bot,
        ),
        Part("actions", actions, ready=answers(settings.actions_port, "/health"), env=bot),
        Part(
            "serve",
            (ANFU, "serve"),
            ready=answers(port, "/readyz", host=host),
            alive=answers(port, "/healthz", host=host),
            env=ours,
        ),
        Part("worker", (ANFU, "worker"), ready=beats(settings.home / "worker.heartbeat"), env=ours),
    )


def environment(settings: Settings) -> dict[str, str]:
    """What every part must see as we see it, even where our settings were not read from the environment."""
    return {
        "ANFU_HOME": str(settings.home.resolve()),
        "ANFU_HOST": settings.host,
        "ANFU_PORT": str(settings.port),
        "ANFU_RASA_PORT": str(settings.rasa_port),
        "ANFU_ACTIONS_PORT": str(settings.actions_port),
        "OMP_NUM_THREADS": "1",  # one message is too small for several threads
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def beats(file: Path) -> Callable[[float], bool]:
    """Works if ``file`` was touched since the start, and not long ago."""

    def ready(started: float) -> bool:
        try:
            touched = file.stat().st_mtime
        except OSError:
            return False
        return touched >= started and clock.now().timestamp() - touched < HEARTBEAT_LATE

    return ready


def answers(port: int, path: str, *, host: str = "127.0.0.1") -> Callable[[float], bool]:
    """Works if GET ``path`` says 200 within PROBE_TIMEOUT seconds."""

    def ready(_started: float) -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=PROBE_TIMEOUT)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


def reachable(host: str) -> str:
    """An address to reach ``host`` by from this machine: listening everywhere is no address."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host


def check_ports(settings: Settings) -> None:
    """Conflict if a port is taken, by whom if that can be seen, or given twice."""
    wanted = {
        "ANFU_PORT": (settings.host, settings.port),
        "ANFU_RASA_PORT": ("127.0.0.1", settings.rasa_port),
        "ANFU_ACTIONS_PORT": ("127.0.0.1", settings.actions_port),
    }
    seen: dict[int, str] = {}
    for setting, (host, port) in wanted.items():
        if port in seen:
            raise Conflict("port_twice", f"{seen[port]} 和 {setting} 都是 {port}：请把其中一个改成别的端口。")
        seen[port] = setting
        if not _is_free(host, port):
            say = f"端口 {port} 已被{_holder(port)}占用：请先停止它，或用 {setting} 换一个端口，例如 {setting}={port + 100}。"
            raise Conflict("port_taken", say, extra={"port": port, "setting": setting})


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port we ourselves left a moment ago is free
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """`` python（进程 123）``, or `` 其他程序`` where we may not see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                return (
                    f" {psutil.Process(connection.pid).name()}（进程 {connection.pid}）"
                    if connection.pid
                    else " 其他程序"
                )
    except psutil.Error:
        pass
    return " 其他程序"
