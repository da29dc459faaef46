"""How well the reader reads: labelled lines in, figures out; and plain lines in, readings out.

Verdicts are measured on every line of the file that is marked `test`, or on all lines where none is. Facts count as
found when field and place are exact; the looser figure also takes those that overlap.
"""

import json
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from backend.clock import SHANGHAI, now
from backend.reading.reader import Reader
from backend.reading.train import Example, read_examples
from backend.reading.values import Reading

#: Labelled lines carry no time of their own; 昨天 needs one.
HEARD_AT = datetime(2026, 9, 24, 21, 0, tzinfo=SHANGHAI)
#: From mild to strong, for "within one step".
MOODS = ("calm", "upset", "angry", "extreme")


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their F1, each 0 to 1, over `support` expected answers."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Report:
    """`milliseconds` is the median time of one reading."""

    lines: int
    category_accuracy: float
    category_macro_f1: float
    category_in_first_two: float
    category: Mapping[str, Score]
    kind_accuracy: float
    kind_macro_f1: float
    kind: Mapping[str, Score]
    triggers_micro: Score
    triggers: Mapping[str, Score]
    emotion_exact: float
    emotion_within_one: float
    fields_exact: Score
    fields_overlapping: Score
    fields: Mapping[str, Score]
    milliseconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, rounded to four digits."""
        raw = _rounded(asdict(self))
        assert isinstance(raw, dict)
        return raw


def evaluate(reader: Reader, path: Path) -> Report:
    """Read every measured line of the file. ValueError where a line has no labels."""
    examples = read_examples([path])
    examples = [example for example in examples if example.split == "test"] or examples
    if not examples:
        raise ValueError(f"{path.name} holds no line")
    readings, times = [], []
    for example in examples:
        began = time.perf_counter()
        readings.append(reader.read(example.text, asked=None, heard_at=HEARD_AT, channel=example.channel))
        times.append(time.perf_counter() - began)
    pairs = list(zip(examples, readings, strict=True))
    category = _choice([(e.labels["category"], r.category) for e, r in pairs])
    kind = _choice([(e.labels["kind"], r.kind) for e, r in pairs])
    steps = [abs(MOODS.index(e.labels["emotion"]) - MOODS.index(r.emotion)) for e, r in pairs]
    wanted = [{(i, name) for name in e.triggers} for i, (e, _) in enumerate(pairs)]
    given = [{(i, name) for name in r.urgent} for i, (_, r) in enumerate(pairs)]
    names = sorted({name for e, r in pairs for name in (*e.triggers, *r.triggers)})
    exact, overlapping, fields = _facts(pairs)
    return Report(
        lines=len(pairs),
        category_accuracy=_share(e.labels["category"] == r.category for e, r in pairs),
        category_macro_f1=_macro(category),
        category_in_first_two=_share(e.labels["category"] in [name for name, _ in r.ranking[:2]] for e, r in pairs),
        category=category,
        kind_accuracy=_share(e.labels["kind"] == r.kind for e, r in pairs),
        kind_macro_f1=_macro(kind),
        kind=kind,
        triggers_micro=_score(set().union(*wanted), set().union(*given)),
        triggers={name: _score(_named(wanted, name), _named(given, name)) for name in names},
        emotion_exact=_share(step == 0 for step in steps),
        emotion_within_one=_share(step <= 1 for step in steps),
        fields_exact=exact,
        fields_overlapping=overlapping,
        fields=fields,
        milliseconds=1000 * statistics.median(times),
    )


def read_lines(reader: Reader, path: Path) -> Iterator[dict[str, Any]]:
    """Read `{"id","text","channel"}` lines; `heard_at` (ISO 8601) may say when, else it is now.

    ValueError names a line that is not such an object.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                raw = json.loads(line)
                text, channel = str(raw["text"]), str(raw.get("channel", "web_chat"))
                heard_at = datetime.fromisoformat(raw["heard_at"]) if raw.get("heard_at") else now()
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
            if heard_at.tzinfo is None:
                heard_at = heard_at.replace(tzinfo=SHANGHAI)
            reading = reader.read(text, asked=raw.get("asked"), heard_at=heard_at, channel=channel)
            yield {"id": raw.get("id", number), **reading.to_dict()}


def table(report: Report) -> Table:
    """The report for a terminal."""
    shown = Table("项目", "数值", "精确率", "召回率", "样本", title=f"阅读模型评测（{report.lines} 条）")
    plain = (
        ("类别 准确率", report.category_accuracy), ("类别 宏 F1", report.category_macro_f1),
        ("类别 前两位命中", report.category_in_first_two), ("性质 准确率", report.kind_accuracy),
        ("性质 宏 F1", report.kind_macro_f1), ("情绪 一致", report.emotion_exact),
        ("情绪 相差不超过一级", report.emotion_within_one),
    )  # fmt: skip
    for label, value in plain:
        shown.add_row(label, f"{value:.3f}")
    shown.add_row("每条用时（毫秒，中位数）", f"{report.milliseconds:.1f}")
    groups: tuple[tuple[str, Mapping[str, Score]], ...] = (
        ("类别", report.category), ("性质", report.kind),
        ("触发项", {"合计": report.triggers_micro, **report.triggers}),
        ("字段", {"合计": report.fields_exact, "合计（部分重叠）": report.fields_overlapping, **report.fields}),
    )  # fmt: skip
    for group, scores in groups:
        shown.add_section()
        for name, score in scores.items():
            figures = (f"{score.f1:.3f}", f"{score.precision:.3f}", f"{score.recall:.3f}", str(score.support))
            shown.add_row(f"{group} {name} F1", *figures)
    return shown


def _facts(pairs: Sequence[tuple[Example, Reading]]) -> tuple[Score, Score, dict[str, Score]]:
    """Exact, overlapping, and exact by field. Fields that the labels never mark are not measured."""
    marked = {name for example, _ in pairs for name, _, _ in example.fields}
    wanted = {(i, *fact) for i, (example, _) in enumerate(pairs) for fact in example.fields}
    given = {
        (i, s.field, s.start, s.end)
        for i, (_, reading) in enumerate(pairs)
        for s in reading.spans
        if s.field in marked and not (s.field == "name" and s.whose != "customer")
    }
    found = sum(any(_overlap(one, other) for other in given) for one in wanted)
    right = sum(any(_overlap(one, other) for other in wanted) for one in given)
    loose = _from_counts(found, len(wanted), right, len(given))
    by_field = {
        name: _score({one for one in wanted if one[1] == name}, {one for one in given if one[1] == name})
        for name in sorted(marked)
    }
    return _score(wanted, given), loose, by_field


def _overlap(one: tuple[int, str, int, int], other: tuple[int, str, int, int]) -> bool:
    return one[:2] == other[:2] and one[2] < other[3] and other[2] < one[3]


def _choice(pairs: Sequence[tuple[str, str]]) -> dict[str, Score]:
    """By label that was expected or given: one-against-all."""
    labels = sorted({label for pair in pairs for label in pair})
    return {
        label: _score(
            {i for i, (expected, _) in enumerate(pairs) if expected == label},
            {i for i, (_, answered) in enumerate(pairs) if answered == label},
        )
        for label in labels
    }


def _named(sets: Iterable[set[tuple[int, str]]], name: str) -> set[tuple[int, str]]:
    return {one for members in sets for one in members if one[1] == name}


def _score(wanted: set[Any], given: set[Any]) -> Score:
    both = len(wanted & given)
    return _from_counts(both, len(wanted), both, len(given))


def _from_counts(found: int, wanted: int, right: int, given: int) -> Score:
    """Nothing wanted and nothing given is perfect."""
    precision = right / given if given else float(not wanted)
    recall = found / wanted if wanted else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(precision, recall, f1, wanted)


def _macro(scores: Mapping[str, Score]) -> float:
    """The mean F1 of the labels that were expected at least once."""
    return statistics.fmean(score.f1 for score in scores.values() if score.support)


def _share(truths: Iterable[bool]) -> float:
    return statistics.fmean(map(float, truths))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return value
