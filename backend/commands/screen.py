"""The terminal: where results and progress go, and the options every command shares."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from backend.db.session import Database, make_database
from backend.errors import Malformed
from backend.settings import get_settings

out, err = Console(), Console(stderr=True)
JsonFlag = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
InputFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSONL 文件。")]


def progress_bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=err)


def open_database() -> Database:
    database = make_database(get_settings().db_url)
    database.check()
    return database


def read_lines(file: Path, *needs: str) -> list[dict[str, Any]]:
    """The objects of a JSONL file; Malformed names the line that is no object or lacks one of ``needs``."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise Malformed("broken_line", f"{file.name} 第 {number} 行不是 JSON，请改正后重试。") from error
        missing = [name for name in needs if not isinstance(value, dict) or name not in value]
        if missing:
            raise Malformed("missing_field", f"{file.name} 第 {number} 行缺少 {'、'.join(missing)}，请补上后重试。")
        found.append(value)
    return found


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
