"""The guideline asked from a terminal: ``deadline``, ``wording check``."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Column, Table

from backend.clock import SHANGHAI, show
from backend.commands.screen import InputFile, JsonFlag, out, print_json, read_lines
from backend.guideline import calendar as calendars
from backend.guideline import deadlines
from backend.guideline import rulebook as rulebooks
from backend.guideline import wording as rules

wording = typer.Typer(no_args_is_help=True, help="用语检查（第十七条等）。")


@wording.callback()
def _wording() -> None:
    """用语检查（第十七条等）。"""


def deadline(
    accepted: Annotated[datetime, typer.Option(help="受理时间，如 2026-09-28T10:00（北京时间）。")],
    as_json: JsonFlag = False,
) -> None:
    """按受理时间计算各项期限，并说明依据。"""
    moment = accepted.replace(tzinfo=SHANGHAI) if accepted.tzinfo is None else accepted
    rulebook, calendar = rulebooks.load(), calendars.load_calendar()
    clocks = deadlines.clocks(
        kind="complaint", received_at=moment, accepted_at=moment, calendar=calendar, rulebook=rulebook
    )
    if as_json:
        for clock in clocks:
            print_json({
                "name": clock.name, "label": clock.label, "due_at": clock.due_at.isoformat(), "clause": clock.clause,
                "why": clock.why, "provisional": clock.provisional,
            })  # fmt: skip
        return
    table = Table("期限", "到期", "依据", Column("说明", overflow="fold"))
    for clock in clocks:
        table.add_row(
            clock.label, show(clock.due_at) + ("（暂定）" if clock.provisional else ""), clock.clause, clock.why
        )
    out.print(table)


@wording.command("check")
def wording_check(file: InputFile) -> None:
    """检查一批句子：每行 {"text"}，输出是否违规、规则、条款和改写。"""
    rulebook = rulebooks.load()
    for line in read_lines(file, "text"):
        text = line["text"]
        hit = next(iter(rules.check(text, rulebook)), None)
        print_json({
            "text": text, "violates": hit is not None, "rule": hit and hit.rule, "clause": hit and hit.clause,
            "rewrite": hit and hit.rewrite,
        })  # fmt: skip
