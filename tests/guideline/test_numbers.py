"""The complaint number: against python-stdnum, and against slips of the ear and the finger."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from backend.guideline.numbers import Number, check_digit, grouped, make, parse, spoken, valid

DAYS = st.dates(date(2016, 1, 1), date(2099, 12, 31))
UNITS = st.integers(0, 99).map(lambda n: f"{n:02d}")
RUNNING = st.integers(1, 9999)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_check_digit_is_that_of_iso_7064(digits: str) -> None:
    assert check_digit(digits) == mod_11_10.calc_check_digit(digits)


@given(DAYS, UNITS, RUNNING)
def test_number_comes_back_from_every_way_of_writing_it(on: date, unit: str, running: int) -> None:
    number = make(on, unit, running)
    assert len(number) == 17 and mod_11_10.is_valid(number[2:])
    expected = Number(on, unit, running)
    ways = (
        number,
        number.lower(),
        number[2:],
        grouped(number),
        grouped(number).replace(" ", "-"),
        spoken(number),
        f" {number}\n",
        "".join(chr(ord(c) + 0xFEE0) for c in number),
    )
    assert [parse(way) for way in ways] == [expected] * len(ways)
    assert str(expected) == number


@given(DAYS, UNITS, RUNNING, st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(on: date, unit: str, running: int, at: int, off: int) -> None:
    digits = make(on, unit, running)[2:]
    slip = digits[:at] + str((int(digits[at]) + off) % 10) + digits[at + 1 :]
    assert not valid(f"TS{slip}")


def test_number_is_grouped_for_the_eye_and_spoken_for_the_ear() -> None:
    number = make(date(2026, 11, 23), "01", 1)
    assert number == "TS202611230100010"
    assert grouped(number) == "TS 2026 1123 0100 010"
    assert spoken(number) == "T S，二零二六，幺幺二三，零幺零零，零幺零"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TS",
        "TS2026112301000",
        "你好",
        "TS202613230100017",
        "13800138000",
        "TS202611230100010 9",
        "XX202611230100010",
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("unit", "running"), [("1", 1), ("001", 1), ("ab", 1), ("٠١", 1), ("01", 0), ("01", 10000), ("01", -1)]
)
def test_number_that_cannot_be_is_refused(unit: str, running: int) -> None:
    with pytest.raises(ValueError, match=r"unit code|running number"):
        make(date(2026, 11, 23), unit, running)
