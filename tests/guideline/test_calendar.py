"""Working and trading days: against the published notices, a brute-force counter and the days of the exchanges."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.guideline.calendar import (
    CalendarError,
    day_in_words,
    end_of,
    load_calendar,
    local_day,
    moment_in_words,
    read_calendar,
    read_year,
)
from backend.guideline.entries import RulebookError
from tests.guideline.tables import moment

CALENDAR = load_calendar()
PUBLISHED = [year.year for year in CALENDAR.years.values() if not year.provisional]
DAYS = st.dates(date(2016, 3, 1), date(2027, 9, 30))


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_of_a_published_year_agrees_with_the_package(year: int) -> None:
    day, disagree = date(year, 1, 1), []
    while day.year == year:
        if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day):
            disagree.append(day)
        day += timedelta(days=1)
    assert disagree == []


def test_years_2016_to_2026_are_published_and_the_next_are_provisional() -> None:
    assert list(range(2016, 2027)) == PUBLISHED
    assert CALENDAR.is_provisional(date(2027, 1, 4)) and not CALENDAR.is_provisional(date(2026, 12, 31))


def test_provisional_year_has_thirteen_statutory_days_and_no_make_up() -> None:
    """全国年节及纪念日放假办法：2025年起全体公民放假13天。"""
    for year in CALENDAR.years.values():
        if year.provisional:
            named = len(year.holidays)
            # 国庆与中秋同日时少一天
            assert named in (12, 13) and not year.make_up


def test_make_up_saturday_is_worked_but_not_traded() -> None:
    saturday = date(2026, 10, 10)
    assert CALENDAR.is_workday(saturday) and not CALENDAR.is_trading_day(saturday)


def test_new_years_eve_of_2024_is_worked_but_not_traded() -> None:
    assert CALENDAR.is_workday(date(2024, 2, 9)) and not CALENDAR.is_trading_day(date(2024, 2, 9))


def test_number_of_trading_days_is_that_of_the_exchanges() -> None:
    """上海证券交易所各年交易日数。"""
    known = {
        2016: 244,
        2017: 244,
        2018: 243,
        2019: 244,
        2020: 243,
        2021: 243,
        2022: 242,
        2023: 242,
        2024: 242,
        2025: 243,
    }
    counted = {
        year: sum(CALENDAR.is_trading_day(date(year, 1, 1) + timedelta(days=n)) for n in range(365 + (year % 4 == 0)))
        for year in known
    }
    assert counted == known


def test_day_beyond_the_calendar_says_what_to_do() -> None:
    with pytest.raises(CalendarError) as refused:
        CALENDAR.is_workday(date(2040, 1, 1))
    assert "2040年" in refused.value.say and "导入" in refused.value.say


@given(DAYS, st.integers(1, 60))
def test_adding_workdays_agrees_with_counting_one_by_one(day: date, n: int) -> None:
    due = CALENDAR.add_workdays(day, n)
    counted, walk = 0, day
    while counted < n:
        walk += timedelta(days=1)
        counted += CALENDAR.is_workday(walk)
    assert due == walk and CALENDAR.is_workday(due)
    assert CALENDAR.workdays_between(day, due) == n


@given(DAYS, DAYS, DAYS)
def test_workdays_between_add_up(a: date, b: date, c: date) -> None:
    a, b, c = sorted((a, b, c))
    assert CALENDAR.workdays_between(a, b) + CALENDAR.workdays_between(b, c) == CALENDAR.workdays_between(a, c)


@given(DAYS, st.integers(1, 60))
def test_going_back_undoes_going_forth_between_workdays(day: date, n: int) -> None:
    start = CALENDAR.workday_from(day)
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, n), -n) == start
    assert CALENDAR.workdays_between(CALENDAR.add_workdays(start, n), start) == -n


def test_day_of_a_moment_is_the_one_in_shanghai() -> None:
    assert local_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert end_of(date(2026, 11, 23)) == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 11, 23))  # noqa: DTZ001  # the point of the test


def test_days_and_moments_are_said_as_people_say_them() -> None:
    today = date(2026, 11, 23)
    assert day_in_words(date(2026, 11, 25), today=today) == "后天"
    assert day_in_words(date(2027, 1, 4), today=today) == "2027年1月4日（星期一）"
    now = moment("2026-11-23 18:00")
    at = moment("2026-11-24 13:05")
    assert now and at and moment_in_words(at, now=now) == "明天下午1点5分"


WRONG_YEARS = [
    ("year: 2026\n", "year: 2025\n", 1, "stands in"),
    ("make_up: []\n", "make_up: [2026-01-05]\n", 5, "Saturday or Sunday"),
    ("make_up: []\n", "make_up: [2025-01-04]\n", 5, "not in 2026"),
    ("to: 2026-01-03", "to: 2025-12-31", 4, "in this order"),
    ("to: 2026-01-03", "to: 2026-02-30", 4, "day YYYY-MM-DD"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "what"), WRONG_YEARS)
def test_broken_year_is_refused_with_file_and_line(
    tmp_path: Path, right: str, wrong: str, line: int, what: str
) -> None:
    whole = (
        "year: 2026\nnotice: 通知\nprovisional: false\nholidays: [{name: 元旦, from: 2026-01-01, to: 2026-01-03}]\n"
        "make_up: []\nno_trading: []\n"
    )
    path = tmp_path / "2026.yml"
    path.write_text(whole, encoding="utf-8")
    assert list(read_calendar(tmp_path).years) == [2026]
    path.write_text(whole.replace(right, wrong), encoding="utf-8")
    with pytest.raises(RulebookError) as refused:
        read_year(path)
    assert refused.value.line == line and what in refused.value.what
