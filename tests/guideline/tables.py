"""The YAML tables of ``cases/`` as pytest parameters: what a compliance officer reads is what runs."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.guideline.calendar import SHANGHAI

CASES = Path(__file__).parent / "cases"


def table(name: str) -> Any:
    """The content of ``cases/<name>.yml``."""
    return yaml.safe_load((CASES / f"{name}.yml").read_text(encoding="utf-8"))


def each(name: str, title: Callable[[dict[str, Any]], str] = lambda case: case["名称"]) -> pytest.MarkDecorator:
    """Run once for each case of the table; the title of the case is the name of the test."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=title(case)) for case in table(name)])


def each_sentence(sentences: Iterable[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sentence", [str(sentence) for sentence in sentences])


def moment(written: str | None) -> datetime | None:
    """A time as the tables write it, on the Shanghai clock."""
    return None if written is None else datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)
