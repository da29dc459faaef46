"""Money: field `amount`, in yuan where a figure can be told, in the customer's words where not (好几万, 五百美元)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from backend.reading.found import Found, Heard
from backend.reading.numerals import plain, to_decimal

_C = "一二两三四五六七八九十零〇半几数"
_FIGURE = r"\d{1,12}(?:,\d{3})*(?:\.\d+)?"
_SPOKEN = rf"(?:好几|十?几|数)?[十百千万亿]?[{_C}]*"
_UNIT = (
    r"(?:块钱|块(?![票牌地头面])|元(?![旦素老])|圆|人民币|蚊|大洋|rmb|港币|港元|美元|美金|欧元|毛钱?|角(?![度色])|分钱)"
)
_FOREIGN = re.compile(r"港币|港元|美元|美金|欧元")
_NUMBER = (
    rf"(?:(?:好|上|近|小)?(?:{_FIGURE}[十百千万亿wk]{{0,2}}(?:[多来余几]?[万亿])?(?:\d千?)?|"
    rf"(?:[好上近小]?(?:[{_C}]+[十百千万亿]+)+[{_C}]?|[{_C}]{{1,3}}|[上百千万][百千万]|[百千万]把)(?:[多来余几][万亿千])?)(?:多|来|余|出头)?)"
)
_SUM = re.compile(
    rf"(?P<number>(?:不到)?{_NUMBER})(?P<unit>{_UNIT}(?:(?P<cents>[一二三四五六七八九\d])(?:毛|"
    rf"角)?(?![十百千万亿点分个]))?)?(?P<about>多|左右|出头|上下)?"
)
_NOT_MONEY = re.compile(
    r"股|手|份|张|个|点|次|天|年|月|日|号|周|小时|分(?!钱)|秒|人|位|名|遍|回|台|家|条|字|步|倍|岁|兆|公里|%|积分|户|例|单|笔|"
    r"期|支|页|级|度|版|米|斤|克|层|楼|栋|条|项|件|趟|通|种|批|轮|段|声|句|头|网友|粉丝|观众|火急|[a-z]|[十百千万亿]?[股份手]|刻|板|成"
)
_MONEY_VERB = re.compile(
    r"(?:亏|损失|损|赔|扣|收|退|转|少|赚|付|花|欠|补|佣金|手续费|本金|差价|取|存|充|打|借|投|买了?|入金|资金|余额|掉|蒸发|扒了|剩|钱|要|"
    r"还|交|给|值|多|被|了|凑|进|出)[^,。;]{0,4}$"
)
_PLAIN_VERB = re.compile(
    r"(?:亏|损失|赔|扣|退|佣金|手续费|本金|差价|收了?我?|花了?|付了?|多收|少收)[了我掉走取的约是有近]{0,3}$"
)
_MONEY_NEXT = re.compile(r"的?(?:手续费|佣金|本金|差价|利息|违约金|罚息|保证金|损失|亏损|亏空)")
_PRICE = re.compile(r"(?:从|[掉跌涨]到?至?|至|挂|(?<!差)价格?我?看?着?是?|看着是|每股|股价|成本|报价|最[高低])$")
_RATE = re.compile(r"(?:万|千|百)分之$|[万千]$|第$|百分之$|t\+$|r$|c$|[a-z\d.]$")
_IDIOM = re.compile(r"^(?:一分钱?|一毛钱?|半分钱?|一块|几块|几分|一元)$")


def find_amounts(heard: Heard) -> Iterator[Found]:
    """Sums with a unit or a word of size; bare figures only behind a word of money, or when asked."""
    for match in _SUM.finditer(heard.text):
        start, end = match.span()
        words = match[0]
        number = match["number"]
        if _RATE.search(heard.text[max(0, start - 3) : start]) or words in ("一块", "半", "一") or _IDIOM.match(words):
            continue
        if match["unit"] and len(number) <= 5 and _PRICE.search(heard.text[max(0, start - 6) : start]):
            continue
        if not match["unit"] and not _bare_sum(heard, start, end, number):
            continue
        yield Found("amount", start, end, value_of(match), 60)


def _bare_sum(heard: Heard, start: int, end: int, number: str) -> bool:
    if _NOT_MONEY.match(heard.text, end):
        return heard.asked == "amount" and end == len(heard.text)
    if heard.asked == "amount":
        return len(number) > 1 or number.isdigit()
    before = heard.text[max(0, start - 7) : start]
    if re.search(r"[万亿w]", number):
        return True
    if re.search(r"[千百k]", number):
        return bool(_MONEY_VERB.search(before)) or bool(_MONEY_NEXT.match(heard.text, end))
    return bool(_PLAIN_VERB.search(before)) and bool(re.search(r"\d{2,}|[十]", number))


def value_of(match: re.Match[str]) -> str:
    """`32500`, `3.7`; the words where no figure in yuan was said."""
    unit = match["unit"] or ""
    amount = to_decimal(match["number"])
    if amount is None or _FOREIGN.search(unit):
        return match[0]
    if unit.startswith(("毛", "角")):
        amount /= 10
    elif unit.startswith("分"):
        amount /= 100
    if match["cents"]:
        amount += (to_decimal(match["cents"]) or Decimal(0)) / 10
    return plain(amount)
