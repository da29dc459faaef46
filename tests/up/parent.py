"""Stands for ``anfu up`` in the tests here: the same supervisor, with small real processes as its parts.

    python -m tests.up.parent HOME MANNER PORT…

One part ``web-<port>`` for each port, which forks a child that ends when asked (MANNER ``polite``) or will not
(``stubborn``). Prints what the supervisor says.
"""

import sys
from pathlib import Path

from backend.errors import Conflict
from backend.running.children import Children
from backend.running.lock import only_one
from backend.running.parts import Part, answers
from backend.supervisor import Patience, Supervisor, stopping

FORKING_SERVER = """
import http.server, os, signal, sys, time
if os.fork() == 0:
    if sys.argv[2] == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def main(home: Path, manner: str, ports: list[int]) -> int:
    def say(line: str) -> None:
        print(line, flush=True)

    parts = [
        Part(
            f"web-{port}",
            (sys.executable, "-c", FORKING_SERVER, str(port), manner),
            ready=answers(port, "/"),
            cwd=home,
        )
        for port in ports
    ]
    with (
        stopping() as stop,
        only_one(home / "up.lock", lambda pid: Conflict("already_running", pid)) as lock,
        Children(keep=(lock,)) as children,
    ):
        patience = Patience(look=0.05, look_closer=0.2, first_pause=0.1)
        supervisor = Supervisor(parts, children, logs=home / "logs", say=say, stop=stop, patience=patience)
        if supervisor.start():
            say("all work")
            supervisor.watch()
    say("all stopped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2], [int(port) for port in sys.argv[3:]]))
