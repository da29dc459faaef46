"""Evidence in a shown line: marked where the words still stand, never by counting in a masked text."""

from datetime import UTC, datetime

from backend.desk.spoken import Piece, pieces, spoken
from backend.guideline.rulebook import load
from backend.transcripts.values import Audience, Line

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_marked_words_are_cut_out_in_their_order() -> None:
    assert pieces("开盘登不上，气死我了", {"气死我了": "愤怒", "登不上": "交易系统故障"}) == (
        Piece("开盘"), Piece("登不上", "交易系统故障"), Piece("，"), Piece("气死我了", "愤怒"),
    )  # fmt: skip


def test_overlapping_marks_keep_the_earlier_and_longer() -> None:
    assert pieces("一直登不上", {"登不上": "b", "一直登": "a", "一直登不": "c"}) == (
        Piece("一直登不", "c"),
        Piece("上"),
    )


def test_a_line_without_marks_is_one_piece() -> None:
    assert pieces("", {}) == (Piece(""),)
    assert pieces("你好", {"再见": "x"}) == (Piece("你好"),)


def test_masking_does_not_shift_a_mark() -> None:
    clear = Line(2, "customer", "我叫王敏敏敏，APP登不上", AT)
    shown = Line(2, "customer", "我叫王**，APP登不上", AT)
    marks = (
        {"label": "system_failure", "seq": 2, "start": 7, "end": 13},
        {"label": "x", "seq": 2, "start": 2, "end": 6},
    )
    (line,) = spoken([clear], [shown], marks, load())
    assert line.pieces == (Piece("我叫王**，"), Piece("APP登不上", "交易系统故障"))


def test_what_only_staff_may_see_is_marked_internal() -> None:
    line = Line(1, "agent", "内部提醒", AT, audience=Audience.STAFF)
    assert spoken([line], [line], (), load())[0].internal
