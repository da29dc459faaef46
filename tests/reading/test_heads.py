"""Verdicts: trained for real, saved, loaded, explained."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from backend.reading.evaluate import evaluate, read_lines, table
from backend.reading.reader import Reader
from backend.reading.train import read_examples, train
from tests.reading.conftest import DATA, HEARD_AT

CLEAR = (
    ("APP一开盘就闪退，登录不上去，行情也不刷新", "complaint", "info_system"),
    ("柜台办销户跑了三趟，每次都说缺材料，身份证复印件要重复交", "complaint", "counter"),
    ("客服态度恶劣，语气不耐烦，没说完就挂断电话", "complaint", "service"),
    ("我是保守型，你们把R5高风险私募产品卖给我八十岁的母亲，没有双录也没有风险测评", "complaint", "suitability"),
    ("多收我佣金，手续费费率和说好的不一样，交割单上都有", "complaint", "trading_asset"),
)
URGENT = (
    ("从早上开盘交易系统就瘫痪了，所有人都登不上去", "system_failure"),
    ("营业部着火了，冒烟很大，有人受伤，消防还没到", "accident"),
    ("损失你们必须全额赔偿，否则我请律师起诉到法院", "compensation_or_litigation"),
    ("我的账户被盗了，有人登录我的账号把股票全卖了，钱被转走了", "account_theft"),
    ("我不想活了，我现在站在楼顶，要跳下去", "self_harm_or_violence_threat"),
    ("再不处理我就去证监局举报，找记者曝光你们，发微博", "media_or_regulator_threat"),
)
HARMLESS = ("张三", "天河营业部", "昨天下午", "好的谢谢", "三万多", "我叫李敏，电话19912345678", "你好")


@pytest.mark.parametrize(("text", "kind", "category"), CLEAR)
def test_a_clear_case_is_judged_right(reader: Reader, text: str, kind: str, category: str) -> None:
    reading = reader.read(text, asked=None, heard_at=HEARD_AT)
    assert (reading.kind, reading.category) == (kind, category)


@pytest.mark.parametrize(("text", "trigger"), URGENT)
def test_what_must_be_reported_at_once_is_seen(reader: Reader, text: str, trigger: str) -> None:
    assert trigger in reader.read(text, asked=None, heard_at=HEARD_AT).urgent


@pytest.mark.parametrize("text", HARMLESS)
def test_a_bare_answer_raises_no_alarm(reader: Reader, text: str) -> None:
    reading = reader.read(text, asked=None, heard_at=HEARD_AT)
    assert not reading.urgent
    assert reading.emotion == "calm"


def test_rage_and_courtesy_sound_different(reader: Reader) -> None:
    moods = [
        reader.read(text, asked=None, heard_at=HEARD_AT).emotion
        for text in ("气死我了！！太过分了，你们这帮骗子，垃圾公司", "您好，请问佣金调整需要带哪些材料？谢谢。")
    ]
    assert moods[0] in ("angry", "extreme")
    assert moods[1] == "calm"


def test_the_sentence_of_the_issue(reader: Reader) -> None:
    text = "昨天早上开盘你们APP一直登不上，卖不出去亏了好几万，气死我了，我要投诉"
    reading = reader.read(text, asked=None, heard_at=HEARD_AT)
    assert (reading.kind, reading.category, reading.emotion) == ("complaint", "info_system", "angry")
    assert "system_failure" in reading.urgent
    words = [text[e.start : e.end] for e in reading.evidence if e.label in ("info_system", "system_failure")]
    assert any("登不上" in word for word in words)


def test_names_and_numbers_do_not_sway_a_verdict(reader: Reader) -> None:
    told = "APP登不上，{}，卖不出去"
    plain = reader.read(told.format("电话13800138000"), asked=None, heard_at=HEARD_AT)
    other = reader.read(told.format("电话15912345678"), asked=None, heard_at=HEARD_AT)
    assert plain.ranking == other.ranking


def test_a_saved_model_reads_the_same(reader: Reader, model: Path) -> None:
    text = "客户经理保证收益不低于9%，亏了公司兜底，现在亏了七万二"
    again = Reader.load(model)
    assert again.read(text, asked=None, heard_at=HEARD_AT) == reader.read(text, asked=None, heard_at=HEARD_AT)


def test_the_same_data_give_the_same_model(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    lines = [line for line in DATA[0].read_text("utf-8").splitlines() if '"split": "train"' in line][:60]
    few.write_text("\n".join(lines), encoding="utf-8")
    said = list[str]()
    for name in ("one", "two"):
        train([few], tmp_path / name, progress=said.append)
    one, two = (Reader.load(tmp_path / name) for name in ("one", "two"))
    text = "你们的系统又卡死了"
    assert one.read(text, asked=None, heard_at=HEARD_AT) == two.read(text, asked=None, heard_at=HEARD_AT)
    assert said


def test_a_line_without_labels_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "x", "text": "没有标签"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.jsonl:1"):
        read_examples([bad])


def test_evaluation_is_better_than_guessing(reader: Reader, tmp_path: Path) -> None:
    """Unseen lines only. The floors are far below today's figures: they catch a broken reader, not a bad day."""
    everything = tmp_path / "all.jsonl"
    everything.write_text("\n".join(path.read_text("utf-8").strip() for path in DATA), encoding="utf-8")
    report = evaluate(reader, everything)
    assert report.lines >= 40
    assert report.category_accuracy > 0.5
    assert report.triggers_micro.recall > 0.55
    assert report.emotion_within_one > 0.85
    assert report.fields["phone"].recall == report.fields["account"].recall == 1.0
    assert json.loads(json.dumps(report.to_dict()))["lines"] == report.lines
    Console(file=(tmp_path / "shown").open("w", encoding="utf-8")).print(table(report))


def test_plain_lines_are_read_one_by_one(reader: Reader, tmp_path: Path) -> None:
    asked = tmp_path / "in.jsonl"
    asked.write_text('{"id": "k1", "text": "昨天APP登不上", "channel": "web_chat"}\n\n', encoding="utf-8")
    [line] = read_lines(reader, asked)
    assert set(line) == {"id", "kind", "category", "ranking", "urgent", "emotion", "fields", "evidence"}
    assert line["id"] == "k1"
