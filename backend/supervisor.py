"""``anfu up``: everything on one machine, started together, kept alive, stopped together.

    lock | ports | migrate | train if stale | start all | wait until each works | addresses | watch … | stop all

One instance for each ANFU_HOME. A part that dies, or no longer answers, is started again, later each time it happens.
SIGINT, SIGTERM or SIGHUP stops everything within ten seconds; nothing stays behind even after ``kill -9`` of us.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from backend import clock, fingerprint
from backend.errors import Conflict, Refusal, Unavailable
from backend.running.children import Children
from backend.running.lock import only_one
from backend.running.parts import ANFU, Part, check_ports, environment, parts_of
from backend.settings import ROOT, Settings, get_settings


@dataclass(frozen=True)
class Patience:
    """How long we wait for what, in seconds."""

    look: float = 0.25  # between two looks at the parts
    start: float = 180.0  # until a started part must work
    look_closer: float = 5.0  # between two health checks of a part that works
    silence: float = 60.0  # until a part that no longer answers is started again
    first_pause: float = 0.5  # before the first restart; doubled at each further one
    longest_pause: float = 30.0
    forgive: float = 60.0  # after working this long, earlier deaths are forgotten
    leftovers: float = 0.5  # for what a dead or silent part has left behind; stopping may have to wait for it
    attempts: int = 3  # deaths before it ever worked, until we give up


@dataclass
class Watched:
    """A part, and what became of it. Times are monotonic seconds."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    started_at: float = 0.0  # seconds since 1970, to compare with files
    worked: float | None = None  # since when it works; None: not yet, since this start
    ever_worked: bool = False
    looked: float = 0.0
    answered: float = 0.0
    deaths: int = 0
    start_after: float = 0.0


class Supervisor:
    """Keeps parts alive until ``stop`` is set. ``say`` gets one Chinese line for everything worth knowing."""

    def __init__(
        self,
        parts: Sequence[Part],
        children: Children,
        *,
        logs: Path,
        say: Callable[[str], None],
        stop: threading.Event,
        patience: Patience | None = None,
    ) -> None:
        self._watched = [Watched(part) for part in parts]
        self._children, self._logs, self._say, self._stop = children, logs, say, stop
        self._patience = patience or Patience()

    @property
    def waiting_for(self) -> list[str]:
        """Names of the parts that do not work yet."""
        return [watched.part.name for watched in self._watched if watched.worked is None]

    def start(self, progress: Callable[[list[str]], None] = lambda _names: None) -> bool:
        """Start all and return when all work: True; False if stopped meanwhile. Unavailable if one will not live."""
        while not self._stop.is_set():
            self._look()
            progress(self.waiting_for)
            if not self.waiting_for:
                return True
            self._stop.wait(self._patience.look)
        return False

    def watch(self) -> None:
        """Keep all alive until stopped."""
        while not self._stop.wait(self._patience.look):
            self._look()

    def _look(self) -> None:
        for watched in self._watched:
            if self._stop.is_set():
                return
            now = time.monotonic()
            if watched.process is None:
                if now >= watched.start_after:
                    self._begin(watched)
            elif (code := watched.process.poll()) is not None:
                self._restart(watched, f"意外退出（{_how(code)}）")
            elif watched.worked is None or now - watched.looked >= self._patience.look_closer:
                self._check(watched, now)

    def _begin(self, watched: Watched) -> None:
        part = watched.part
        watched.started_at = clock.now().timestamp()
        watched.started = watched.answered = time.monotonic()
        watched.worked = None
        try:
            watched.process = self._children.start(part.command, cwd=part.cwd, env=part.env, log=self._log(part))
        except OSError as error:
            raise Unavailable("part_missing", f"{part.name} 无法启动（{error}）：请先运行 make setup。") from error

    def _check(self, watched: Watched, now: float) -> None:
        watched.looked = now
        part = watched.part
        works = part.ready if watched.worked is None or part.alive is None else part.alive
        if works(watched.started_at):
            watched.answered = now
            if watched.worked is None:
                watched.worked = now
                self._say(f"{part.name} {'恢复' if watched.ever_worked else '就绪'}（{now - watched.started:.1f} 秒）")
                watched.ever_worked = True
            elif now - watched.worked >= self._patience.forgive:
                watched.deaths = 0
        elif watched.worked is None and now - watched.started > self._patience.start:
            self._restart(watched, f"启动后 {self._patience.start:.0f} 秒仍未就绪")
        elif watched.worked is not None and now - watched.answered > self._patience.silence:
            self._restart(watched, f"已有 {self._patience.silence:.0f} 秒没有响应")

    def _restart(self, watched: Watched, why: str) -> None:
        """Note a death, tidy up after it, and plan the next start; Unavailable if it never lived."""
        name = watched.part.name
        if watched.process is not None:
            self._children.end(watched.process, grace=self._patience.leftovers)
        watched.process, watched.worked = None, None
        watched.deaths += 1
        log = self._log(watched.part)
        if not watched.ever_worked and watched.deaths >= self._patience.attempts:
            say = f"{name} {why}，{watched.deaths} 次都没有起来。日志 {shown(log)} 的最后几行：\n{_tail(log)}"
            raise Unavailable("part_will_not_start", say)
        pause = min(self._patience.first_pause * 2 ** (watched.deaths - 1), self._patience.longest_pause)
        watched.start_after = time.monotonic() + pause
        self._say(f"{name} {why}，{pause:g} 秒后重新启动；日志 {shown(log)}")

    def _log(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"


def up(settings: Settings, *, demo: bool = False, console: Console | None = None) -> int:
    """Run the product until stopped. Returns the exit code: 0 stopped as asked, 1 could not start (and says why)."""
    console = console or Console()
    with stopping() as stop:
        try:
            with (
                only_one(settings.home / "run" / "up.lock", _taken(settings)) as lock,
                Children(keep=(lock,)) as children,
            ):
                check_ports(settings)
                if _prepare(settings, children, stop, console, demo=demo):
                    _run(settings, children, stop, console)
                console.print("正在停止 …")
        except Refusal as refusal:
            console.print(refusal.say, style="bold red", markup=False, highlight=False)
            return 1
    console.print("已全部停止。")
    return 0


def _taken(settings: Settings) -> Callable[[str], Refusal]:
    def taken(holder: str) -> Refusal:
        say = f"{shown(settings.home)} 已有一个 anfu 在运行（进程 {holder}）：请先停止它，或用 ANFU_HOME 换一个目录。"
        return Conflict("already_running", say)

    return taken


def _prepare(settings: Settings, children: Children, stop: threading.Event, console: Console, *, demo: bool) -> bool:
    """Migrate, and train if what the models learned from has changed. False if stopped meanwhile."""
    steps: list[tuple[str, list[str | Path]]] = [("准备数据库", [ANFU, "db", "upgrade", *(["--demo"] if demo else [])])]
    if stale := fingerprint.stale(settings):
        steps.append((f"训练 {'、'.join(stale)}（语料或规则有变化，最多三分钟）", [ANFU, "train"]))
    for name, command in steps:
        console.print(f"{name} …")
        process = children.start(command, cwd=ROOT, env=environment(settings))
        while process.poll() is None:
            if stop.wait(0.05):
                return False
        if process.returncode:
            raise Unavailable("preparation_failed", f"{name}没有成功（{_how(process.returncode)}）：请看上面的说明。")
        children.end(process)
    return True


def _run(settings: Settings, children: Children, stop: threading.Event, console: Console) -> None:
    def say(line: str) -> None:
        console.print(f"[dim]{clock.show(clock.now(), seconds=True)}[/] {line}", highlight=False, soft_wrap=True)

    supervisor = Supervisor(parts_of(settings), children, logs=settings.home / "logs", say=say, stop=stop)
    with console.status("正在启动 …") as status:
        if not supervisor.start(lambda names: status.update(f"正在启动：{'、'.join(names)} …")):
            return
    console.print(addresses(settings))
    supervisor.watch()


def addresses(settings: Settings) -> Table:
    """Where everything is, and how to stop it."""
    base = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    doors = [
        ("客户聊天", "/chat", "public"),
        ("处理台", "/desk", "desk"),
        ("公示", "/notice", "public"),
        ("接口文档", "/docs", ""),
    ]
    table = Table(
        "入口", "地址", title="安抚 anfu 已就绪", caption=f"按 Ctrl-C 停止全部 · 日志在 {shown(settings.home / 'logs')}"
    )
    for name, path, surface in doors:
        if settings.surface == "all" or surface in ("", settings.surface):
            table.add_row(name, f"{base}{path}")
    return table


def take_over(*, demo: bool = False) -> NoReturn:
    """Become a process that only supervises: what the caller has imported by now would lie in memory for days."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "backend.supervisor", *(["--demo"] if demo else [])])


@contextlib.contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set while the block runs."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def shown(path: Path) -> str:
    """The path as people here would write it: from where they stand, if it is below."""
    with contextlib.suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)


def _how(code: int) -> str:
    return f"信号 {-code}" if code < 0 else f"代码 {code}"


def _tail(log: Path, lines: int = 15) -> str:
    with contextlib.suppress(OSError), log.open(encoding="utf-8", errors="replace") as text:
        return "".join(deque(text, maxlen=lines)).rstrip()
    return "（没有日志）"


if __name__ == "__main__":
    raise SystemExit(up(get_settings(), demo="--demo" in sys.argv[1:]))
