"""Children that never outlive us.

    with Children() as children:
        process = children.start(command, cwd=…, env={…}, log=path)

Each child leads a session and a process group of its own, so that what it forks ends with it. Leaving the block ends
all of them; if we are killed without a chance to leave it, the guardian (guardian.py) ends them in our place.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from backend.running import guardian

LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is set aside before its next start
LOGS_KEPT = 3  # set-aside logs of each part


class Children:
    """The children of one command. ``keep`` are descriptors the guardian holds open until all of them have ended."""

    def __init__(self, *, keep: tuple[int, ...] = ()) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=keep,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        if self._guardian.stdin:
            self._guardian.stdin.close()
        self._guardian.wait()

    def start(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        stdout: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start ``command`` with our environment and ``env`` on top; OSError if it cannot be started.

        Output goes to the end of ``log``, or else to ``stdout`` (as in Popen), or else where ours goes.
        """
        output = open_log(log) if log else None
        try:
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=cwd,
                env={**os.environ, **(env or {})},  # handed on unread: settings.py alone reads it
                stdin=subprocess.DEVNULL,
                stdout=output or stdout,
                stderr=subprocess.STDOUT if output or stdout else None,
                start_new_session=True,
            )
        finally:
            if output:
                output.close()
        self._processes.append(process)
        self._tell(f"+{process.pid}")
        return process

    def end(self, *processes: subprocess.Popen[bytes], grace: float = guardian.GRACE) -> None:
        """End these (default: all) with everything they forked; also one that died and may have left some behind."""
        ending = list(processes or self._processes)
        guardian.end_groups([process.pid for process in ending], grace=grace, reap=lambda: [p.poll() for p in ending])
        for process in ending:
            process.poll()
            self._processes.remove(process)
            self._tell(f"-{process.pid}")

    def _tell(self, line: str) -> None:
        if self._guardian.stdin is None or self._guardian.poll() is not None:
            return  # somebody killed the guardian: we still end our children ourselves
        try:
            self._guardian.stdin.write(f"{line}\n".encode("ascii"))
            self._guardian.stdin.flush()
        except BrokenPipeError:
            return


def open_log(path: Path) -> IO[bytes]:
    """The log, opened for appending; one that has grown past LOG_LIMIT is first moved to ``.1``, that to ``.2``, …"""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        for number in range(LOGS_KEPT - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        path.replace(path.with_name(f"{path.name}.1"))
    output = path.open("ab")
    path.chmod(0o600)
    return output
