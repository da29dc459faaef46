"""The supervisor with real processes: nothing stays down, and nothing stays behind."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from backend.errors import Unavailable
from backend.running.children import Children
from backend.running.parts import Part, answers
from backend.settings import ROOT
from backend.supervisor import Patience, Supervisor
from tests.up.conftest import Running, eventually, free_ports, gone

STOP_WITHIN = 10.0  # seconds, as promised


def test_a_part_that_is_killed_comes_back_and_it_is_said(running: Running) -> None:
    port = running.ports[0]
    victim = next(p for p in running.parts() if str(port) in p.cmdline() and p.ppid() == running.process.pid)
    orphans = victim.children()
    assert len(orphans) == 1
    victim.kill()
    running.wait_for(f"web-{port} 意外退出（信号 9）")
    running.wait_for(f"web-{port} 恢复")
    assert answers(port, "/")(0.0)
    assert gone(orphans), "what the dead part had forked is still there"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_within_ten_seconds(running: Running, number: signal.Signals) -> None:
    everything = [*running.parts(), running.guardian()]
    assert len(everything) == 5  # two servers, what each forked, the guardian
    began = time.monotonic()
    running.process.send_signal(number)
    assert running.process.wait(STOP_WITHIN) == 0
    assert time.monotonic() - began < STOP_WITHIN
    assert gone(everything)
    assert running.lines[-1] == "all stopped"


def test_what_will_not_end_is_killed_within_the_ten_seconds(stubborn: Running) -> None:
    everything = [*stubborn.parts(), stubborn.guardian()]
    stubborn.process.terminate()
    assert stubborn.process.wait(STOP_WITHIN) == 0
    assert gone(everything)


def test_kill_9_of_the_parent_ends_the_children_too(stubborn: Running) -> None:
    everything = [*stubborn.parts(), stubborn.guardian()]
    stubborn.process.kill()
    stubborn.process.wait()
    eventually(lambda: gone(everything), within=STOP_WITHIN)


def test_who_starts_after_a_kill_9_waits_for_the_leftovers(running: Running) -> None:
    leftovers = running.parts()
    running.process.kill()
    running.process.wait()
    second = Running(running.home, *running.ports)  # the same ports: they must be free by then
    try:
        eventually(lambda: running.lines.count("all work") == 2, within=30, why=lambda: "\n".join(running.lines))
        assert gone(leftovers)
    finally:
        second.end()


def test_without_its_guardian_the_parent_still_tidies_up(running: Running) -> None:
    running.guardian().kill()
    everything = running.parts()
    running.process.terminate()
    assert running.process.wait(STOP_WITHIN) == 0
    assert gone(everything)


def test_a_part_that_never_starts_is_given_up_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = Part("broken", (sys.executable, "-c", "raise SystemExit('no such model')"), ready=lambda _: False)
    with Children() as children:
        patience = Patience(look=0.02, first_pause=0.02)
        said: list[str] = []
        supervisor = Supervisor(
            [broken], children, logs=tmp_path, say=said.append, stop=threading.Event(), patience=patience
        )
        with pytest.raises(Unavailable) as refusal:
            supervisor.start()
    assert "no such model" in refusal.value.say
    assert "3 次" in refusal.value.say
    assert len(said) == 2


def test_a_part_that_falls_silent_is_started_again(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    server = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))
    part = Part("web", server, ready=answers(port, "/"), cwd=tmp_path)
    said: list[str] = []
    stop = threading.Event()
    with Children() as children:
        patience = Patience(look=0.05, look_closer=0.1, silence=0.5, first_pause=0.05)
        supervisor = Supervisor([part], children, logs=tmp_path, say=said.append, stop=stop, patience=patience)
        assert supervisor.start()
        (process,) = [p for p in psutil.Process().children() if str(port) in p.cmdline()]
        process.suspend()
        watching = threading.Thread(target=supervisor.watch)
        watching.start()
        try:
            eventually(lambda: any("恢复" in line for line in said), within=30, why=lambda: "\n".join(said))
        finally:
            stop.set()
            watching.join()
    assert any("没有响应" in line for line in said)
    assert gone([process])


def test_the_guardian_is_small_and_needs_nothing_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "backend" / "running" / "guardian.py"], input=b"", timeout=10, check=False
    )
    assert done.returncode == 0
