"""The guideline asked from a terminal: ``deadline``, ``rulebook show``, ``calendar import``, ``wording check``."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from backend.audit.actor import SYSTEM
from backend.clock import SHANGHAI, local_date, now, show
from backend.commands.screen import InputFile, JsonFlag, open_database, out, print_json, progress_bar, read_lines
from backend.errors import Unprocessable
from backend.guideline import catalogue, deadlines
from backend.guideline import rulebook as rulebooks
from backend.guideline import wording as rules
from backend.guideline.calendar import CalendarError
from backend.guideline.deadlines import Clock
from backend.ledger import calendar as calendars
from backend.ledger import recount

UNCONFIRMED = "待合规确认"

wording = typer.Typer(no_args_is_help=True, help="用语检查（第十七条等）。")
rulebook = typer.Typer(no_args_is_help=True, help="规则手册。")
calendar = typer.Typer(no_args_is_help=True, help="工作日历。")


@wording.callback()
def _wording() -> None:
    """用语检查（第十七条等）。"""


@rulebook.callback()
def _rulebook() -> None:
    """规则手册。"""


@calendar.callback()
def _calendar() -> None:
    """工作日历。"""


def deadline(
    accepted: Annotated[datetime | None, typer.Option(help="受理时间，如 2026-09-28T10:00（北京时间）。")] = None,
    received: Annotated[datetime | None, typer.Option(help="收到时间；不写即受理时间。")] = None,
    kind: Annotated[
        str, typer.Option(help="complaint 投诉、inquiry 咨询、report 举报、suggestion 意见建议。")
    ] = "complaint",
    agreed: Annotated[datetime | None, typer.Option(help="与客户约定的日子。", formats=["%Y-%m-%d"])] = None,
    extension: Annotated[int | None, typer.Option(help="批准的首次延期，工作日数。")] = None,
    further: Annotated[datetime | None, typer.Option(help="投诉人同意再延期至哪天。", formats=["%Y-%m-%d"])] = None,
    followed: Annotated[datetime | None, typer.Option(help="从哪天起持续跟进。", formats=["%Y-%m-%d"])] = None,
    transferred: Annotated[datetime | None, typer.Option(help="12386 热线转办时间。")] = None,
    closed: Annotated[datetime | None, typer.Option(help="办结时间，由此计算回访。")] = None,
    as_json: JsonFlag = False,
) -> None:
    """按发生的事计算各项期限，并说明依据；带 * 的一项决定是否逾期。"""
    first = received or accepted or transferred
    if first is None:
        raise Unprocessable("no_start", "请至少给出收到（--received）、受理（--accepted）或转办（--transferred）时间。")
    book = rulebooks.load()
    try:
        found = deadlines.clocks(
            kind=kind,
            received_at=_moment(first),
            accepted_at=_moment(accepted) if accepted else None,
            agreed_on=agreed.date() if agreed else None,
            extension_workdays=extension,
            further_until=further.date() if further else None,
            followed_since=followed.date() if followed else None,
            transferred_at=_moment(transferred) if transferred else None,
            closed_at=_moment(closed) if closed else None,
            on_the_spot=kind in ("complaint", "inquiry"),
            calendar=calendars.load_calendar(),
            rulebook=book,
        )
    except CalendarError as error:
        raise Unprocessable("no_calendar", error.say) from error
    except (ValueError, KeyError) as error:
        raise Unprocessable("cannot_be", f"这些时间和期限不能同时成立，请核对（{error}）。") from error
    bound = deadlines.binding(found)
    if as_json:
        for clock in found:
            print_json(_plain(clock) | {"binding": clock is bound})
        return
    table = Table(*(Column(head, overflow="fold") for head in ("期限", "到期", "依据", "说明")))
    for clock in found:
        marks = [mark for mark, so in (("暂定", clock.provisional), (UNCONFIRMED, not clock.confirmed)) if so]
        due = show(clock.due_at) + (f"（{'，'.join(marks)}）" if marks else "")
        table.add_row(clock.label + (" *" if clock is bound else ""), due, clock.clause, clock.why)
    out.print(table)


def _plain(clock: Clock) -> dict[str, object]:
    return {
        "name": clock.name, "label": clock.label, "due_at": clock.due_at.isoformat(), "clause": clock.clause,
        "why": clock.why, "provisional": clock.provisional, "confirmed": clock.confirmed,
    }  # fmt: skip


def _moment(given: datetime) -> datetime:
    return given.replace(tzinfo=SHANGHAI) if given.tzinfo is None else given


@rulebook.command("show")
def rulebook_show(
    version: Annotated[str | None, typer.Argument(help="版本；不写即最新版。")] = None,
    section: Annotated[str | None, typer.Option(help="只看一部分，如 deadlines、separations。")] = None,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help=f"只看{UNCONFIRMED}的。")] = False,
    as_json: JsonFlag = False,
) -> None:
    """打印规则手册：每一项的值、生效日期、依据，以及是否待合规确认。"""
    try:
        book = rulebooks.load(version)
    except KeyError as error:
        known = "、".join(rulebooks.versions())
        raise Unprocessable("no_rulebook", f"没有 {version} 版规则手册，现有：{known}。") from error
    parts = catalogue.sections(book)
    if section is not None and section not in (part.id for part in parts):
        raise Unprocessable("no_section", f"没有这一部分，可选：{'、'.join(part.id for part in parts)}。")
    if not as_json:
        waiting = sum(part.open for part in parts)
        out.print(f"[bold]{book.title}[/bold]　{book.version} 版，{book.valid_from} 起；{waiting} 项{UNCONFIRMED}。")
    for part in parts:
        lines = [line for line in part.lines if not (unconfirmed and line.confirmed)]
        if not lines or section not in (None, part.id):
            continue
        if as_json:
            for line in lines:
                plain = {name: str(value) if name in ("since", "until") and value else value
                         for name, value in asdict(line).items()}  # fmt: skip
                print_json({"rulebook": book.version, "section": part.id, **plain})
            continue
        heads = [Column(head, overflow="fold") for head in ("项目", "值", "生效", "依据", "")]
        table = Table(*heads, title=part.title, title_justify="left")
        for line in lines:
            held = f"{line.since or ''}{f' 至 {line.until}' if line.until else ''}"
            table.add_row(line.label, line.value, held, line.clause, "" if line.confirmed else UNCONFIRMED)
        out.print(table)


@calendar.command("import")
def calendar_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="YAML 或 CSV。")],
    as_json: JsonFlag = False,
) -> None:
    """导入国务院办公厅公布的年度节假日安排，并重新计算未结投诉的期限（逐件留痕）。"""
    moment, database = now(), open_database()
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unprocessable("bad_notice", f"{file.name} 不是 UTF-8 文字，请另存为 UTF-8 后重新导入。") from error
    with database.write() as session:
        imported = calendars.import_notice(session, name=file.name, text=text, by=SYSTEM, now=moment)
    with database.read() as session:
        numbers = recount.moved(session)
    with progress_bar() as progress:
        task = progress.add_task("重新计算期限", total=len(numbers))
        for number in numbers:
            with database.write() as session:
                recount.recount(session, number, by=SYSTEM, now=moment)
            progress.advance(task)
    year = imported.year
    if as_json:
        print_json({
            "year": year.year, "notice": year.notice, "changed": imported.changed, "holidays": len(year.holidays),
            "make_up": len(year.make_up), "recounted": list(numbers),
        })  # fmt: skip
        return
    said = "已导入" if imported.changed else "与现行安排相同，没有改动"
    out.print(f"{year.year}年：{said}。放假{len(year.holidays)}天，调休上班{len(year.make_up)}天。《{year.notice}》")
    out.print(f"{len(numbers)} 件未结投诉的期限已重新计算（{local_date(moment)}，逐件留痕）。")


@wording.command("check")
def wording_check(file: InputFile) -> None:
    """检查一批句子：每行 {"text"}，输出是否违规、规则、条款和改写。"""
    book = rulebooks.load()
    for line in read_lines(file, "text"):
        text = line["text"]
        hit = next(iter(rules.check(text, book)), None)
        print_json({
            "text": text, "violates": hit is not None, "rule": hit and hit.rule, "clause": hit and hit.clause,
            "rewrite": hit and hit.rewrite,
        })  # fmt: skip
