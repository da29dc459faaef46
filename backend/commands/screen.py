"""The terminal: where results and progress go, and the options every command shares."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from backend.db.session import Database, make_database
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


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
