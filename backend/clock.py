"""The only now(). Times are aware, kept in UTC, shown in Asia/Shanghai."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ISO = re.compile(r"(?<![\dT-])(20\d\d)-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?(?![\d-])")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the clock of the people who use this."""
    return moment.astimezone(SHANGHAI)


def local_date(moment: datetime) -> date:
    return local(moment).date()


def show(moment: datetime | None, *, seconds: bool = False) -> str:
    """``2026-11-23 09:31``, empty for None."""
    if moment is None:
        return ""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def in_words(text: str) -> str:
    """ISO days and times in a text as people write them: 2026-11-22T09:30 -> 11月22日 09:30 (this year's without it)."""
    this_year = str(local(now()).year)

    def said(found: re.Match[str]) -> str:
        year, month, day, time = found.groups()
        words = f"{int(month)}月{int(day)}日" if year == this_year else f"{year}年{int(month)}月{int(day)}日"
        return f"{words} {time}" if time else words

    return ISO.sub(said, text)
