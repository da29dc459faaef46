"""The sources of this repository, read for what they import, say and call: what test_house_rules.py judges."""

import ast
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePath

from backend.settings import ROOT

NOT_OURS = frozenset(
    ".git .venv var node_modules vendor artefacts __pycache__ .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis "
    ".import_linter_cache".split()
)


@cache
def files() -> tuple[PurePath, ...]:
    """Every file of the repository that is not made by a machine, relative to its root."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(set(below) - NOT_OURS)
        found += [Path(folder, name).relative_to(ROOT) for name in sorted(names)]
    return tuple(PurePath(path) for path in found)


def sources(*rooms: str, ends: str = ".py") -> list[PurePath]:
    return [path for path in files() if path.name.endswith(ends) and str(path).startswith(rooms)]


@cache
def text(path: PurePath) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: PurePath) -> ast.Module:
    return ast.parse(text(path))


def imports(path: PurePath) -> Iterator[tuple[str, str, int]]:
    """(module, name, line) of every import; the name is empty for ``import module``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


def literals(path: PurePath) -> Iterator[tuple[str, int]]:
    """The strings of a module with their lines, docstrings not counted: those are for readers."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value, node.lineno


def calls(path: PurePath, name: str) -> Iterator[ast.Call]:
    """Calls of ``name(…)`` or ``anything.name(…)``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "attr", None), getattr(node.func, "id", None)):
            yield node


def none(broken: Iterable[str]) -> None:
    found = sorted(set(broken))
    assert not found, f"{len(found)} places:\n" + "\n".join(found)
