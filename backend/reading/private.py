"""What else must never leave in clear: passwords and codes, e-mail addresses, where somebody lives."""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard
from backend.reading.numerals import DIGIT

_SECRET_WORD = r"(?:密码|验证码|校验码|口令|动态码|短信码|pin码?)"
_COUNTED = rf"(?:[两二三四五六]个[{DIGIT}])"
_SECRET = re.compile(
    rf"{_SECRET_WORD}(?:分别|应该|就|还|都)?[是为叫:= \"'“”]{{0,4}}"
    rf"(?P<code>(?=[a-z!@#$%^&*_.\-]*\d)[a-z0-9!@#$%^&*_.\-]{{4,32}}|[{DIGIT}]{{4,12}}|"
    rf"{_COUNTED}(?:{_COUNTED}|[{DIGIT}])*)"
)
_SECRET_LETTERS = re.compile(rf"{_SECRET_WORD}(?:是|为|:|=)[ \"'“”]{{0,2}}(?P<code>[a-z!@#$%^&*_.\-]{{4,32}})")
_SECRET_NEAR = re.compile(
    rf"{_SECRET_WORD}(?P<gap>[^\d。！？!?]{{0,8}}?)(?P<code>(?<![\d.])\d{{4,8}})(?![\d.]|"
    rf"[元块万次天分秒点年月日号股])"
)
_NOT_TOLD = re.compile(r"[转亏扣错损元块提买卖]|被盗")
_UNIT_BEHIND = re.compile(r"\.?\d*[元块万次天分秒点年月股]")

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")
_HOME = re.compile(
    r"(?:住在|家住|住址是?|家庭地址是?|通[讯信]地址是?|联系地址是?|邮寄到|寄到|地址[是为:]+)[: ]{0,2}(?P<place>[^,。;！？!?\n]{4,40})"
)
_STREET = re.compile(
    r"(?P<place>(?:[\u4e00-\u9fff]{2,8}?[省市区县镇乡]){0,4}[\u4e00-\u9fff]{1,8}?(?:路|街|大道|巷|弄|胡同|里)"
    rf"[{DIGIT}十百\-]{{1,6}}号(?:(?:大院|院|之)?[a-z\u4e00-\u9fff{DIGIT}]{{0,8}}?[{DIGIT}十百a-z]{{1,5}}(?:栋|座|幢|"
    rf"号楼|单元|楼|层|室|房|户)){{0,4}}"
    rf"(?:[{DIGIT}]{{2,5}})?)"
)
_ESTATE = re.compile(
    rf"(?P<place>[\u4e00-\u9fff]{{2,6}}(?:小区|花园|新村|苑|公寓|家园|村)[{DIGIT}a-z十百\-]{{1,4}}(?:栋|座|幢|号楼|单元|"
    rf"号)[{DIGIT}a-z十百\-栋座幢楼单元层室房]{{0,12}})"
)
_LEAD = re.compile(r"^(?:我?(?:就|现在|一直)?(?:住|家)?(?:在|是|于)|邮?寄(?:到|去)?|送(?:到|去)?|我|你们|到|去)+")


def find_private(heard: Heard) -> Iterator[Found]:
    """Fields `secret`, `email` and `address`. A secret's value is empty: it is masked, never kept."""
    yield from _secrets(heard)
    for match in _EMAIL.finditer(heard.text):
        yield Found("email", *match.span(), match[0], 98, "customer")
    for pattern in (_HOME, _STREET, _ESTATE):
        for match in pattern.finditer(heard.text):
            start, end = match.span("place")
            if lead := _LEAD.match(heard.text[start:end]):
                start += lead.end()
            if not re.match(r"(?:证券)?营业部|分公司|营业厅|网点", heard.after(end)):
                yield Found("address", start, end, heard.text[start:end], 90, "customer")


def _secrets(heard: Heard) -> Iterator[Found]:
    for pattern in (_SECRET, _SECRET_LETTERS, _SECRET_NEAR):
        for match in pattern.finditer(heard.text):
            gap = match.groupdict().get("gap") or ""
            if not _NOT_TOLD.search(gap) and not _UNIT_BEHIND.match(heard.text, match.end("code")):
                yield Found("secret", *match.span("code"), "", 97 if len(match["code"]) < 8 else 99, "customer")
