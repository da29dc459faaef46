"""What the customer wants and tells besides: demand, contact hours, where else it was reported, evidence, for whom.

All but the last two are clause fields: they hold the words from the cue to the end of the clause.
"""

import re
from collections.abc import Iterator

from backend.reading.found import Found, Heard

_STOP = r"[,。;!?！？\n]"
_ACTS = (
    r"赔偿?|补偿|退(?:还|回|款|钱|费|给|我|一?赔)?|还(?:我|给|钱|款)|道歉|致歉|解释|答复|回复|回话|说明|处理|解决|恢复|更正|纠正|核[查实]|查(?:清|明|"
    r"一查|一下)?|调整|降低|"
    r"取消|撤销|注销|冻结|关闭|关掉|修复?|整改|开除|处分|追责|承担|负责|报销|重新?|提供|告知|给|办|删除|停止|别再|不要再|说法|交代|补|赔付|兑付|撤掉"
)
_SHORT_END = r"(?:不然|否则|要不然|我就|因为|要不|啊|吧|呢|呀|嘛|行不行|好不好|好吗|可以吗|$)"
_WANT = re.compile(
    r"(?P<d>(?:我(?=只?(?:要|想要)))?(?:"
    r"(?:强烈)?要求|希望(?!以后|今后|你们能像)|(?<![希盼看观渴失绝])望(?=尽[快早]|贵|予|能|速)|恳请|烦请|(?<![申邀聘恳烦提])请(?!问|假|示|客|教|过|稍|拨|"
    r"勿|您|安|了|来|到|的|外|我|求)|麻烦(?!事)|务必|"
    rf"必须(?=.{{0,8}}(?:{_ACTS}))|要么|(?:就|只|只是|不过)?想要?(?=.{{0,10}}(?:说法|讲清|解释|道歉|查|交代|结果|退|赔|回话|明白))|"
    rf"(?:只|就|我)要(?=.{{0,10}}(?:说法|解释|道歉|交代|结果|退|赔|回话|答复|公道|投诉结果|书面|处理))|"
    rf"(?:立即|立刻|马上|赶紧|即刻|尽快|尽早|限期)(?:给我|帮我|把)?(?=(?:{_ACTS}|俾|帮|找|派|报警))|"
    r"全额(?:赔偿|退)|(?:你们?|公司|你地|营业部|他|她|你哋)?(?:得|要|必须|应该|应当|负责)?(?:还我(?!没|在|是|说)|赔我|退我(?!就)|补给我|给我补|给我赔|给我退|"
    r"给我还|赔偿我|退给我|退回来(?!了)|还给我(?!用|挂|说|打|倒)|还返|退返|俾返|给[我俺](?:(?:一)?个(?=.{{0,6}}(?:说法|解释|交代|答复|结果|公道|计算|"
    r"单子))|(?:马上|赶紧|重新|立刻|书面|找回|道歉|放开|列|看看|办|讲清|说清|恢复|冻结|撤|查|改|处理|解决|报销|写|换|道个歉)))|(?:你们|公司)(?:自己|来|得|要|"
    r"必须|应该|应当|去|派人)(?:掏|赔|负责|承担|填|出|补|查|派人|看看|来个人|给|管|认)|谁.{{1,6}}谁赔|"
    r"(?:能)?给(?:个|一个)(?=.{{0,6}}(?:说法|解释|交代|答复|明确|结果|公道|计算))|(?:让|叫)(?:他|她|当事人|你们|那个).{0,6}(?:道歉|赔|负责|致歉)|"
    r"(?:损失|差额|钱|本金|利息|费用){{0,2}}(?:要|由|应由|该|得)*(?:你们|公司)(?:来|得|要|应)*(?:承担|赔|负责|出|填)|(?:如数|原数|全数|全部|"
    r"一分不少)(?:退|还|赔)|按.{{2,10}}(?:重算|退差额|重新核算)|"
    rf"能不能(?=(?:给|帮|别|不要|把|退|赔|早|快|派|查))|不求.{{0,4}},只求|把.{{1,12}}(?:还给?我|退给?我|补上|还回来|退回来|撤掉|改过来|拿出来|赔)|退钱|"
    rf"还钱|赔钱|退款|赔偿(?=$|{_STOP})|"
    rf"(?:快点?|赶紧|赶快|马上|今天就)(?:[给帮][我俺]|叫|来|派|处理|解决|办|查)|(?:重新处理|畀返?个?讲法|畀个交代)|要[他她佢][^,。;!? ]{{0,8}}(?:道歉|对不起|对唔住)|"
    rf"(?:协助|配合)(?:报警|警方)|[给帮]我(?=重新|查|看看|办|改|开|恢复|冻结|解|退|处理)"
    rf")[^,。;!?！？\n ]{{0,40}})"
)
_QUESTION = re.compile(r"(?:吗|呢|么|如何|怎么办|哪里|多少|什么|几[点天个]|是不是|能否|可否)$")
_END = re.compile(
    r"(?<=.{4})(?:再不|要是|如果|我叫|我手机|我的?电话|我天天|当初|不然|否则|要不然?|我就|因为|行不行|好不好|好吗|可以吗|成不成)|[啊吧呢呀嘛喔哦]+$"
)
_DENIED = re.compile(r"(?:不|唔|冇|不需|不用|无需|提示|已经|却|还是|不会|没|没有|并非|不是|不再|别|从来没)$")

_OUTSIDE = (
    r"(?:12386|12345|12315|110|119|证监[局会]|证券业协会|投服中心|消协|消费者协会|信访局?|派出所|公安(?:机关|局)?|网警|法院|仲裁委|银保监|金融监管局|"
    r"调解(?:中心|委员会)|政务热线|黑猫|媒体|记者|警察)"
)
_TOLD = r"(?:登记|投诉|举报|反映|反应|报案|报警|立案|备案|起诉|递交|提交|打|拨|问|找|讲|说)"
_REPORTED = re.compile(
    rf"(?:(?:已经?|已|此前|之前|先前|也|都|刚刚?|早就|上周|上个?月|昨天|前天|前几天|今天|上回|上次|9月初|多次|曾){{1,3}})"
    rf"(?:向|跟|到|去|在|给|找|拨打|打咗|打|拨|经|通过)?(?:过|了|好几次)?(?:当地|属地|市里?|区里?|中国|你们|广东)?{_OUTSIDE}"
    rf"(?:热线|平台|电话|那边)?(?:{_TOLD}(?:过|了|咗)?(?:案|材料|笔录|调解申请)?(?:一次|两次|[一二两三]回)?)?"
    rf"|{_OUTSIDE}(?:那边)?我?(?:都|也)?(?:已经?|已|刚)(?:{_TOLD}|打)(?:过|了)?(?:一次|两次)?"
    rf"|(?:已经?|已|刚)(?:经)?(?:在当地|在派出所|在属地|向公安机关)?(?:报[警案]|立案)"
)
_FUTURE = re.compile(r"(?:要|去|会|准备|打算|再不|再|否则|不然|就|马上|只好|将|想|明天|下一步|直接|可以|能不能|见)$")
_DONE = re.compile(r"过|了|咗|已|此前|先前|曾|刚|之前|上[周月个]|昨|前[天几]|登记|报案|立案")

_HOUR = (
    r"(?:工作日|周[一二三四五六日末]|星期|礼拜|每天|平时|白天|晚上|上午|下午|中午|早上|晚|早|午休|下班|收盘|\d{1,2}[点:时]|[一二三四五六七八九十两]{1,3}点|"
    r"随时|任何时间|全天|午后|傍晚|饭点)"
)
_REACH = (
    r"(?:联系(?:我|均可)?|打(?:给我|我电话|过来)|给我(?:来|回|打)个?电话|回电|回复我|接(?:听|电话|到)|有空接|方便|找我|可以接|能接|均可|都行|都可以|为宜|"
    r"联络)"
)
_HOURS = re.compile(
    rf"(?P<d>{_HOUR}[^,。;!?你他们\n]{{0,20}}?)(?:再|也|都|均|才|比较|可以?|能|请|方便|有人|我| )*{_REACH}"
)
_HOURS_AFTER = re.compile(
    rf"(?:联系时间|方便(?:的)?时间|接电话时间|(?:请在|请于)(?=[^,。]{{0,16}}(?:联系|来电|致电|回电)))"
    rf"[是为:在]{{0,2}}(?P<d>{_HOUR}[^,。;!?\n]{{0,16}}?)"
    r"(?=[,。;!?\n]|$|联系|来电|致电|回电|给我)"
)
_TIME_AT_ALL = re.compile(
    r"\d|[一二三四五六七八九十两]|白天|晚|上午|下午|中午|随时|全天|工作日|周末|下班|收盘|傍晚|早上|晌午"
)
_NOT_HOURS = re.compile(r"没|不|打了|登|亏|昨|刚|客服|营业|一个|接的|都行$")

_PROOF = (
    r"(?:通话|电话|微信|语音|现场|屏幕|聊天|群聊|交易|委托|转账|操作|网址|银行|后台|网页|订单|手机|短信|完整|全程|视频|书面|原始|医院|诊断)*(?:录音|录像|录屏|"
    r"截图|截屏|聊天记录|记录|照片|视频|凭证|合同|协议|流水|单据|收据|对账单|交割单|回执|委托日志|日志|短信|发票|病历|证明|相片|证据|材料)"
)
#: Nobody speaks of these unless they have them, or say that they have not.
_KEPT = (
    r"(?:通话|电话|微信|语音|现场|聊天|群聊|交易|委托|转账|操作|网页|订单|手机|短信|完整|全程|对话|客服|规则页|传单|活动|全部)*"
    r"(?:录音|录屏|截图|截屏|聊天记录|通话记录|通话清单|照片|存档|快照)"
)
_SURE_EVIDENCE = re.compile(rf"(?<!双)(?P<d>{_KEPT}(?:[、和及与](?:{_KEPT}|{_PROOF}))*)")
_EVIDENCE = re.compile(
    rf"(?:有|保存了?|留了?|留着|存了?|附(?:上|有|件)?|截了?|拍了?|录了?|录下了?|手里有|见附件|提供|手上有|整理了?|保留了?|详见){{1,2}}(?:的|完整|全部|全程|当时|"
    rf"着|我|相关|所有|一份)*(?P<d>{_PROOF}(?:[、和及与]{_PROOF})*)"
    rf"|(?P<e>{_PROOF}(?:[、和及与]{_PROOF})*)(?:我?(?:都|均|已|也|全|还|一直){{0,2}}(?:有(?!问题|误)|在(?!哪|审)|保[存留全]|公证|随时|"
    rf"拿去|留着|在手|存着|齐全|完整|为证|可查|整理好|可提供|发(?:你|给)|已?上传|一个字都没删|可以提供))"
)
_EVIDENCE_NOT = re.compile(r"(?:没有?|无|要求?|索要|提供不了|看不到|收不到|请|调|调取|查|查看|公布|听)[^,。;]{0,5}$")

_BEHALF = re.compile(
    r"(?:我?(?:是)?(?:替|帮|代(?:表)?|受)(?P<who>我?(?:妈妈?|母亲|爸爸?|父亲|老公|老婆|爱人|丈夫|妻子|儿子|女儿|老伴|朋友|"
    r"爷爷|奶奶|外公|外婆|岳父|岳母|公司|姐姐?|哥哥?|弟弟?|妹妹?|阿[妈爸爷婆])))"
    r"(?=(?:来|过来|打|投诉|反映|反应|问|咨询|举报|委托|办|说|讲|写)|的委托)"
)
_CLASS = re.compile(
    r"(?:我是|本人(?:是|为|系)|属于|认定为|作为)(?:一名|一个|个)?(?P<what>专业投资者|普通投资者|机构投资者|个人投资者)"
)
_NO_ANSWER = re.compile(
    r"转人工|人工|找人|不想说|不方便|什么时候|多久|几天|怎么还|你们是谁|机器人|听不懂|不知道你|为什么要|干嘛|说过了|再说一[遍次]|等一下|稍等|"
    r"^(?:好的?|是的?|对的?|嗯+|哦|行|可以|谢谢|你好|您好|在吗|不是|没有了?|不对)$|[?？]$|吗$"
)


def find_wishes(heard: Heard) -> Iterator[Found]:
    """Fields demand, contact_hours, reported_elsewhere, evidence, on_behalf_of, investor_class."""
    yield from _demands(heard)
    for match in _REPORTED.finditer(heard.text):
        lead = heard.before(match.start(), 3)
        if _DONE.search(match[0]) and not _FUTURE.search(lead):
            yield Found("reported_elsewhere", *match.span(), match[0], 58)
    for pattern in (_HOURS, _HOURS_AFTER):
        for match in pattern.finditer(heard.text):
            words = match["d"].rstrip(" 都均可以再请能也为宜")
            if _TIME_AT_ALL.search(words) and not _NOT_HOURS.search(words):
                yield Found("contact_hours", match.start("d"), match.start("d") + len(words), words, 57)
    for match in _EVIDENCE.finditer(heard.text):
        group = "d" if match["d"] else "e"
        if not _EVIDENCE_NOT.search(heard.before(match.start(), 8)):
            yield Found("evidence", *match.span(group), match[group], 56)
    for match in _SURE_EVIDENCE.finditer(heard.text):
        if not _EVIDENCE_NOT.search(heard.before(match.start(), 8)):
            yield Found("evidence", *match.span("d"), match["d"], 55)
    for match in _BEHALF.finditer(heard.text):
        yield Found("on_behalf_of", *match.span("who"), match["who"], 54)
    for match in _CLASS.finditer(heard.text):
        yield Found("investor_class", *match.span("what"), match["what"], 54)
    yield from _asked(heard)


def _demands(heard: Heard) -> Iterator[Found]:
    for match in _WANT.finditer(heard.text):
        start, end = match.span("d")
        cut = _END.search(heard.text[start:end])
        end = start + cut.start() if cut else end
        words = heard.text[start:end].rstrip(" ")
        if len(words) < 2 or _DENIED.search(heard.before(start, 3)):
            continue
        if _QUESTION.search(words) and not words.startswith(("能", "要求", "请", "希望")):
            continue
        yield Found("demand", start, start + len(words), words, 53)


def _asked(heard: Heard) -> Iterator[Found]:
    """A bare answer to the question for a wish or for hours; anything that turns to something else is none."""
    words = heard.text.strip(" 。,.!！")
    if heard.asked not in (
        "demand",
        "contact_hours",
        "evidence",
        "reported_elsewhere",
        "on_behalf_of",
        "investor_class",
    ):
        return
    if not 2 <= len(words) <= 80 or _NO_ANSWER.search(words):
        return
    if heard.asked == "contact_hours" and not _TIME_AT_ALL.search(words) and "都" not in words:
        return
    start = heard.text.index(words)
    yield Found(heard.asked, start, start + len(words), words, 59)
