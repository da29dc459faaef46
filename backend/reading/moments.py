"""When it happened: field `occurred_at`, as people say it, and the day or minute it means.

A complaint looks back, so 周五 said on a Monday is last Friday and 十二月 said in November is last year's.
What is promised, planned or habitual (明天, 三天内, 每天) did not occur.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from backend.clock import SHANGHAI
from backend.reading.found import Found, Heard

with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import jionlp  # greets on import

_CN = "一二三四五六七八九十两"
_N = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_YEAR = r"(?:(?:19|20)\d\d年度?|[二一][零〇九][零〇一二三四五六七八九]{2}年|去年|今年|前年|上年|本年|旧年)"
_MONTH_PART = r"(?:份|底|初|末|中旬|上旬|下旬|中)?"
_DAY = rf"{_N}[号日](?:那天|当天|当日)?"
_DATE = "|".join(
    (
        r"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:3[01]|[12]\d|0?[1-9])(?!\d)",
        rf"{_YEAR}?的?(?:{_N}|腊|正)月{_MONTH_PART}(?:{_DAY}|"
        rf"[廿卅][一二三四五六七八九]?|初[一二三四五六七八九十]|(?<=月)(?:3[01]|[12]\d|[1-9])(?![\d点:个]))?",
        rf"(?:{_YEAR})?(?:上上|上|这|本)个?月{_MONTH_PART}(?:{_DAY})?",
        rf"{_YEAR}的?(?:春天|夏天|秋天|冬天|上半年|下半年|年初|年底|底|年末|重阳节?|冬至|春节|国庆节?|中秋|元旦|五一)?",
        r"(?:19|20)\d\d(?=年)年?",
        r"(?:上上|上|这|本)?个?(?:周|星期|礼拜)(?:[一二三四五六日天末]|[1-7](?!\d))(?:那天|当天)?",
        r"(?:上上|上|这)个?(?:周|星期|礼拜)",
        r"大前[天日]|前[天日]|昨[天日]|昨儿个?|[寻琴][日晚]|今[天日]|今儿个?|[今昨前][早晚夜晨朝]|当[天日晚]|头[天晚]",
        r"[前这近头][两几]天|前些(?:天|日子|年)|前[一]?阵子?|前段(?:时间|日子)|最近|近期|近日|不久前|刚才|刚刚|方才|头先",
        rf"(?:{_N}|半|好?几)(?:多|来)?个?(?:天|日|周|星期|礼拜|月|年|小时|钟头?|分钟)(?:多|半)?(?:以前|之前|前)(?!后)",
        r"(?:国庆|春节|五一|端午|重阳|冬至|腊八|中秋|元旦|清明|过年|双十一)(?:节|假期|长假)?(?:期间|前后?|后|那天|那几天|当天)",
        r"(?:年初|年底|月初|月底|上半年|下半年|上周末|周末|第?[一二三四1-4]季度|[上本]个?季度)",
        rf"(?:(?<![\u4e00-\u9fff\d.-])\d{{1,2}}|(?<=[在到从于是我们那这])\d{{1,2}}|"
        rf"(?<![\u4e00-\u9fff])[{_CN}]{{1,3}})号(?:那天|当天|当日)?(?![柜窗楼栋线店门桌基人])",
    )
)
_PART = (
    r"(?:一?大?清早|一?大早上?|早上|早晨|早间|上午|中午|正午|下午|傍晚|晚上|晚间|夜间|夜里|深夜|凌晨|半夜|午后|"
    r"尾盘|早盘|午盘|盘中|盘前|盘后|午后开[盘市]|一?[开收][盘市]|集合竞价|(?<=[今昨前当][天日])[早晚晨])(?:的?时候|阶段|那会儿?|那阵|期间|前后|后|前|时)?"
)
_CLOCK_N = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})"
_CLOCK = (
    rf"(?:{_CLOCK_N}点(?:钟|整|半|[一三]刻|(?:零|过)?(?:[0-5]?\d|[{_CN}]{{1,3}})分?(?:\d{{1,2}}秒)?)?|"
    rf"\d{{1,2}}[:时][0-5]\d分?(?::[0-5]\d)?|\d{{1,2}}时(?!间))"
)
_ABOUT = r"(?:多|左右|前后|许|那会儿?|光景|的样子)?"
_TIME = rf"(?:{_PART})?的?(?:大概|大约|差不多)? ?{_CLOCK}{_ABOUT}(?: ?(?:至|到|-|—|~) ?(?:{_PART})?{_CLOCK}{_ABOUT})?"
_WHEN = re.compile(
    rf"(?P<date>{_DATE}) ?(?:的|那天|当天|大概)?(?: ?(?:{_TIME}|{_PART}(?:{_PART})?))?{_ABOUT}|"
    rf"(?P<clock>{_TIME})|(?P<part>{_PART})"
)
_WEAK_PART = re.compile(r"盘|市|竞价")

_NOT_BEFORE = re.compile(
    r"(?:每|天天|平时|总是|每次|每到|每个|等到|截至|期限|直到|最迟|不迟于|要到|预计|得等|"
    r"明[天早晚日]?|听日|后天|下周|下个?月|下|自|一到|逢|如果|若|要是|万)(?:年|月|天|周|日|个?交易日)?$"
)
_NOT_AFTER = re.compile(
    r"(?:内|之内|以内|起(?!来)|为止|都?方便|可以?接|可以?联系|有空|都可以|能接|再(?!次|点|登|也)|都?已?经?第[一二三四五六七八九十\d]+个?[天日工]|前(?:办妥|给|必须|答复|解决|没人))"
)
_FUTURE = re.compile(r"明|后天|下(?:周|个?月|星期|礼拜)")
_CONTACT = re.compile(
    r"联系我|[可后再]联系|电话联系|均可|为宜|打给我|回电|来电|回我|方便|接电话|有空|可接听?|可联系|上班|营业时间|服务时间"
)
_BACKGROUND = re.compile(r"^(?:当[天日]|头天|(?!去|今|前|半).{1,3}年(?:以前|之前|前))$")
_TONIGHT = re.compile(r"今[晚夜]")
_AGED = re.compile(r"[六七八九]十|\d\d(?!年)|大[一二三四]|都?[六七八九]十")
_ONE_BIT = re.compile(r"一点(?![钟整半零]|\d|左右|多)")
_SPEECH_NOW = re.compile(r"^(?:今天|今日|最近|近期|近日|当天|当日|这两天|这几天|今年|去年|前年|.*(?:19|20)\d\d年度?)$")


def find_moments(heard: Heard) -> Iterator[Found]:
    """Times of the past. Bare clocks and 上午 count only where nothing better is said, or when asked."""
    dated: list[Found] = []
    bare: list[Found] = []
    for match in _WHEN.finditer(heard.text):
        start, end = match.span()
        while end > start and heard.text[end - 1] in " 的":
            end -= 1
        words = heard.text[start:end]
        if not words or (not _looks_back(heard, start, end) and heard.asked != "occurred_at"):
            continue
        value = resolve(words, heard.heard_at)
        if heard.asked != "occurred_at" and (
            ("T" in value and value > f"{heard.heard_at:%Y-%m-%dT%H:%M}") or _BACKGROUND.match(words)
        ):
            continue
        found = Found("occurred_at", start, end, value, 70)
        (dated if match["date"] else bare).append(found)
    if heard.asked == "occurred_at":
        yield from dated or bare
        return
    telling = [f for f in dated if not _SPEECH_NOW.match(heard.text[f.start : f.end])]
    if telling or dated:
        yield from telling or dated[:1]
    else:
        yield from [f for f in bare if not _WEAK_PART.search(heard.text[f.start : f.end])][:1]


def _looks_back(heard: Heard, start: int, end: int) -> bool:
    clause = _clause(heard.text, start, end)
    lead = heard.before(start, 1)
    if (
        _ONE_BIT.match(heard.text, start)
        or (heard.text[start:end] == "今年" and _AGED.match(heard.text, end))
        or lead == "到"
        or lead in ("一", "个")
        or (lead == "从" and re.match(r".{0,4}到(?!现在|今)", heard.after(end, 6)))
    ):
        return False
    if _NOT_BEFORE.search(heard.before(start, 4)) or _NOT_AFTER.match(heard.text, end):
        return False
    if _TONIGHT.match(heard.text, start) and not re.search(r"[了过没不]", clause):
        return False
    return not _CONTACT.search(clause) and not _FUTURE.search(heard.text[start:end])


def _clause(text: str, start: int, end: int) -> str:
    marks = ",。;！？!? "
    left = max(text.rfind(mark, 0, start) for mark in marks) + 1
    rights = [place for mark in marks if (place := text.find(mark, end)) >= 0]
    return text[left : min(rights, default=len(text))]


_REWRITE = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"昨儿个?|[寻琴]日", "昨天"),
        (r"今儿个?", "今天"),
        (r"今[早朝晨]", "今天早上"),
        (r"昨[晚夜]", "昨天晚上"),
        (r"昨早", "昨天早上"),
        (r"前晚", "前天晚上"),
        (r"今[晚夜]", "今天晚上"),
        (r"刚才|刚刚|方才|头先|当[天日]", "今天"),
        (r"(?<=[昨前今])日", "天"),
        (r"星期|礼拜", "周"),
        (r"周天", "周日"),
        (r"(上上|上|这|本)个(?=[周月])", r"\1"),
        (r"(?<=[天日])([早晚])(?!上)", r"\1上"),
        (r"月份", "月"),
        (
            r"那天|当天|当日|左右|前后|大概|大约|差不多|(?<!分)钟(?!头)|(?<=[点分时])[许多]|的?时候|那会儿?|的样子|光景|过后|整|的| ",
            "",
        ),
        (r"廿", "二十"),
        (r"号", "日"),
        (r"大?清早|一?大早上?|早晨|早间", "早上"),
        (r"半夜|深夜|夜里", "晚上"),
        (r"旧年|上年", "去年"),
        (r"([早晚]上)\1", r"\1"),
        (r"本(?=[周月])", "这"),
    )
)
_MARKET = (
    (re.compile(r"午后开[盘市]"), "13:00"),
    (re.compile(r"集合竞价"), "09:15"),
    (re.compile(r"开[盘市]|早盘"), "09:30"),
    (re.compile(r"收[盘市]|尾盘"), "15:00"),
)
_HAS_CLOCK = re.compile(rf"{_CLOCK}")
_DAY_WORDS = re.compile(r"[天日周]|\d[-/.]\d")


def resolve(words: str, heard_at: datetime) -> str:
    """`YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` where a clock (or the opening bell) was named, else the words as they are."""
    return _resolve(words, heard_at.astimezone(SHANGHAI).replace(second=0, microsecond=0, tzinfo=None))


@lru_cache(maxsize=4096)
def _resolve(words: str, now: datetime) -> str:
    plain = re.split(r"(?<=[点分半刻\d])(?:至|到|—|~)|(?<=:\d\d)-", words)[0]
    for pattern, new in _REWRITE:
        plain = pattern.sub(new, plain)
    bell = None
    for pattern, at in _MARKET:
        if pattern.search(plain):
            bell = bell or at
    plain = re.sub(r"一?(?:午后)?[开收][盘市](?:时|前|后)?|集合竞价(?:阶段|期间|时)?|[早尾午]盘|盘[中前后]", "", plain)
    clock = bool(_HAS_CLOCK.search(plain))
    if bell and not clock:
        plain = re.sub(r"早上|上午|下午|中午|一$", "", plain)
    if not plain:
        return f"{now:%Y-%m-%d}T{bell}" if bell else words
    span = _parse(plain, now)
    if span is None:
        return words
    start, end = span
    start, end = _into_the_past(plain, start, end, now)
    if re.search(r"小时|钟头|分钟", plain):
        return f"{end:%Y-%m-%dT%H:%M}"
    if clock:
        return f"{start:%Y-%m-%dT%H:%M}"
    if end - start > timedelta(days=1) or not re.search(r"[天日周时分早晚午晨]|\d[-/.]\d|小时|钟", plain):
        return words
    return f"{start:%Y-%m-%d}T{bell}" if bell else f"{start:%Y-%m-%d}"


def _parse(plain: str, now: datetime) -> tuple[datetime, datetime] | None:
    try:
        answer = jionlp.parse_time(plain, time_base=now)
        start, end = (datetime.fromisoformat(moment) for moment in answer["time"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        return None
    return start, end


def _into_the_past(plain: str, start: datetime, end: datetime, now: datetime) -> tuple[datetime, datetime]:
    """What would lie ahead is read as the last time it was so; what the speaker dated exactly stays."""
    if start <= now or re.search(r"年|19\d\d|20\d\d", plain):
        return start, end
    if "月" in plain and not re.search(r"[上这]月", plain):
        back = _months_back(start, 12)
    elif re.match(r"周", plain):
        back = timedelta(days=7)
    elif re.match(rf"{_N}日", plain):
        back = _months_back(start, 1)
    elif not _DAY_WORDS.search(plain):
        back = timedelta(days=1)
    else:
        return start, end
    return start - back, end - back


def _months_back(moment: datetime, months: int) -> timedelta:
    """The distance to the same day that many months before; the month's last day where it is shorter."""
    total = moment.year * 12 + moment.month - 1 - months
    for day in range(moment.day, 27, -1):
        with contextlib.suppress(ValueError):
            return moment - moment.replace(year=total // 12, month=total % 12 + 1, day=day)
    return moment - moment.replace(year=total // 12, month=total % 12 + 1)
