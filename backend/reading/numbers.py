"""Digits that belong to a person: telephones, accounts, ID and bank cards. Better one too many than one left in clear.

Every run of eight or more digits, written, spaced, or read out, comes back as a personal span unless it is a
date, a sum with its unit, a public hotline or a complaint number. Checksums decide first, then the words in
front, then what the customer was asked for.
"""

import re
from collections.abc import Iterator
from datetime import date

import phonenumbers

from backend.guideline import numbers as complaint_numbers
from backend.reading.found import Found, Heard
from backend.reading.numerals import DIGIT, read_out
from backend.reading.values import Whose

OLDEST = 20  # years a complaint is kept
_GAP = r"[ \-—–_·./\u200b-\u200f\u2060\ufeff]{0,2}"
_RUN = re.compile(
    rf"[{DIGIT}](?:{_GAP}(?:[两二三四]个(?=[零〇一二三四五六七八九幺]))?[{DIGIT}]){{4,}}(?:{_GAP}x(?![a-z]))?"
)
_COMMA_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[,、 ]{1,2}\d{4}[,、 ]{1,2}\d{4}(?!\d)")
_SHAREHOLDER = re.compile(r"(?<![a-z0-9])[a-f]\d{9}(?!\d)")
_COMPLAINT = re.compile(
    rf"(?<![a-z0-9])t ?s[ \-,:]{{0,2}}[{DIGIT}]{{4}}(?:[ \-,]{{0,2}}[{DIGIT}a-z]){{6,20}}(?![0-9a-z])|"
    rf"(?<![{DIGIT}])[{DIGIT}]{{4}}(?:[ \-,]{{0,2}}[{DIGIT}]){{11}}(?![{DIGIT}])"
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-/.年])(?:0?[1-9]|1[0-2])(?:[-/.月])(?:3[01]|[12]\d|0?[1-9])(?!\d)[日号]?"
    r"(?: {0,2}[0-2]?\d[:点时][0-5]\d(?::[0-5]\d)?)?"
)
_SUM = re.compile(r"(?<![\d.])\d{1,10}(?:,\d{3})*(?:\.\d+)?(?=[元块圆股亿万]|手(?![机续]))")

_CUES = {
    "id_card": r"身份证|证件号|证件",
    "bank_card": r"银行卡|卡号|储蓄卡|信用卡|[工农中建交招]行卡?|存管卡",
    "account": r"资金账|资金号|账号|账户|客户号|客户编号|客户代码|股东|信用户|户号|资产账|证券账",
    "phone": r"电话|手机|座机|联系方式|联系我|打给我|回电|打我|我的号|号码|tel|phone",
    "reference": r"委托号|委托编号|合同号?|订单号?|流水号?|工单号?|单号|受理号|编号|序列号|快递",
}
_CUE = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _CUES.items()))
_SHORT_ACCOUNT = re.compile(
    rf"(?:{_CUES['account']})[号码是为叫:, ]{{0,4}}(?P<number>[a-z]{{0,3}}\d{{5,7}})(?![\d.]|"
    rf"[元块万次天])"
)
_MIXED_ACCOUNT = re.compile(
    rf"(?:{_CUES['account']})[号码是为叫:, ]{{0,4}}(?P<number>(?=[a-z]*-?\d)"
    rf"[a-z0-9]{{1,4}}-[\d-]{{5,20}}|(?=[a-z]*\d)[a-z0-9]{{6,24}})"
)
_OTHERS = re.compile(
    r"(?:经理|顾问|投顾|客服|柜员|柜台|业务员|主管|他|她|对方|骗子)[^,。;]{0,4}(?:电话|手机|号码|号)[^,。;]{0,3}$"
)
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9]\d{9})")
_PUBLIC = re.compile(r"(?:[48]00\d{7}|95\d{3,4}|0?(?:20)?961303|1(?:2386|2345|2315|2368|10|20|14))")

_RANK = {"id_card": 96, "bank_card": 95, "phone": 94, "account": 93}


def find_numbers(heard: Heard) -> Iterator[Found]:
    """Personal numbers, and complaint numbers, which are not personal and keep their own field."""
    text = heard.text
    for match in _COMPLAINT.finditer(text):
        number = complaint_numbers.parse(match[0])
        # Without its letters it is only believed with a day of the last years: old ID cards have fifteen digits too.
        recent = number is not None and 0 <= heard.heard_at.year - number.on.year <= OLDEST
        if match[0].startswith("t") or recent:
            value = str(number) if number else re.sub(r"[ \-,:]", "", match[0]).upper()
            yield Found("complaint_number", *match.span(), value, 99)
            text = _blank(text, *match.span())
    for pattern in (_DATE, _SUM):
        for match in pattern.finditer(text):
            if pattern is _DATE or not _cue(heard, match.start()):
                text = _blank(text, *match.span())
    for match in _COMMA_MOBILE.finditer(text):
        yield _found(heard, "phone", *match.span(), read_out(match[0]))
    for match in _SHAREHOLDER.finditer(text):
        yield _found(heard, "account", *match.span(), match[0].upper())
    for pattern in (_SHORT_ACCOUNT, _MIXED_ACCOUNT):
        for match in pattern.finditer(text):
            yield _found(heard, "account", *match.span("number"), match["number"].upper())
    for match in _RUN.finditer(text):
        yield from _judge_run(heard, text, *match.span())


def _judge_run(heard: Heard, text: str, start: int, end: int) -> Iterator[Found]:
    """A run may be one number in pieces (138 0013 8000) or several numbers with a blank between them."""
    pieces = list(_pieces(text, start, end))
    start, end = pieces[0][0], pieces[-1][1]
    whole = _digits(text[start:end])
    if (
        len(pieces) == 1
        or (not any(_MOBILE.fullmatch(_digits(text[a:b])) for a, b in pieces) and _strict(whole))
        or (len(pieces) == 2 and len(_digits(text[slice(*pieces[1])])) <= 2 and text[pieces[0][1]] in "-—–_")
    ):
        yield from _judge(heard, text, start, end)
    elif any(len(_digits(text[a:b])) >= 7 for a, b in pieces):
        for piece in pieces:
            yield from _judge(heard, text, *piece)
    elif (
        _account_like(text, pieces)
        or _cue(heard, start)
        or (heard.asked in ("phone", "account") and len(whole) >= 6)
        or _like_card(text, pieces)
    ):
        yield from _judge(heard, text, start, end)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches without a gap. 13800138000一直: the 一 after a written number is a word, not a digit."""
    run = text[start:end]
    longest_written = max((len(m[0]) for m in re.finditer(r"\d+", run)), default=0)
    pattern = r"\d+x?|[零〇一二三四五六七八九幺两个]+" if longest_written >= 7 else rf"[{DIGIT}两个]+x?"
    for match in re.finditer(pattern, run):
        digits = _digits(match[0])
        spare = 1 if len(digits) == 12 and _MOBILE.fullmatch(digits[:11]) and match[0][-1] in "一二三" else 0
        yield start + match.start(), start + match.end() - spare


def _judge(heard: Heard, text: str, start: int, end: int) -> Iterator[Found]:
    digits = _digits(text[start:end])
    cue = _cue(heard, start)
    size = len(digits)
    if _PUBLIC.fullmatch(digits):
        return
    if (field := _strict(digits)) and not (field == "phone" and cue == "account"):
        yield _found(heard, field, start, end, _MOBILE.sub(r"\1", digits) if field == "phone" else digits)
        return
    if size == 8 and cue is None and heard.asked != "account" and _is_day(digits):
        return
    if cue == "id_card" and size >= 8:
        yield _found(heard, "id_card", start, end, digits)
    elif (cue == "bank_card" and size >= 8) or (size >= 16 and cue is None):
        yield _found(heard, "bank_card", start, end, digits)
    elif (cue == "account" or (cue is None and heard.asked == "account")) and size >= 5:
        yield _found(heard, "account", start, end, digits if size <= 20 else "")
    elif (cue == "phone" or (cue is None and heard.asked == "phone")) and size >= 7:
        local = size in (7, 8) and digits[0] in "2345678"
        yield _found(heard, "phone", start, end, digits if local else "")
    elif size >= 8:
        usable = cue is None and size <= 14
        yield _found(heard, "account", start, end, digits if usable else "")


def _strict(digits: str) -> str | None:
    """What the digits prove to be by themselves."""
    if _is_id_card(digits):
        return "id_card"
    if _MOBILE.fullmatch(digits):
        return "phone"
    if 16 <= len(digits) <= 19 and digits[0] in "34569" and _luhn(digits):
        return "bank_card"
    if re.fullmatch(r"0[1-9]\d{8,10}", digits) and _is_landline(digits):
        return "phone"
    return None


def _found(heard: Heard, field: str, start: int, end: int, value: str) -> Found:
    whose: Whose = "employee" if field == "phone" and _OTHERS.search(heard.before(start, 16)) else "customer"
    if heard.text[start - 1 : start] == "+":
        start -= 1
    return Found(field, start, end, value, _RANK[field], whose)


def _cue(heard: Heard, start: int) -> str | None:
    """The kind of number that the words in front announce; the nearest one speaks."""
    last = None
    for match in _CUE.finditer(heard.before(start, 12)):
        last = match.lastgroup
    return last


def _digits(words: str) -> str:
    return read_out(words) + ("X" if words.endswith("x") else "")


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "。" * (end - start) + text[end:]


def _account_like(text: str, pieces: list[tuple[int, int]]) -> bool:
    """2033 7715 08: nine digits or more in groups. Two six-digit codes side by side are none, nor are decimals."""
    groups = [text[start:end] for start, end in pieces]
    joined = text[pieces[0][0] : pieces[-1][1]]
    return sum(map(len, groups)) >= 9 and not re.search(r"[./]", joined) and any(len(group) != 6 for group in groups)


def _like_card(text: str, pieces: list[tuple[int, int]]) -> bool:
    sizes = [end - start for start, end in pieces]
    return min(sizes) >= 3 and sum(sizes) >= 15


def _is_day(digits: str) -> bool:
    try:
        return 1990 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def _is_id_card(digits: str) -> bool:
    """Eighteen characters whose birthday exists (GB 11643), a wrong check character included; or the old fifteen."""
    if re.fullmatch(r"[1-8]\d{16}[\dX]", digits):
        born = digits[6:14]
        return "1900" <= born[:4] <= "2100" and _is_birthday(born)
    return bool(re.fullmatch(r"[1-8]\d{14}", digits)) and _is_birthday("19" + digits[6:12])


def _is_birthday(born: str) -> bool:
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    if not digits.isdigit():
        return False
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_landline(digits: str) -> bool:
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(digits, "CN")))
    except phonenumbers.NumberParseException:
        return False
