"""There is one way to change a complaint: ``ledger.service``. Nobody else reaches the modules it changes with."""

import ast
from pathlib import Path

import pytest

from backend.settings import ROOT

LIFE = {f"life/{name}.py" for name in ("ending", "extending", "hands", "judging", "linking", "revisiting", "working")}
USERS = {
    "change": {"service.py", "recount.py", "watch/authorities.py", *LIFE},
    "opening": {
        "service.py",
        "change.py",
        "life/ending.py",
        "life/judging.py",
        "life/revisiting.py",
        "life/working.py",
    },
    "clocks": {"service.py", "change.py", "recount.py", "life/extending.py"},
}
VERBS_OF_LIFE = {f"backend.ledger.{name.removesuffix('.py').replace('/', '.')}" for name in LIFE}


def imported(file: Path) -> set[str]:
    """Every module name a file imports, in full."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("module", sorted(USERS))
def test_only_the_service_changes_complaints(module: str) -> None:
    users = {
        str(file.relative_to(ROOT / "backend"))
        for file in (ROOT / "backend").rglob("*.py")
        if f"backend.ledger.{module}" in imported(file)
    }
    assert users == {f"ledger/{name}" for name in USERS[module]}


def test_the_verbs_of_the_working_life_are_reached_through_the_service_only() -> None:
    for file in (ROOT / "backend").rglob("*.py"):
        name = str(file.relative_to(ROOT / "backend" / "ledger")) if "ledger" in file.parts else str(file)
        if name != "service.py" and name not in LIFE:
            assert not imported(file) & VERBS_OF_LIFE, name
