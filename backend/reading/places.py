"""Where and about what: fields `branch` and `product_or_security`."""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard

_OFFICE = re.compile(r"(?:证券)?(?:营业部|分公司|营业厅|营业所|证券部)")
_HAN = re.compile(r"[\u4e00-\u9fff\d]+")
#: Words that end a branch's name to the left.
_STOP = frozenset(
    "在 去 到 了 的 地 是 你 你们 您 您们 我 我们 咱 咱们 他 他们 她 它 贵司 贵 贵公司 公司 从 跟 给 找 打 于 及 和 与 让 被 向 对 把 按 经 由 为 就 这 那 这边 那边 "
    "这个 那个 这家 那家 哪个 哪家 某 某个 本人 举报 实名 投诉 反映 反应 关于 说 问 叫 名叫 客服 总部 证券 证券公司 同时 其他 其它 别的 附近 当地 所有 各 各个 每个 任何 你哋 喺 俾 "
    "一个 一家 个 家 来 来到 上 下 跑 跑到 回 回到 住 靠近 至 往 前往 开户 开 办 办理 通过 本地 老 新 原 旧 要 想 想去 只能 非要 今天 昨天 前天 上午 下午 请 查 有 又 也 都 还 因 因为 告 "
    "请问 在于 地点 依家 时许 显示 但该 该 落款 刚 以及 或 或者 以 等 啊 呢 吧 呀 嘛 那个 就是 就在 现在 如果 找到 联系 打给 问问 拨打 关 里面 "
    "喂 哋 另外 钟头 小时 分钟 之后 以后 然后 结果 昨日 今日 上周 刚才 目前 期间 原来 附近的 不管 就连 连".split()
)
_TRIM = re.compile(
    r"^(?:在|去|到|的|是|你们?|您|我们?|他们?|这个?|那个?|这家|那家|家|贵司|从|给|找|问|打|跑|于|举报|投诉|就|让|叫|把|被|向|对|和|跟|"
    r"与|及|问|嗯|啊|呀|呢|了|说|过|经|喺|你哋|您们|告|靠|离|来|回)+"
)
_NEAR_MISS = re.compile(
    r"^(?:开户|哪个|什么|其他|别|任何|一|几|两|多|全|各|每|总|所|该|本|此|同|另|证券|新|老|旧|原|当地|附近|现场|各地|线下|外地|异地)+[个家的]*$"
)
_BARE = re.compile(
    r"^(?:嗯+|哦|啊|是|就是|那个|,| )*(?:我?(?:是)?在|去的|开户(?:的)?(?:是)?在?|是|"
    r"你们)?(?P<place>[\u4e00-\u9fff\d]{2,14}?)(?:那边|那家|那里|那个|的)?(?:营业部|分公司|营业厅)?(?:开的户?|办的|买的)?(?:吧|呀|啊|的|哦|。|"
    r",| )*$"
)
_NO_PLACE = re.compile(
    r"不|没|转人工|人工|谁|怎么|什么|为啥|干嘛|我|你|说|随便|知道|忘|记|网上|线上|手机|是的|对的?$|好的?$|可以|行$|等|投诉|算了|再见|谢谢|赔|钱|处理"
)


def find_places(heard: Heard) -> Iterator[Found]:
    """A branch with its proper name; 你们营业部 names none. Value: the name without the firm's."""
    begins = {end: start for start, end in heard.words.items()}
    for match in _OFFICE.finditer(heard.text):
        start = _name_start(heard.text, match.start(), begins)
        lead = _TRIM.match(heard.text[start : match.start()])
        start += lead.end() if lead else 0
        name = heard.text[start : match.start()]
        if len(name) >= 2 and not _NEAR_MISS.match(name):
            yield Found("branch", start, match.end(), heard.text[start : match.end()], 75)
    if heard.asked == "branch" and len(heard.text) <= 24 and not _NO_PLACE.search(heard.text):
        bare = _BARE.match(heard.text)
        if bare and not re.fullmatch(r"[\d零一二三四五六七八九十]+", bare["place"]):
            yield Found("branch", *bare.span("place"), bare["place"] + "营业部", 74)


def _name_start(text: str, end: int, begins: dict[int, int]) -> int:
    """Walk left over words until one that cannot belong to a name."""
    start = end
    while start > 0 and end - start < 7:
        previous = begins.get(start, start - 1)
        word = text[previous:start]
        if (
            word in _STOP
            or word[-1] in "到在给去进过于由"
            or re.fullmatch(r"[一两二三几\d]+[个家次天]?", word)
            or re.search(r"[上中下]午|早上|晚上|[今昨前明]天", word)
            or not _HAN.fullmatch(word)
        ):
            break
        start = previous
    return start


_CODE = re.compile(
    r"(?<![\d.])(?:sh|sz|bj)?(?:60[0135]|68[89]|00[0-3]|30[01]|15[0-9]|5[0168]\d|1[0-3]\d|"
    r"4[0-3]\d|8[37]\d|20[0-4]|92\d|16\d)\d{3}(?![\d.]|[元块万次人股天手])"
)
_LISTED = r"(?:转债|股份|科技|药业|重工|航运|光电子?|能源|生物|地产|汽车|新材|机电|电气|食品|酒业|矿业|钢铁|传媒|重科|控股|半导体|光伏|水泥|乳业)"
_FUND = (
    r"(?:混合[abc]?|债基|优选|精选|成长|价值|稳健(?!型)|量化|增强|添利|增利|稳盈|进取|货币|定开|etf(?!基金)|lof|reits)"
)
_TERMS = re.compile(
    "|".join(
        sorted(
            (
                r"(?:手机|交易|证券|炒股|你们)?app(?!le)",
                r"(?:网上|手机|电脑|股票|炒股|行情|交易|看盘)?(?:交易)?软件",
                r"(?:手机|电脑|pc|网页)(?:交易)?(?:客户端|端|版)",
                r"客户端(?!.{0,2}手)",
                r"交易(?:系统|终端)",
                r"网上交易系统",
                r"(?:level-?2|l2|lv2)(?:行情)?",
                r"行情(?:软件|系统)?(?!好|不好|差|大|变化|波动|上涨|下跌|来了|一般)",
                r"分时图",
                r"条件单",
                r"网格(?:交易|单)",
                r"止[盈损]单",
                r"预埋单",
                r"下单窗口",
                r"一键申购",
                r"银证转账",
                r"人脸(?:识别|核验|认证)",
                r"国债逆回购",
                r"(?<!国债)逆回购",
                r"科创板",
                r"创业板(?!指)",
                r"北交所",
                r"新三板",
                r"港股通",
                r"沪港通",
                r"深港通",
                r"个?股票?期权",
                r"期权",
                r"融资融券",
                r"两融",
                r"打新",
                r"新股申购",
                r"可转债",
                r"雪球(?:产品|结构)?",
                r"三方存管",
                r"收益凭证",
                r"结构化?产品",
                r"分级b",
                r"投顾(?:套餐|产品|服务|组合)",
                r"荐股(?:软件|服务)",
                r"智能投顾",
                r"养老(?:基金|理财|fof)",
                r"小程序",
                r"微信公众号",
                r"官网",
                r"同花顺",
                r"通达信",
                r"大智慧",
                r"资管计划",
                r"信托(?:产品|计划)",
                r"私募(?:基金|产品)?",
            ),
            key=len,
            reverse=True,
        )
    )
)
_NAMED = re.compile(
    rf"[\u4e00-\u9fff]{{2}}(?:{_LISTED}|{_FUND}?[一二三四五六七八九十\d]{{1,3}}号(?!柜|窗|线|楼|店|机|文|公告|令|以|之|下|上|开|提|申)|"
    rf"{_FUND})|现金宝|天天盈|余额宝|货币宝"
)
_NOT_NAMES = re.compile(
    r"[的了在是我你们他这那和与及或也都还不没有就被把给从到为吗呢吧买卖做叫让着]|工号|账号|代码|高科|生物科技$|电子版|客户|手机|电话|系统|[年月日]|交易|行情|员工|营业|上市|理财|追求|"
    r"长期|价格|比较|保证|你的"
)
_ELSEWHERE = re.compile(r"(?:隔壁|别家|别人|同事|人家|其他|券商|普通|贵).{0,3}$")


def find_products(heard: Heard) -> Iterator[Found]:
    """Software, order types, markets, funds and securities; codes of six digits as exchanges give them."""
    for match in _CODE.finditer(heard.text):
        yield Found("product_or_security", *match.span(), match[0].upper(), 55)
    told: set[str] = set()
    for match in _TERMS.finditer(heard.text):
        start = match.start() + (2 if match[0].startswith("你们") else 0)
        words = heard.text[start : match.end()]
        if words not in told and not _ELSEWHERE.search(heard.before(start, 6)):
            told.add(words)
            yield Found("product_or_security", start, match.end(), words, 50)
    for match in _NAMED.finditer(heard.text):
        if not _NOT_NAMES.search(match[0]) and match[0] not in told:
            told.add(match[0])
            yield Found("product_or_security", *match.span(), match[0], 52)
    asked = heard.text.strip(" 。,.!")
    if heard.asked == "product_or_security" and 2 <= len(asked) <= 20 and not _NO_PLACE.search(asked):
        at = heard.text.index(asked)
        yield Found("product_or_security", at, at + len(asked), asked, 51)
