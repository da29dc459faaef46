"""The rulebook as a compliance officer reads it: every value with its date, unit and clause, and what is not confirmed.

rulebook | one line a value -> sections, the same for the terminal and the desk
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from backend.guideline.deadlines import UNITS
from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Dated, Deadline

NONE = {"workday": "当天", "day": "立即"}  # how a period of nothing is said


@dataclass(frozen=True, slots=True)
class Line:
    """One value. ``since``: the day from which it holds, ``until``: the last day; not ``confirmed``: 待合规确认."""

    id: str
    label: str
    value: str
    clause: str
    since: date | None = None
    until: date | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    lines: tuple[Line, ...]

    @property
    def open(self) -> int:
        """How many values wait for compliance."""
        return sum(not line.confirmed for line in self.lines)


def sections(rulebook: Rulebook) -> tuple[Section, ...]:
    """Every table of the rulebook, in the order of its files."""
    tables = {
        "deadlines": ("期限", _deadlines(rulebook)),
        "settings": ("条文没有写明的读法", _settings(rulebook)),
        "watch": ("提醒、升级与呼叫", _watch(rulebook)),
        "categories": ("投诉类别", _categories(rulebook)),
        "tasks": ("各类应办事项", _tasks(rulebook)),
        "life": ("办理中的数目与前提", _life(rulebook)),
        "triggers": ("马上报告的情形", _triggers(rulebook)),
        "channels": ("受理途径与值守", _channels(rulebook)),
        "stages": ("办理步骤", _steps(rulebook)),
        "acts": ("谁可以做什么", _acts(rulebook)),
        "separations": ("职责分离", _separations(rulebook)),
        "units": ("单位", _units(rulebook)),
        "wording": ("不能对客户说的话", _wording(rulebook)),
        "notices": ("固定用语", _notices(rulebook)),
    }
    return tuple(Section(name, title, tuple(lines)) for name, (title, lines) in tables.items())


def _deadlines(book: Rulebook) -> Iterator[Line]:
    for deadline in book.deadlines.values():
        for value, until in _held(deadline):
            said = f"{value.value}{UNITS[value.unit]}" if value.value else NONE[value.unit]
            if deadline.id in ("agreed", "further_extension"):
                said = "以约定为准"
            yield Line(deadline.id, deadline.label, said, value.clause, value.since, until, value.confirmed)


def _held(deadline: Deadline) -> Iterator[tuple[Dated, date | None]]:
    ends = [date.fromordinal(later.since.toordinal() - 1) for _, later in pairwise(deadline.values)]
    yield from zip(deadline.values, [*ends, None], strict=True)


def _settings(book: Rulebook) -> Iterator[Line]:
    for setting in book.settings.values():
        said = setting.choices[setting.value]
        yield Line(setting.id, setting.label, said, setting.clause, confirmed=setting.confirmed)


def _watch(book: Rulebook) -> Iterator[Line]:
    for alarm in book.watch.alarms.values():
        told = ["经办人员"] if alarm.handler else []
        told += [f"经办单位{book.roles[role].label}" for role in book.roles if role in alarm.roles]
        told += _kinds(alarm.kinds, book)
        yield Line(alarm.id, alarm.label, f"告知{'、'.join(told)}", alarm.clause, confirmed=alarm.confirmed)
    paging = book.watch.paging
    order = "、".join(book.roles[role].label for role in paging.order)
    said = (
        f"依次呼叫{order}；{paging.widen_after}次无人确认后呼叫全单位，并告知{'、'.join(_kinds(paging.backup, book))}；"
        f"每个单位最多{paging.at_most}次"
    )
    yield Line("paging", "紧急报告的呼叫", said, paging.clause, confirmed=paging.confirmed)


def _categories(book: Rulebook) -> Iterator[Line]:
    for one in book.categories.values():
        told = (
            f"；{'立即' if one.at_once else ''}报告{'、'.join(_kinds(one.reports_to, book))}" if one.reports_to else ""
        )
        said = f"{'、'.join(one.scope)}；由{book.unit_kinds[one.handled_by].label}经办{told}"
        yield Line(one.id, one.label, said, one.clause)
    judged = book.judging
    said = f"概率达到{judged.certain:.0%}且领先{judged.margin:.0%}才算有把握，低于{judged.floor:.0%}不给出类别"
    yield Line("judging", "分类的把握", said, judged.clause, confirmed=judged.confirmed)


def _tasks(book: Rulebook) -> Iterator[Line]:
    for category in book.categories.values():
        for task in category.tasks:
            owner = book.unit_kinds[task.owner].label if task.owner in book.unit_kinds else "经办单位"
            said = f"{category.label}：{owner}，{book.deadlines[task.due].label}"
            yield Line(f"{category.id}.{task.id}", task.label, said, task.clause)


def _life(book: Rulebook) -> Iterator[Line]:
    life = book.life
    tries, group = life.revisit_attempts, life.group
    yield Line(
        "revisit_attempts", "回访联系不上", f"{tries.value}次后视为已回访", tries.clause, confirmed=tries.confirmed
    )
    yield Line("group", "同日同一事项算群体性投诉", f"{group.value}件起", group.clause, confirmed=group.confirmed)
    steps = "、".join(life.work[step].label for step in life.malicious.what)
    yield Line("malicious", "认定恶意投诉之前", f"须已{steps}", life.malicious.clause)
    told = "、".join(_kinds(life.further_extension.what, book))
    yield Line("further_extension", "再延期", f"须投诉人同意，并报告{told}", life.further_extension.clause)
    for one in life.conversions.values():
        way = f"{book.kinds[one.source].label}转{book.kinds[one.target].label}"
        needs = "、".join(book.requirements[need].label for need in one.needs)
        when = "受理后也可以" if one.after_acceptance else "限受理前"
        yield Line(one.id, way, f"{when}，须有{needs}", one.clause)
    for task in life.tasks:
        owner = book.unit_kinds[task.owner].label if task.owner in book.unit_kinds else "经办单位"
        yield Line(f"task.{task.id}", task.label, f"{owner}，{book.deadlines[task.due].label}", task.clause)


def _triggers(book: Rulebook) -> Iterator[Line]:
    for one in book.triggers.values():
        outside = f"；另按规定报告{'、'.join(book.authorities[name].label for name in one.authorities)}"
        inside = "、".join(_kinds(one.reports_to, book))
        said = f"报告{inside}{outside if one.authorities else ''}；概率达到{one.threshold:.0%}即报"
        yield Line(one.id, one.label, said, one.clause, confirmed=one.confirmed)


def _channels(book: Rulebook) -> Iterator[Line]:
    for channel in book.channels.values():
        yield Line(channel.id, channel.label, "由员工登记" if channel.by_hand else "客户直接使用", channel.clause)
    hours = book.office_hours
    said = "、".join(f"{start:%H:%M}至{end:%H:%M}" for start, end in hours.periods)
    days = {"workday": "工作日", "trading_day": "交易日"}[hours.days]
    yield Line("hotline", "客户服务专线", book.hotline.phone, book.hotline.clause)
    yield Line("office_hours", "值守时间", f"{days}{said}", hours.clause, confirmed=hours.confirmed)


def _steps(book: Rulebook) -> Iterator[Line]:
    for step in book.transitions:
        way = f"{book.stages[step.source].label}→{book.stages[step.target].label}"
        needs = "、".join(book.requirements[need].label for need in step.requires)
        yield Line(f"{step.source}.{step.act}", step.label, f"{way}{f'，须有{needs}' if needs else ''}", step.clause)


def _acts(book: Rulebook) -> Iterator[Line]:
    for act in book.acts.values():
        who = "、".join(role.label for role in book.roles.values() if role.id in act.roles)
        where = "不限单位" if act.scope == "all_units" else "本单位"
        wider = _kinds([kind for kind in book.unit_kinds if kind in act.anywhere], book)
        said = f"{who}；{where}{f'，{"、".join(wider)}不限' if wider else ''}"
        yield Line(act.id, act.label, said, act.clause, confirmed=act.confirmed)


def _separations(book: Rulebook) -> Iterator[Line]:
    for one in book.separations.values():
        acts = "、".join(act.label for act in book.acts.values() if act.id in one.acts)
        yield Line(one.id, one.reason, acts, one.clause)


def _units(book: Rulebook) -> Iterator[Line]:
    for unit in book.units.values():
        yield Line(unit.id, unit.label, f"编号{unit.code}，{book.unit_kinds[unit.kind].label}", unit.clause)


def _wording(book: Rulebook) -> Iterator[Line]:
    for rule in book.wording.rules:
        kind = book.wording.lists[rule.list]
        yield Line(rule.id, kind.label, f"{len(rule.patterns)}种说法；改说：{rule.rewrite}", rule.clause)


def _notices(book: Rulebook) -> Iterator[Line]:
    for notice in book.notices.values():
        yield Line(notice.id, f"第{notice.version}版", notice.text, notice.clause, confirmed=notice.confirmed)


def _kinds(kinds: Iterable[str], book: Rulebook) -> list[str]:
    return [book.unit_kinds[kind].label for kind in kinds]
