"""Ends process groups, and stands by to do so when the one who started them can no longer do it.

    python -I -S guardian.py

reads ``+<group>`` and ``-<group>`` lines on stdin. When stdin ends, whoever held the other end is gone, by ``kill -9``
if need be; every group still on the list is then asked to end (SIGTERM), and killed if it has not after GRACE seconds.
Standard library only, and run by its path: it stays resident beside every ``anfu up`` and must weigh next to nothing.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Collection

GRACE = 6.0  # seconds between asking and killing
KILLED = 1.0  # seconds a killed group may take to vanish from the table of processes
STEP = 0.05


def end_groups(groups: Collection[int], *, grace: float = GRACE, reap: Callable[[], object] = lambda: None) -> None:
    """Ask every group to end, wait up to ``grace`` seconds, kill what is left: ``grace + KILLED`` seconds at most.

    ``reap`` is called while waiting: a child that is not reaped by its parent still counts as there.
    """
    _signal(groups, signal.SIGTERM)
    if not _gone(groups, within=grace, reap=reap):
        _signal(groups, signal.SIGKILL)
        _gone(groups, within=KILLED, reap=reap)


def _gone(groups: Collection[int], *, within: float, reap: Callable[[], object]) -> bool:
    until = time.monotonic() + within
    while True:
        reap()
        if not any(_exists(group) for group in groups):
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(STEP)


def _signal(groups: Collection[int], number: signal.Signals) -> None:
    for group in groups:
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):  # gone, or on some systems a group of zombies
            continue


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return not os.path.exists("/proc/self/stat") or any(_runs(process, group) for process in os.listdir("/proc"))


def _runs(process: str, group: int) -> bool:
    """Whether a process of Linux's /proc belongs to the group and is more than a zombie: in a container without an
    init, the orphans of a dead part stay zombies for ever."""
    if not process.isdigit():
        return False
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
            state, _parent, its_group = stat.read().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(its_group) == group and state not in "ZX"


def main() -> int:
    """Stand by until stdin ends. The terminal's Ctrl-C and hang-up are for the others."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        sign, group = line[:1], int(line[1:])
        groups.add(group) if sign == "+" else groups.discard(group)
    end_groups(groups)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
