"""There is one way to change a complaint: ``ledger.service``. Nobody else reaches the modules it changes with."""

import ast
from pathlib import Path

import pytest

from backend.settings import ROOT

USERS = {"change": {"service.py"}, "opening": {"service.py", "change.py"}, "clocks": {"service.py", "change.py"}}


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
