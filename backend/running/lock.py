"""A lock that goes with the process that holds it, however that process ends."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from backend.errors import Refusal
from backend.running.guardian import GRACE, KILLED


@contextlib.contextmanager
def only_one(file: Path, taken: Callable[[str], Refusal]) -> Iterator[int]:
    """Hold ``file`` while the block runs; yields its descriptor. Raises ``taken(process id)`` if somebody has it.

    A descriptor that was handed on (Children(keep=…)) holds the lock too: when we are killed, whoever comes next waits
    until the guardian has ended the last of our children, instead of meeting them.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + GRACE + 2 * KILLED
        while not _locked(descriptor):
            holder = os.pread(descriptor, 20, 0).decode("ascii").strip()
            if (holder.isdigit() and psutil.pid_exists(int(holder))) or time.monotonic() > until:
                raise taken(holder)
            time.sleep(0.1)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
