"""What a Chinese name looks like: a surname of the list and one or two characters more, cut where the talk goes on."""

from backend.reading.found import Heard

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
    "亓官",
    "濮阳",
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
    "费戚萧缪薄苌窦岑嵇钮阙卜贝麻栾门支牛卞昝晋储计伏茅熊项祝阮蓝强贲邓裘干应宣丁缪邴鞠危羊惠甄麴糜全宁仇栾厉戎"
)
#: Surnames that are far more often plain words: they need an introduction, company of a number is not enough.
COMMON_WORDS = frozenset("全时能成于任何应向解都单那国相后有公和别利满连由常时从过安方高易余路游关包万东师")
#: Characters that never stand in given names, and those that rarely do but often follow one.
NEVER_GIVEN = frozenset("的了是在不没就都也和跟与你我他她它您们这那吗呢吧啊呀把给被说打电话想问要")
NOT_GIVEN = NEVER_GIVEN | frozenset(
    "边于因为由向将即的了是在想要有不没就都也和跟与把给对你我他她它您们这那个说打电话手号机住客户投诉反咨问请叫姓吗呢吧啊呀哦嘛哈嗯去来到买卖被让从为什么怎"
    "很太又还再才刚已经会能可该当得着过之所以因此但而且或者身份证账资卡钱元块万千年月日点分先女士经理生联系号码营业部今昨前后上下午晚周做开销退查"
    "啥咋俺咱喂其实些每各本贵阁谁哪几多少亏赔炒股票人"
)
#: Patterns: one Han character, a surname.
HAN = "[\u4e00-\u9fff]"
SURNAME = "(?:" + "|".join(COMPOUND) + f"|[{SURNAMES}])"

#: Words that look like a surname and a given name.
_LOOKALIKES = frozenset(
    "谢谢 周末 周边 周年 周期 周围 高峰 高中 高级 施工 安排 安全 方式 方面 方便 方案 全部 全员 全程 全国 单位 单独 时间 时候 时常 应该 应当 "
    "任务 任何 何必 何时 余额 于是 成功 成交 成员 别人 别家 别的 连续 连接 万一 万分 万元 钱包 金额 金融 金牌 白天 白跑 黄牛 黄金 石油 "
    "江湖 江西 江苏 江门 江湾 胡说 胡乱 马上 马路 路上 路过 车上 车位 水平 水电 包括 包装 和平 和气 平时 平台 平安 明天 明明 明显 关于 关系 关键 "
    "管理 管家 温馨 温柔 解释 解决 解冻 解除 强制 强平 强烈 康复 康美 能力 能够 能否 都有 都没 都是 常常 常用 常见 简单 简直 计算 计划 "
    "利息 利润 利用 古代 曾经 席位 项目 房子 房产 房贷 农村 农民 农业 农行 童年 祝愿 祝贺 宣传 宣称 司机 司法 公司 公证 公告 公安 官方 "
    "国家 国庆 国债 国企 广告 广州 广东 东西 东莞 沙发 沙河 荣幸 习惯 后台 后来 后续 相关 相信 相当 查询 查清 权限 权益 支持 支付 红包 红利 "
    "从来 从没 从业 毛利 毛病 空头 空白 空调 双方 双录 双十 易方达 银行 柜台 柜员 工作 老师 经理 主管 师傅 代客 代理 代表 由于 由此".split()
)


def given_end(heard: Heard, start: int, end: int, *, certain: bool) -> int:
    """Where the name that begins at `start` ends, at most `end`; `start` if there is none.

    `certain`: the words in front leave no doubt that a name follows, so even unlikely characters count.
    """
    words = heard.text[start:end]
    family = next((len(name) for name in COMPOUND if words.startswith(name)), 1)
    given = 0
    for index, char in enumerate(words[family : family + 2]):
        place = start + family + index
        goes_on = index == 1 and heard.word_end(place) > place + 1
        if goes_on or char in (NEVER_GIVEN if (certain or family == 2) and index == 0 else NOT_GIVEN):
            break
        given += 1
    stop = start + family + given
    if not given or words[: family + given] in _LOOKALIKES or words[:2] in _LOOKALIKES:
        return start
    return stop


def unlikely(heard: Heard, start: int, end: int) -> bool:
    """A surname that is rather a word (全时能成), or 马上就, 周一早: three characters whose first two are a word."""
    if end - start == 3 and heard.word_end(start) == start + 2 and heard.text[start : start + 2] not in COMPOUND:
        return True
    return heard.text[start] in COMMON_WORDS
