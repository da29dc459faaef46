"""Who speaks, and of whom: fields `name` and `employee`.

A Chinese name is a surname of the list and one or two characters more, so it is only believed in company:
after 我叫, beside a telephone number, with a title, or as the answer to the question for it.
"""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard
from backend.reading.values import Whose

COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "司徒",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "宇文",
    "长孙",
    "东方",
    "南宫",
    "夏侯",
    "轩辕",
    "端木",
    "独孤",
    "百里",
    "呼延",
    "闻人",
    "澹台",
    "公冶",
    "申屠",
    "太史",
    "仲孙",
    "钟离",
    "鲜于",
    "闾丘",
    "第五",
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏"
    "付方邹熊白孟秦邱侯江尹薛闫雷龙黎史贺陶顾毛郝龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申殷詹耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季成霍苗涂谷曲盛冉翁蓝骆路游靳辛管柴蒙鲍华喻祁房蒲滕饶解牟艾尤阳时穆农车吉冷宫应庾褚卫裴席项祖简佟车麦"
    "伊全郁储池敖楚卞荣娄封伏宓班仰仲甄曲家芮羿汲邴糜松井段富巫乌巴弓牧隗山宓蓬全郗班鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党谭贡劳逄姬扶堵冉宰郦雍却璩桑桂濮寿边扈燕"
    "冀郏浦尚温别晏柴瞿阎连习宦鱼容古慎戈衡步都耿满弘匡国寇广禄阙东欧殳沃利蔚越夔隆师巩厍晁勾敖融訾那简空曾毋沙乜养鞠须丰巢蒯相查后荆红游竺权逯盖益桓公仉督岑撒丘官洪常战司由商闵丛兴屈代郎"
)
#: Surnames that are far more often plain words: they need an introduction, company of a number is not enough.
_COMMON_WORDS = frozenset("全时能成于任何应向解都单那国相后有公和别利满连由常时从过安方高易余路游关包万东师")
#: Characters that never stand in given names, and those that rarely do but often follow one.
_NEVER_GIVEN = frozenset("的了是在不没就都也和跟与你我他她它您们这那吗呢吧啊呀把给被说打电话想问要")
_NOT_GIVEN = _NEVER_GIVEN | frozenset(
    "边于因为由向将即的了是在想要有不没就都也和跟与把给对你我他她它您们这那个说打电话手号机住客户投诉反咨问请叫姓吗呢吧啊呀哦嘛哈嗯去来到买卖被让从为什么怎"
    "很太又还再才刚已经会能可该当得着过之所以因此但而且或者身份证账资卡钱元块万千年月日点分先女士经理生联系号码营业部今昨前后上下午晚周做开销退查"
    "啥咋俺咱喂其实些每各本贵阁谁哪几多少亏赔炒股票人"
)
_G = "[\u4e00-\u9fff]"
_ANY = "(?:" + "|".join(COMPOUND) + f"|[{SURNAMES}])"
_NAME = f"(?P<name>{_ANY}{_G}{{1,3}}|{_G}{{2,8}}[·•]{_G}{{2,8}}(?:[·•]{_G}{{2,8}})?)"
_INTRO = re.compile(
    r"(?:我(?:的)?(?:名字|姓名)?(?:是)?叫做?|我(?:的)?(?:名字|姓名|大名)是|本人(?:叫|姓名)?[是:]?|鄙人|姓名[是为:, ]*|名字[是叫:, ]+|户名[是为:, ]*|"
    r"开户人[是为叫:, ]*|账户名[是为:, ]*|联系人[是为叫:, ]*|称呼[是为:, ]*|投诉人[是为:, ]*|落款[:, ]*|署名[:, ]*|我(?:就)?是(?:客户|股民|投资者|"
    r"老客户)?|(?:这里|这边)是) ?" + _NAME
)
_LATIN = re.compile(
    r"(?:我叫|我的名字是|名字叫|姓名[是:]+|my name is|i am|"
    r"i'm) ?(?P<name>[a-z]{2,20}(?: [a-z]{2,20}){0,2})(?![a-z0-9])"
)
_SURNAME_ONLY = re.compile(rf"(?:我|本人|免贵|敝|小)姓 ?(?P<name>{_ANY}(?:(?!名){_G}{{1,2}}(?=[,。;! ]|$))?)(?!名)")
_TITLED = re.compile(rf"(?P<name>{_ANY}(?:先生|女士|小姐|太太|阿姨|大爷|叔叔|伯伯|婆婆|老伯))")
_BESIDE_NUMBER = re.compile(
    rf"(?:^|(?<=[,。;:!、 (]))(?P<name>{_ANY}{_G}{{1,2}})(?=[,、 :(]{{0,2}}(?:电话|手机|"
    rf"联系电话|联系方式|身份证|资金账|账号|客户号|1[3-9]\d|幺))"
)
_COMMA = re.compile(rf"[。!?;](?P<name>{_ANY}{_G}{{2}})(?=,)")
_I = re.compile(rf"(?:^|[。,;])我(?P<name>{_ANY}{_G}{{2}})(?=[,。])")
_NUMBER_BESIDE = re.compile(rf"(?<=\d)[,、 ;]{{1,2}}(?P<name>{_ANY}{_G}{{1,2}})(?=[,。;! ]|$)")
_SIGNED = re.compile(rf"[。!?;\n ](?P<name>{_ANY}{_G}{{1,2}})[。 ]*$")
_KIN = re.compile(
    rf"(?:我|本人)(?:的)?(?:妈妈?|母亲|爸爸?|父亲|老公|老婆|爱人|丈夫|妻子|儿子|女儿|哥哥?|姐姐?|弟弟?|妹妹?|爷爷|奶奶|外公|外婆|老伴|先生|"
    rf"太太|朋友|同事)(?:叫|是|名叫)?{_NAME}"
)

_ROLE = (
    r"(?:客户经理|理财经理|投资顾问|理财顾问|投顾|客户主任|大堂经理|业务经理|营销经理|柜员|柜台|坐席|座席|客服|业务员|营销员|员工|职员|主管|主任|总监|经理|老总|"
    r"老师|顾问|负责人|主播|经办人?|专员|讲师|助理|分析师|营销人员|工作人员)"
)
_TITLE = r"(?:经理|主任|总监|主管|老师|师傅|顾问|总(?![共是部计的体量额之要])|姐|哥|工(?![号作资夫地])|助理|专员|行长|部长|老板|某某?)"
_NICK = f"(?:(?:小|老|阿)(?:{_ANY}|{_G}))"
_EMPLOYEE = (
    re.compile(
        rf"{_ROLE}(?:是|叫|名叫|姓名|姓|,|:|的?名字是?|名字叫){{0,2}} ?(?P<name>{_ANY}(?!经理|主任|总)(?:某某?|{_G}{{1,2}}))"
    ),
    re.compile(
        rf"(?:你们|您们|他们|公司|部|那个|这个|有个|有位|一个|一位|接待我的|姓)(?:的)?(?:{_ROLE}(?:是|"
        rf"叫)?)?(?P<name>{_NICK})(?=[^\u4e00-\u9fff]|{_G})"
    ),
    re.compile(rf"(?=(?P<name>{_ANY}{_G}{{0,2}}?{_TITLE}))"),
    re.compile(rf"(?P<name>{_ANY}姓{_ROLE})"),
    re.compile(rf"(?<!免贵)(?P<name>姓{_ANY}的)"),
    re.compile(rf"{_ROLE}(?P<name>{_NICK})"),
    re.compile(rf"(?P<name>[小阿]{_ANY})"),
    re.compile(rf"(?:姓|叫){{1}}(?P<name>{_ANY}{_G}{{0,2}}?)(?=的?(?:{_ROLE}|那个人|这个人|女的|男的|小伙|姑娘))"),
)
_BADGE = re.compile(r"(?P<name>(?:工号|员工号|编号)[是为: ]{0,2}[a-z]{0,3}\d{3,8})(?!\d)")
_NOT_STAFF = re.compile(
    r"小(?:时|区|心|声|数|额|伙|孩|姑|姐|学|组|安|店|票|盘|微|说|程|康|白|于|广|常)|老(?:是|师|人|公|婆|实|百|早|年|股|客|"
    r"用|板|总|家|时|常|伴|大|高|万)|阿(?:姨|里|妈|爸|婆)"
)
_BARE = re.compile(
    rf"^(?:嗯+|哦|啊|好的?|喂|那个|,| )*(?:我叫|叫我|我是|我姓|姓名[是:]?|名字[是:]?|免贵姓|姓|叫|"
    rf"是)?[,: ]*(?P<name>{_ANY}{_G}{{0,3}}?|[a-z]{{2,20}}(?: [a-z]{{2,20}}){{0,2}}|"
    rf"{_G}{{2,6}}[·•]{_G}{{2,6}})(?P<title>先生|女士|小姐|太太|阿姨)?(?:[。,.! ]|吧|呀|啊|哈|嘛)*$"
)
_NOT_NAMES = re.compile(
    r"不|没|转|人工|随便|什么|怎么|干嘛|为什么|谁|你|我|说|问|好的?$|可以|知道|等|查|钱|赔|是的|对的?$|行$|算了|再见|谢|投诉|方便|"
    r"告诉|何必|时间|应该|任何|都|成吧|别|^ok|^hello|^hi$"
)


def find_names(heard: Heard) -> Iterator[Found]:
    """Names; `whose` tells the customer's own from a relative's (None)."""
    text = heard.text
    for match in _KIN.finditer(text):
        yield from _person(heard, match, "name", 89, None)
    for pattern in (_INTRO, _BESIDE_NUMBER, _NUMBER_BESIDE, _SIGNED, _COMMA, _I):
        for match in pattern.finditer(text):
            strong = pattern is _INTRO and not match[0].startswith(("我是", "我就是", "这里是", "这边是"))
            if strong or (match["name"][0] not in _COMMON_WORDS and not _broken(heard, *match.span("name"))):
                yield from _person(heard, match, "name", 88 if pattern is _INTRO else 84, "customer")
    for pattern in (_LATIN, _SURNAME_ONLY):
        for match in pattern.finditer(text):
            yield Found("name", *match.span("name"), match["name"], 87, "customer")
    for match in _TITLED.finditer(text):
        own = re.search(r"(?:我是|我姓|免贵姓?|本人|叫我|称呼我?)$|^$", text[: match.start()])
        if (own and match["name"][0] not in _COMMON_WORDS) or (own and len(own[0]) > 1):
            yield Found("name", *match.span("name"), match["name"], 90, "customer")
        elif re.search(r"(?:客服|你们|柜台|接待我的|那个|部|一位|有位|的)$", text[: match.start()]) and match["name"][
            1:
        ] in ("先生", "女士", "小姐"):
            yield Found("employee", *match.span("name"), match["name"], 80, "employee")
    yield from _employees(heard)
    yield from _asked(heard)


def _employees(heard: Heard) -> Iterator[Found]:
    for match in _BADGE.finditer(heard.text):
        yield Found("employee", *match.span("name"), match["name"], 97, "employee")
    for number, pattern in enumerate(_EMPLOYEE):
        for match in pattern.finditer(heard.text):
            words = match["name"]
            if _NOT_STAFF.match(words) or (words[0] in "小老阿" and len(words) == 2 and words[1] in _NOT_GIVEN):
                continue
            if number == 0:
                yield from _person(heard, match, "employee", 82, "employee")
            elif (number == 2 and not _titled_person(heard, match.start("name"), words)) or (
                number == 6 and (words[1] in _COMMON_WORDS or heard.word_end(match.end() - 1) > match.end())
            ):
                continue
            else:
                yield Found("employee", *match.span("name"), words, 83 if number == 2 else 81, "employee")


def _titled_person(heard: Heard, start: int, words: str) -> bool:
    """张经理 is a person, 客户经理, 值班经理 and 大部分老师 are not."""
    given = re.sub(rf"{_TITLE}$", "", words)
    if not given or any(char in _NOT_GIVEN for char in given[1:]) or not _starts_word(heard, start):
        return False
    return not (given[0] in _COMMON_WORDS and (len(given) > 1 or heard.before(start, 1) in tuple("一两几十百千最")))


def _starts_word(heard: Heard, index: int) -> bool:
    """False strictly inside a word."""
    return not heard.words or index in heard.words


def _broken(heard: Heard, start: int, end: int) -> bool:
    """马上就, 周一早: three characters of which the first two are a word are no name."""
    return end - start == 3 and heard.word_end(start) == start + 2


def _asked(heard: Heard) -> Iterator[Found]:
    if heard.asked not in ("name", "employee") or len(heard.text) > 30:
        return
    match = _BARE.match(heard.text)
    if match and not _NOT_NAMES.search(match["name"]):
        end = match.end("title") if match["title"] else match.end("name")
        whose: Whose = "customer" if heard.asked == "name" else "employee"
        yield Found(heard.asked, match.start("name"), end, heard.text[match.start("name") : end], 91, whose)


def _person(heard: Heard, match: re.Match[str], field: str, rank: int, whose: Whose | None) -> Iterator[Found]:
    """Cut the name where the sentence goes on: 我叫李敏想问 -> 李敏."""
    start, end = match.span("name")
    words = match["name"]
    if "·" in words or "•" in words:
        yield Found(field, start, end, words, rank, whose)
        return
    family = next((len(c) for c in COMPOUND if words.startswith(c)), 1)
    given = 0
    for index, char in enumerate(words[family : family + 2]):
        place = start + family + index
        runs_on = index == 1 and heard.word_end(place) > place + 1
        if char in (_NOT_GIVEN if index or rank < 88 else _NEVER_GIVEN) or runs_on:
            break
        given += 1
    if given:
        yield Found(field, start, start + family + given, words[: family + given], rank, whose)
