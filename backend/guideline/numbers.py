"""The complaint number: TS, date, unit, running number, check digit; made to be read over the phone.

    TS 2026 1123 0100 017  =  TS + 20261123 + 01 (unit) + 0001 (running) + 7 (check digit)

The check digit is ISO 7064 MOD 11,10 over the fourteen digits before it: every wrong digit and nearly every swap of two
neighbours is noticed, so that a misheard number never opens somebody else's complaint.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

PREFIX = "TS"
RUNNING_DIGITS = 4
_SHAPE = re.compile(r"(?:TS)?(\d{8})(\d{2})(\d{4})(\d)")
# 幺 for 1, as numbers are read on the phone: 一 and 七 are easily mistaken
_SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
_HEARD = str.maketrans("零〇○洞幺么一二两三四五六七拐八九勾", "000011122345677899")


@dataclass(frozen=True, slots=True)
class Number:
    """A valid complaint number, taken apart. ``unit``: the two digits of the unit that registered it."""

    on: date
    unit: str
    running: int

    def __str__(self) -> str:
        digits = f"{self.on:%Y%m%d}{self.unit}{self.running:0{RUNNING_DIGITS}d}"
        return f"{PREFIX}{digits}{check_digit(digits)}"


def make(on: date, unit: str, running: int) -> str:
    """The number of the ``running``-th complaint (from 1) that the unit registered that day.

    ValueError for a unit code that is not two digits, and for a running number that does not fit.
    """
    if not re.fullmatch(r"[0-9]{2}", unit):
        raise ValueError(f"a unit code is two digits, not {unit!r}")
    if not 1 <= running < 10**RUNNING_DIGITS:
        raise ValueError(f"running number {running} does not fit into {RUNNING_DIGITS} digits")
    return str(Number(on, unit, running))


def parse(text: str) -> Number | None:
    """The number in what somebody typed or said: any width, spaces, dashes, digits as words, TS or not.

    None when it is no complaint number or the check digit disagrees.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_HEARD)
    match = _SHAPE.fullmatch("".join(character for character in plain if character.isalnum()))
    if match is None or not match[0].isascii():
        return None
    day, unit, running, check = match.groups()
    if check_digit(day + unit + running) != check or int(running) == 0:
        return None
    try:
        return Number(date(int(day[:4]), int(day[4:6]), int(day[6:])), unit, int(running))
    except ValueError:
        return None


def valid(text: str) -> bool:
    """Whether this is a complaint number with the right check digit."""
    return parse(text) is not None


def grouped(number: str) -> str:
    """For the eye: TS 2026 1123 0100 017."""
    digits = number.removeprefix(PREFIX)
    return " ".join([PREFIX, *(digits[at : at + 4] for at in range(0, len(digits), 4))])


def spoken(number: str) -> str:
    """For the ear: T S，二零二六，幺幺二三，零幺零零，零幺七. Commas are the pauses of the voice."""
    prefix, *groups = grouped(number).split(" ")
    return "，".join([" ".join(prefix), *(group.translate(_SPOKEN) for group in groups)])


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10 of a run of ASCII digits."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
