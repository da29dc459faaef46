"""The calendar the ledger counts by: the shipped years, and over them the yearly notices this house has imported.

    notice (YAML, CSV) | read | check -> home/calendar/<year>.yml, an entry in the trail

A notice is a file, so every process sees it with its next question, without a restart.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.errors import Unprocessable
from backend.guideline import calendar as calendars
from backend.guideline.calendar import Calendar, Year
from backend.guideline.entries import RulebookError
from backend.settings import get_settings

COLUMNS = ("类型", "名称", "开始", "结束")
NOTICE, HOLIDAY, MAKE_UP, NO_TRADING = "通知", "放假", "上班", "休市"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Imported:
    """``changed`` is False when just this notice was in force already."""

    year: Year
    changed: bool


def load_calendar() -> Calendar:
    """The calendar as it stands now."""
    return calendars.load_calendar(_folder())


def import_notice(session: Session, *, name: str, text: str, by: Actor, now: datetime) -> Imported:
    """Keep a yearly notice: ``name`` of the file it came in (``.csv`` or YAML) and its content.

    Unprocessable, naming the line, when it is wrong. The same again changes nothing; the one it replaces is kept
    beside it. What was counted by the year is then counted anew (``recount``).
    """
    written = _from_csv(name, text) if name.lower().endswith(".csv") else text
    try:
        year = calendars.read_notice(written, name)
    except RulebookError as error:
        line = f"第 {error.line} 行" if written is text else "内容"
        raise Unprocessable("bad_notice", f"{name} {line}有误：{error.what}，请改正后重新导入。") from error
    path = _folder() / f"{year.year}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before == written:
        return Imported(year, changed=False)
    digest = sha256(written.encode()).hexdigest()
    trail.record(
        session, Tag.CALENDAR_IMPORTED, actor=by, subject=f"calendar:{year.year}", data={"sha256": digest}, now=now
    )
    if before is not None:
        path.with_suffix(f".replaced-{now:%Y%m%dT%H%M%S}").write_text(before, encoding="utf-8")
    fresh = path.with_suffix(".new")
    fresh.write_text(written, encoding="utf-8")
    fresh.replace(path)  # last, and whole or not at all: no date is counted by a notice without an entry
    return Imported(year, changed=True)


def _folder() -> Path:
    return get_settings().home / "calendar"


def _from_csv(name: str, text: str) -> str:
    """A table of 类型, 名称, 开始, 结束 as the YAML of a year. 通知 names the notice; 结束 may be left out for one day."""
    found: dict[str, list[tuple[str, date, date]]] = {HOLIDAY: [], MAKE_UP: [], NO_TRADING: []}
    notice = ""
    for line, (what, label, start, end) in _rows(name, text):
        if what == NOTICE:
            notice = label
        elif what in found:
            days = _day(name, line, start), _day(name, line, end or start)
            if days[0] > days[1] or len({days[0].year, days[1].year, *(one[1].year for one in found[HOLIDAY])}) > 1:
                raise _wrong(name, line, "的开始不能晚于结束，各行须在同一年")
            if what == MAKE_UP and any(day.weekday() < SATURDAY for day in calendars.days(*days)):
                raise _wrong(name, line, f"的{MAKE_UP}日应是星期六或星期日")
            found[what].append((label, *days))
        else:
            raise _wrong(name, line, f"的类型应为：{'、'.join((NOTICE, *found))}")
    if not notice or not found[HOLIDAY]:
        raise Unprocessable("bad_notice", f"{name} 缺少“{NOTICE}”或“{HOLIDAY}”行，请补上后重新导入。")
    holidays = [f"  - {{name: {label or HOLIDAY}, from: {start}, to: {end}}}" for label, start, end in found[HOLIDAY]]
    singles = {
        key: ", ".join(str(day) for _, start, end in found[what] for day in calendars.days(start, end))
        for key, what in (("make_up", MAKE_UP), ("no_trading", NO_TRADING))
    }
    lines = [
        f"year: {found[HOLIDAY][0][1].year}",
        f'notice: "{notice}"',
        "provisional: false",
        "holidays:",
        *holidays,
        *(f"{key}: [{value}]" for key, value in singles.items()),
    ]
    return "\n".join(lines) + "\n"


def _rows(name: str, text: str) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    """(line, cells) below the head of the table, blank lines left out."""
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    head = [cell.strip() for cell in next(rows, [])]
    if head[: len(COLUMNS)] != list(COLUMNS):
        raise _wrong(name, 1, f"应为：{'，'.join(COLUMNS)}")
    for cells in rows:
        what, label, start, end = ([cell.strip() for cell in cells] + [""] * len(COLUMNS))[: len(COLUMNS)]
        if any(mark in label for mark in '"{}[]:,#\\'):
            raise _wrong(name, rows.line_num, "的名称含有符号")
        if what:
            yield rows.line_num, (what, label, start, end)


def _day(name: str, line: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _wrong(name, line, "的日期应写成 2027-01-01 的样子") from error


def _wrong(name: str, line: int, what: str) -> Unprocessable:
    return Unprocessable("bad_notice", f"{name} 第 {line} 行{what}，请改正后重新导入。")
