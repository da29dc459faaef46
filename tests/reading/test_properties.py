"""What must hold for every text anybody may send."""

import re
from datetime import timedelta
from itertools import pairwise
from time import process_time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.reading.folding import fold
from backend.reading.reader import Reader
from backend.reading.values import CLAUSES, PERSONAL
from tests.reading.conftest import HEARD_AT

SNIPPETS = st.sampled_from(
    "我叫张三 ，电话 13800138000 昨天下午 亏了三万多 要求赔偿 客户经理刘伟 天河营业部 資金賬號 6620012345 。 😡 \n １３８ 股 元 的 "
    "密码abc123 工作日晚上联系我 〔姓名1〕 TS20261123GZ00017 2026-11-03 09:31 幺三八 a@b.cn \u200b ﷽ ㎡ ½ ﬁ İ ß".split(
        " "
    )
)
TEXTS = st.lists(SNIPPETS | st.text(max_size=6), max_size=12).map("".join)
ASKED = st.sampled_from([None, "name", "phone", "account", "branch", "occurred_at", "amount", "demand", "narrative"])
CHECKS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

DIGITS = "0123456789"
NEUTRAL = st.sampled_from(["", "我要投诉", "你们查一下", "请看", "，", "。", "这个 ", "登不上", "钱不见了", "到账了吗"])


@given(text=st.text(max_size=80) | TEXTS)
@settings(max_examples=300, deadline=None)
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(text=TEXTS, asked=ASKED)
@CHECKS
def test_spans_and_evidence_lie_where_they_say(reader: Reader, text: str, asked: str | None) -> None:
    reading = reader.read(text, asked=asked, heard_at=HEARD_AT)
    assert reading.text == text
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
    for evidence in reading.evidence:
        assert 0 <= evidence.start < evidence.end <= len(text)
        assert 0 <= evidence.weight <= 1
    plain = sorted((span.start, span.end) for span in reading.spans if span.field not in CLAUSES)
    assert all(one[1] <= other[0] for one, other in pairwise(plain))


@given(text=TEXTS, asked=ASKED, minutes=st.integers(0, 60 * 24 * 400))
@CHECKS
def test_verdicts_are_probabilities(reader: Reader, text: str, asked: str | None, minutes: int) -> None:
    reading = reader.read(text, asked=asked, heard_at=HEARD_AT + timedelta(minutes=minutes))
    assert abs(sum(share for _, share in reading.ranking) - 1) < 1e-4
    assert [share for _, share in reading.ranking] == sorted((share for _, share in reading.ranking), reverse=True)
    assert all(0 <= share <= 1 for share in reading.triggers.values())
    assert 0 < reading.kind_confidence <= 1


@given(before=NEUTRAL, number=st.text(DIGITS, min_size=8, max_size=19), after=NEUTRAL, asked=ASKED)
@CHECKS
def test_no_long_number_is_left_in_clear(
    reader: Reader, before: str, number: str, after: str, asked: str | None
) -> None:
    """But for public hotlines and days of the calendar (20261103), which point to nobody."""
    if re.fullmatch(r"[48]00\d{7}|0?20961303|(?:19|20)\d{6}", number):
        return
    text = before + number + after
    personal = [span for span in reader.read(text, asked=asked, heard_at=HEARD_AT).spans if span.field in PERSONAL]
    hidden = {place for span in personal for place in range(span.start, span.end)}
    assert set(range(len(before), len(before) + len(number))) <= hidden, (text, personal)


@given(
    middle=st.text(DIGITS, min_size=9, max_size=9),
    gap=st.sampled_from(["", " ", "-", "  ", ".", "\u200b"]),
    written=st.sampled_from([DIGITS, "零幺二三四五六七八九", "０１２３４５６７８９", "〇一二三四五六七八九"]),
    before=NEUTRAL,
    after=NEUTRAL,
)
@CHECKS
def test_a_mobile_number_is_found_however_it_is_written(
    reader: Reader, middle: str, gap: str, written: str, before: str, after: str
) -> None:
    number = "13" + middle
    parts = [number[:3], number[3:7], number[7:]]
    said = gap.join(parts).translate(str.maketrans(DIGITS, written))
    spans = reader.read(f"{before}{said}{after}", asked=None, heard_at=HEARD_AT).spans
    assert [(span.text, span.value) for span in spans if span.field == "phone"] == [(said, number)]


def test_a_very_long_text_is_read_to_its_end_and_in_good_time(reader: Reader) -> None:
    """The longest message the door takes; a number near any page's end is hidden all the same."""
    filler = "你们的系统又登不上去了，我很着急。"
    text = "".join(f"{filler * (place % 3)}第{place}次，电话1991234{place:04d}" for place in range(100, 300))[:10_000]
    began = process_time()
    reading = reader.read(text, asked=None, heard_at=HEARD_AT)
    assert process_time() - began < 5
    expected = [match[0] for match in re.finditer(r"1991234\d{4}(?!\d)", text)]
    assert [span.text for span in reading.spans if span.field == "phone"] == expected


def test_no_text_makes_the_reader_slow(reader: Reader) -> None:
    """Patterns that try again at every character would take minutes here."""
    for piece in ("一", "1", "录音", "已经", "a1-", "路街区市", "a@b.", "我是张", "下午"):
        began = process_time()
        reader.read(piece * (10_000 // len(piece)), asked=None, heard_at=HEARD_AT)
        assert process_time() - began < 8, piece
