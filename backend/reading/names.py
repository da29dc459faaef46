"""Who speaks: field `name`. A relative's or colleague's name is found too, but is nobody's answer (`whose` None).

A name is only believed in company: after 我叫, beside a telephone number, as a signature, or as the answer to
the question for it.
"""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard
from backend.reading.surnames import COMMON_WORDS, HAN, SURNAME, given_end, unlikely
from backend.reading.values import Whose

_MINORITY = rf"{HAN}{{2,8}}[·•]{HAN}{{2,8}}(?:[·•]{HAN}{{2,8}})?"
_NAME = rf"(?P<name>{_MINORITY}|{SURNAME}{HAN}{{1,3}})"

#: After these a name must follow.
_CERTAIN = re.compile(
    r"(?:我(?:的)?(?:名字|姓名)?(?:是)?叫做?|我(?:的)?(?:名字|姓名|大名)是|鄙人|姓名[是为:, ]*|名字[是叫:, ]+|(?<!客)户名[是为:, ]*|本人(?:叫|姓名)[是:]?|"
    r"(?:开户|联系|投诉|申请|举报|委托|当事|代理|经办|反映)人[是为叫:, ]*|账户名[是为:, ]*|称呼[是为:, ]*|落款[:, ]*|署名[:, ]*) ?"
    + _NAME
)
_BY_NUMBER = re.compile(
    rf"(?:^|(?<=[,。;:!、 (]))(?P<name>{SURNAME}{HAN}{{1,2}})(?=[,、 :(]{{0,2}}(?:电话|手机|联系电话|联系方式|身份证|"
    rf"资金账|账号|客户号|1[3-9]\d|幺))"
)
#: After these it may.
_LIKELY = (
    re.compile(r"(?:我(?:就)?是(?:客户|股民|投资者|老客户)?|本人[是:]?|(?:这里|这边)是) ?" + _NAME),
    _BY_NUMBER,
    re.compile(rf"(?<=\d)[,、 ;]{{1,2}}(?P<name>{SURNAME}{HAN}{{1,2}})(?=[,。;! ]|$)"),
    re.compile(rf"[。!?;\n ](?P<name>{SURNAME}{HAN}{{1,2}})[。 ]*$"),
    re.compile(rf"[。!?;](?P<name>{SURNAME}{HAN}{{2}})(?=,)"),
    re.compile(rf"(?:^|[。,;])我(?P<name>{SURNAME}{HAN}{{2}})(?=[,。])"),
    re.compile(
        rf"(?:^|[。,;给让由])我(?P<name>(?!周[一二三四五六日末]){SURNAME}{HAN}{{1,2}})(?=要求|强烈|申请|一个|名下)"
    ),
    re.compile(rf"(?:^|[。,;])(?P<name>{SURNAME}{HAN}{{1,2}})(?=的账户|的账号|名下)"),
)
_THIRD = re.compile(rf"[他她佢](?:名?叫)(?:做)?{_NAME}")
_ALONE = (
    re.compile(
        r"(?:我叫|我的名字是|名字叫|姓名[是:]+|my name is|i am|i'm) ?(?P<name>[a-z]{2,20}(?: [a-z]{2,20}){0,2})(?![a-z0-9])"
    ),
    re.compile(rf"(?:我|本人|免贵|敝|小)姓 ?(?P<name>{SURNAME}(?:(?!名){HAN}{{1,2}}(?=[,。;! ]|$))?)(?!名)"),
)
_TITLED = re.compile(rf"(?P<name>{SURNAME}(?:先生|女士|小姐|太太|阿姨|大爷|叔叔|伯伯|婆婆|老伯))")
_SELF = re.compile(r"(?:我是|我姓|免贵姓?|本人|叫我|称呼我?)$|^$")
_KIN = re.compile(
    r"(?:我|本人)(?:的)?(?:妈妈?|母亲|爸爸?|父亲|老公|老婆|爱人|丈夫|妻子|儿子|女儿|哥哥?|姐姐?|弟弟?|妹妹?|爷爷|奶奶|外公|外婆|老伴|"
    rf"先生|太太|朋友|同事|表[哥姐弟妹]|侄[儿女子]|前夫|邻居)(?:叫|是|名叫)?{_NAME}"
)
_BARE = re.compile(
    r"^(?:嗯+|哦|啊|好的?|喂|那个|,| )*(?:我叫|叫我|我是|我姓|姓名[是:]?|名字[是:]?|免贵姓|姓|叫|是)?[,: ]*"
    rf"(?P<name>{SURNAME}{HAN}{{0,3}}?|[a-z]{{2,20}}(?: [a-z]{{2,20}}){{0,2}}|{_MINORITY})"
    r"(?P<title>先生|女士|小姐|太太|阿姨)?(?:[。,.! ]|吧|呀|啊|哈|嘛)*$"
)
_NO_NAME = re.compile(
    r"不|没|转|人工|随便|什么|怎么|干嘛|为什么|谁|你|我|说|问|好的?$|可以|知道|等|查|钱|赔|是的|对的?$|行$|算了|再见|谢|投诉|方便|"
    r"告诉|何必|时间|应该|任何|都|成吧|别|^ok|^hello|^hi$"
)


def find_names(heard: Heard) -> Iterator[Found]:
    """Names of persons outside the firm."""
    for match in _KIN.finditer(heard.text):
        if match["name"][0] not in COMMON_WORDS:
            yield from _person(heard, match, 89, None, certain=False)
    for match in _THIRD.finditer(heard.text):
        yield from _person(heard, match, 82, None, certain=True)
    for match in _CERTAIN.finditer(heard.text):
        yield from _person(heard, match, 88, "customer", certain=True)
    for pattern in _LIKELY:
        for match in pattern.finditer(heard.text):
            if (
                not unlikely(heard, *match.span("name"))
                or _closed(heard, match)
                or (pattern is _BY_NUMBER and len(match["name"]) > 2)
            ):
                yield from _person(heard, match, 85, "customer", certain=False)
    for pattern in _ALONE:
        for match in pattern.finditer(heard.text):
            yield Found("name", *match.span("name"), match["name"], 87, "customer")
    for match in _TITLED.finditer(heard.text):
        own = _SELF.search(heard.text[: match.start()])
        if own and (own[0] or match["name"][0] not in COMMON_WORDS):
            yield Found("name", *match.span("name"), match["name"], 90, "customer")
    yield from bare_name(heard, "name", "customer")


def bare_name(heard: Heard, field: str, whose: Whose) -> Iterator[Found]:
    """张三, 姓李, 王女士: the answer to the question for `field`; 不想说 and 转人工 are none."""
    if heard.asked != field or len(heard.text) > 30:
        return
    match = _BARE.match(heard.text)
    if match and not _NO_NAME.search(match["name"]):
        end = match.end("title") if match["title"] else match.end("name")
        yield Found(field, match.start("name"), end, heard.text[match.start("name") : end], 91, whose)


def _closed(heard: Heard, match: re.Match[str]) -> bool:
    """我是关晓楠，: a full name up to the end of the clause, whatever its surname; 我是全职。 is one word."""
    start, end = match.span("name")
    whole = given_end(heard, start, end, certain=False)
    return (
        whole - start == 3
        and heard.word_end(start) in (start, start + 1, whole)
        and heard.after(whole, 1) in ("", *",。;! ")
    )


def _person(heard: Heard, match: re.Match[str], rank: int, whose: Whose | None, *, certain: bool) -> Iterator[Found]:
    start, end = match.span("name")
    if not re.search("[·•]", match["name"]):
        end = given_end(heard, start, end, certain=certain)
    if end > start:
        yield Found("name", start, end, heard.text[start:end], rank, whose)
