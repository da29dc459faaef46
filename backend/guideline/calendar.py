"""Working days and trading days, from the yearly notices of the State Council.

A working day is a weekday that is no holiday, or a weekend day that a notice makes up for one (调休). A trading day
is a weekday that is no holiday and on which the exchanges are open: a make-up Saturday is worked but not traded. A
year whose notice is not published yet is provisional: its statutory days and weekends are known, its make-up days
are not; once it is published it is imported beside the shipped years and goes before its provisional one.

Days are dates of Asia/Shanghai. A day outside the years on file raises CalendarError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path

from backend.guideline.entries import Entry, parse
from backend.guideline.rulebook import open_yaml

HOME = Path(__file__).parent / "calendar"
ONE_DAY = timedelta(days=1)
# A fixed offset: mainland China has kept no summer time since 1991, and a machine without tzdata still counts right.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class CalendarError(LookupError):
    """A day for which there is no calendar. ``say``: the Chinese sentence that tells what to do."""

    def __init__(self, year: int, known: tuple[int, ...]) -> None:
        self.year = year
        self.say = f"工作日日历只有{known[0]}年至{known[-1]}年，没有{year}年，请先导入该年的节假日安排。"
        super().__init__(self.say)


@dataclass(frozen=True, slots=True)
class Year:
    """One year. ``notice``: where it comes from. ``no_trading``: weekdays without holiday on which exchanges rest."""

    year: int
    notice: str
    provisional: bool
    holidays: frozenset[date]
    make_up: frozenset[date]
    no_trading: frozenset[date]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The years on file."""

    years: dict[int, Year]

    def is_workday(self, day: date) -> bool:
        year = self._year(day)
        return day in year.make_up or (day.weekday() < 5 and day not in year.holidays)

    def is_trading_day(self, day: date) -> bool:
        year = self._year(day)
        return day.weekday() < 5 and day not in year.holidays and day not in year.no_trading

    def is_provisional(self, day: date) -> bool:
        """Whether the year's notice is not published, so that a date computed through it may still move."""
        return self._year(day).provisional

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day after ``day``, before it when n < 0. ``day`` itself is not counted; n = 0 is ``day``."""
        step = ONE_DAY if n >= 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and with ``b``; negative when b < a. Inverse of ``add_workdays``."""
        first, last, sign = (a, b, 1) if a <= b else (b, a, -1)
        # backwards, the later day is the one not counted
        shift = ONE_DAY if sign == 1 else timedelta(0)
        return sign * sum(self.is_workday(day) for day in _days(first + shift, (last - first).days))

    def workday_from(self, day: date) -> date:
        """``day`` when it is a working day, else the next one."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def _year(self, day: date) -> Year:
        year = self.years.get(day.year)
        if year is None:
            raise CalendarError(day.year, tuple(self.years))
        return year


def load_calendar(imported: Path | None = None) -> Calendar:
    """The shipped years, and over them those in the folder ``imported``; read again only when a file there changes.

    RulebookError names file and line of what is wrong.
    """
    found = sorted(imported.glob("*.yml")) if imported is not None else []
    return _layered(tuple((path, path.stat().st_mtime_ns) for path in found))


@cache
def _shipped() -> Calendar:
    return read_calendar(HOME)


@cache
def _layered(files: tuple[tuple[Path, int], ...]) -> Calendar:
    """``files`` with their time of change, so that a later notice is another key."""
    years = _shipped().years | {year.year: year for year in (read_year(path) for path, _ in files)}
    return Calendar(dict(sorted(years.items()))) if files else _shipped()


def read_calendar(folder: Path) -> Calendar:
    """Every ``<year>.yml`` of the folder, in order."""
    return Calendar({year.year: year for year in (read_year(path) for path in sorted(folder.glob("*.yml")))})


def read_year(path: Path) -> Year:
    """One year's file: holidays as ranges, make-up days on weekends, all within the year."""
    entry = open_yaml(path)
    if path.stem != str(entry.integer("year")):
        raise entry.child("year").wrong(f"year {entry.integer('year')} stands in {path.name}")
    return _year(entry)


def read_notice(text: str, file: str) -> Year:
    """A published notice before it is kept: a year of YAML that is final and gives everybody the statutory days.

    全国年节及纪念日放假办法: a notice moves days off around, it takes none away. RulebookError at the line that is wrong,
    in Chinese where the officer who imports it is the one to mend it.
    """
    entry = parse(text, file)
    year = _year(entry)
    known = _shipped().years
    if year.provisional:
        raise entry.child("provisional").wrong("已公布的安排不能标为暂定（provisional: true）")
    if not min(known) <= year.year <= max(known) + 1:
        raise entry.child("year").wrong(f"{year.year}年与现有的{min(known)}年至{max(known)}年不相接")
    statutory = known[year.year].holidays if year.year in known and known[year.year].provisional else frozenset()
    missing = sorted(statutory - year.holidays)
    if missing:
        raise entry.child("holidays").wrong(f"缺少法定节日：{'、'.join(map(str, missing))}")
    return year


def _year(entry: Entry) -> Year:
    entry.only("year", "notice", "provisional", "holidays", "make_up", "no_trading")
    year = entry.integer("year")
    holidays: set[date] = set()
    for holiday in entry.entries("holidays"):
        holiday.only("name", "from", "to")
        start, end = holiday.day("from"), holiday.day("to")
        if end < start or {start.year, end.year} != {year}:
            raise holiday.wrong(f"{holiday.text('name')} must begin and end in {year}, in this order")
        holidays.update(_days(start, (end - start).days + 1))
    make_up = frozenset(_within(item, year) for item in entry.entries("make_up"))
    for item in entry.entries("make_up"):
        if item.as_day().weekday() < 5 or item.as_day() in holidays:
            raise item.wrong("a make-up day is a Saturday or Sunday that is no holiday")
    no_trading = frozenset(_within(item, year) for item in entry.entries("no_trading"))
    return Year(year, entry.text("notice"), entry.flag("provisional"), frozenset(holidays), make_up, no_trading)


def _within(item: Entry, year: int) -> date:
    day = item.as_day()
    if day.year != year:
        raise item.wrong(f"{day} is not in {year}")
    return day


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    return _days(first, (last - first).days + 1)


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))


def local_day(at: datetime) -> date:
    """The day in Shanghai at a moment. The moment must be aware."""
    return local(at).date()


def local(at: datetime) -> datetime:
    """A moment on the Shanghai clock. ValueError for a naive one: nobody could say which moment it is."""
    if at.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return at.astimezone(SHANGHAI)


def end_of(day: date) -> datetime:
    """The last second of a Shanghai day, in UTC."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI).astimezone(UTC)


WEEKDAYS = "一二三四五六日"


def day_in_words(day: date, *, today: date) -> str:
    """今天, 明天, 后天, else 12月21日（星期一）, with the year when it is another one."""
    near = {0: "今天", 1: "明天", 2: "后天"}.get((day - today).days)
    year = "" if day.year == today.year else f"{day.year}年"
    return near or f"{year}{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def moment_in_words(at: datetime, *, now: datetime) -> str:
    """明天上午8点30分."""
    there = local(at)
    part, hour = ("上午", there.hour) if there.hour < 12 else ("下午", there.hour - 12 or 12)
    minute = f"{there.minute}分" if there.minute else ""
    return f"{day_in_words(there.date(), today=local_day(now))}{part}{hour}点{minute}"
