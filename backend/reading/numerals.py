"""Numbers as people say them: digits read out one by one, and sums of money.

read_out("幺三八零零幺") -> "138001"
to_decimal("三万两千五") -> Decimal("32500")
"""

import re
from decimal import Decimal, InvalidOperation

import cn2an

#: One digit, written or read out. 幺 is how a 1 is said on the phone.
DIGIT = "0-9零〇一二三四五六七八九幺"
_SPOKEN = {**{str(n): str(n) for n in range(10)}, **dict(zip("零〇一二三四五六七八九幺", "001234567891", strict=True))}
_REPEATED = re.compile(rf"([两二三四234])个([{DIGIT}])")
_TIMES = {"两": 2, "二": 2, "三": 3, "四": 4, "2": 2, "3": 3, "4": 4}

#: Words of size, from 十 to 亿, with the letters used in chats.
SCALES = {
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "k": Decimal(1000),
    "万": Decimal(10_000),
    "w": Decimal(10_000),
    "亿": Decimal(100_000_000),
}
_VAGUE = re.compile(r"[好几数上近小约大多来余把]|左右|出头|不到|将近|差不多|大概|大约")
_APPROXIMATE = re.compile(r"[多来余约近]|左右|出头|将近|差不多|大概|大约|不到|快")
_PAIR = re.compile(r"^([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿])")
_ARABIC = re.compile(r"^(\d+(?:\.\d+)?)([十百千万亿wk]{0,2})(.*)$")


def read_out(words: str) -> str:
    """The digits of a number read out one by one; 三个八 counts as 888, everything else is dropped."""
    unrolled = _REPEATED.sub(lambda match: match[2] * _TIMES[match[1]], words)
    return "".join(_SPOKEN.get(char, "") for char in unrolled)


def to_decimal(words: str) -> Decimal | None:
    """The number said, in units; the lower bound where it is approximate (三万多, 五六万); None where there is none.

    好几万 and 几十万 name no number and give None.
    """
    bare = words.replace(",", "").replace(" ", "")
    if re.search(r"[几数]", bare):
        return None
    bare = _APPROXIMATE.sub("", bare)
    bare = re.sub(r"^[上小整]+", "", bare)
    if re.match(r"^[十百千万亿]", bare):
        bare = "一" + bare
    bare = bare.replace("把", "")
    if match := _ARABIC.match(bare):
        return _mixed(match[1], match[2], match[3])
    return _spelled(_PAIR.sub(r"\1", bare))


def _mixed(number: str, scale: str, rest: str) -> Decimal | None:
    """3万2 -> 32000, 1.2w -> 12000, 2千万 -> 20000000."""
    value = Decimal(number)
    for char in scale:
        value *= SCALES[char]
    if not rest:
        return value
    if not scale:
        return None
    if re.fullmatch(r"\d", rest):
        return value + Decimal(rest) * SCALES[scale[-1]] / 10
    tail = to_decimal(rest)
    return None if tail is None or tail >= SCALES[scale[-1]] else value + tail


def _spelled(words: str) -> Decimal | None:
    """三万两千五 -> 32500. The library knows no 一亿二 and raises whatever it likes, hence the wide net."""
    if not re.fullmatch(r"[零〇一二两三四五六七八九十百千万亿点]+", words):
        return None
    tail = re.fullmatch(r"(.*[百千万亿])([一二三四五六七八九])", words)
    try:
        if tail and tail[1][-1] in "万亿":
            head = Decimal(str(cn2an.cn2an(tail[1].replace("两", "二").replace("〇", "零"), "smart")))
            return head + Decimal(_SPOKEN[tail[2]]) * SCALES[tail[1][-1]] / 10
        return Decimal(str(cn2an.cn2an(words.replace("〇", "零"), "smart")))
    except (ValueError, KeyError, IndexError, TypeError, InvalidOperation):
        return None


def plain(value: Decimal) -> str:
    """`32500`, `1234.56`: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_vague(words: str) -> bool:
    """True where the speaker gave no exact figure."""
    return bool(_VAGUE.search(words))
