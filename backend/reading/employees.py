"""Of whom in the firm: field `employee`, by name (客户经理刘伟), title (彭经理), nickname (小周) or badge (工号2207)."""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard
from backend.reading.names import bare_name
from backend.reading.surnames import COMMON_WORDS, HAN, NOT_GIVEN, SURNAME, given_end, unlikely

_ROLE = (
    r"(?:客户经理|理财经理|投资顾问|理财顾问|投顾|客户主任|大堂经理|业务经理|营销经理|柜员|柜台|坐席|座席|客服|业务员|营销员|员工|职员|主管|主任|总监|经理|老总|"
    r"老师|顾问|负责人|主播|经办人?|专员|讲师|助理|分析师|营销人员|工作人员|理财师|副总|行长|处理员|前台)"
)
_TITLE = (
    r"(?:经理|主任|总监|主管|老师|师傅|顾问|总助|总(?![共是部计的体量额之要])|姐(?!妹)|哥|工(?![号作资夫地厂])|助理|专员|行长|部长|老板|"
    r"先生|小姐|女士|某某?)"
)
_PEOPLE = r"(?:你们|您们|他们|你地|你哋|公司|部|那个|这个|有个|有位|一个|一位|个|接待我的|姓|问|找|叫)"

_BADGE = re.compile(r"(?P<name>(?:工号|员工号|编号)[是为: ]{0,2}[a-z]{0,3}\d{3,8})(?!\d)")
_AFTER_ROLE = re.compile(
    rf"{_ROLE}(?:是|叫|名叫|姓名|姓|,|:|的?名字是?|名字叫){{0,2}} ?(?P<name>{SURNAME}(?!经理|主任|总)(?:某某?|{HAN}{{1,2}}))"
)
_TITLED = re.compile(rf"(?=(?P<name>{SURNAME}{HAN}{{0,2}}?{_TITLE}))")
_SURNAME_AND_ROLE = re.compile(rf"(?P<name>{SURNAME}姓{_ROLE})")
_SURNAMED = re.compile(rf"(?<!免贵)(?P<name>姓{SURNAME}的)")
_OLD = re.compile(rf"{_ROLE}(?P<name>[小老阿](?:{SURNAME}|{HAN}|[a-z]{{2,8}}))")
_NICK = re.compile(rf"{_PEOPLE}(?:的)?(?:{_ROLE}(?:是|叫)?)?(?P<name>阿(?:{HAN}|[a-z]{{2,8}}))")
_LITTLE = re.compile(rf"(?P<name>[小阿]{SURNAME})")
_FOREIGN = re.compile(
    rf"(?:{_ROLE}|sales|{_PEOPLE}) ?(?P<name>(?!app|pc|etf|level|vip|ipo|pdf|"
    rf"ceo|sir|ai|ts\d)[a-z]{{3,12}}|{SURNAME}sir)(?![a-z\d])"
)
_CALLED = re.compile(rf"(?:姓|叫)(?P<name>{SURNAME}{HAN}{{0,2}}?)(?=的?(?:{_ROLE}|那个人|这个人|女的|男的|小伙|姑娘))")
_ACCUSED = re.compile(
    rf"(?:^|[。!?;]|被)(?P<name>{SURNAME}{HAN}{{1,2}}?)(?=这个|你(?:给我|个)|把|一边|骗|害|跟我|给我|带着?|让我|答应|承诺|拍着|忽悠|瞒)"
)

_NOT_STAFF = re.compile(
    r"小(?:时|区|心|声|数|额|伙|孩|姑|姐|学|组|安|店|票|盘|微|说|程|康|白|于|广|常|路|包|车|关|平|强|米|费)|"
    r"老(?:是|师|人|公|婆|实|百|早|年|股|客|用|板|总|家|时|常|伴|大|万|伯|子|爷|太|奶|娘|爸|妈|头|朋|同)|阿(?:姨|里|妈|爸|婆|伯|公|爷|嫲)"
)
_MY_OWN = re.compile(r"(?:我|我们|我家|隔壁|邻居|本人)(?:的|是)?$|我是.{0,2}$|叫我$|一口一个$")
_GENTLE = ("先生", "小姐", "女士")


def find_employees(heard: Heard) -> Iterator[Found]:
    """People of the firm; two findings of the same words are settled later."""
    for match in _BADGE.finditer(heard.text):
        yield _found(match, 97)
    for pattern in (_AFTER_ROLE, _ACCUSED):
        for match in pattern.finditer(heard.text):
            start, end = match.span("name")
            end = given_end(heard, start, end, certain=False)
            if end > start and not unlikely(heard, start, end):
                yield Found("employee", start, end, heard.text[start:end], 82, "employee")
    for match in _TITLED.finditer(heard.text):
        if _is_person(heard, match.start("name"), match["name"]):
            yield _found(match, 83)
    for pattern in (_SURNAME_AND_ROLE, _SURNAMED, _CALLED, _FOREIGN):
        for match in pattern.finditer(heard.text):
            yield _found(match, 81)
    for pattern in (_OLD, _NICK):
        for match in pattern.finditer(heard.text):
            if match["name"][1] not in NOT_GIVEN and not _NOT_STAFF.match(match["name"]):
                yield _found(match, 81)
    for match in _LITTLE.finditer(heard.text):
        last = match.end() - 1
        ordinary = (
            _NOT_STAFF.match(match["name"]) or match["name"][1] in COMMON_WORDS or heard.word_end(last) > last + 1
        )
        if not ordinary and not _MY_OWN.search(heard.before(match.start(), 5)):
            yield _found(match, 80)
    yield from bare_name(heard, "employee", "employee")


def _found(match: re.Match[str], rank: int) -> Found:
    return Found("employee", *match.span("name"), match["name"], rank, "employee")


def _is_person(heard: Heard, start: int, words: str) -> bool:
    """张经理 is one of ours; 客户经理, 值班经理, 大部分老师 are nobody, 我是王先生 is the customer."""
    title = re.search(rf"{_TITLE}$", words)
    given = words[: title.start()] if title else words
    if not given or any(char in NOT_GIVEN for char in given[1:]) or (heard.words and start not in heard.words):
        return False
    if _MY_OWN.search(heard.before(start, 5)):
        return False
    if title and title[0] in _GENTLE and not re.search(rf"{_ROLE}$|{_PEOPLE}(?:的|那个)?$|的$", heard.before(start, 8)):
        return False
    if given[0] in COMMON_WORDS:
        return len(given) == 1 and heard.before(start, 1) not in tuple("一两几十百千最")
    return True
