"""The clocks of 第二十二条 and around it: dates out of events, each with its clause and the reason in words.

    events | rulebook values of that day | calendar -> clocks

Clocks are computed anew from the events each time, never moved: when the calendar of a provisional year is published,
the same events give the final dates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from backend.guideline.calendar import Calendar, end_of, local, local_day
from backend.guideline.rulebook import Rulebook
from backend.guideline.values import Dated, Verdict

UNITS = {"workday": "个工作日", "day": "天", "month": "个月", "minute": "分钟"}


@dataclass(frozen=True, slots=True)
class Clock:
    """One date that matters. ``due_at``: the last second of ``due_on`` in Shanghai, as UTC.

    ``governs``: past it, the complaint itself is late. ``provisional``: counted through a year whose holidays are not
    published, so it may move. ``confirmed`` is False when the figure or its reading waits for compliance (待合规确认).
    """

    name: str
    label: str
    due_on: date
    due_at: datetime
    clause: str
    why: str
    governs: bool
    provisional: bool
    confirmed: bool


def clocks(
    *,
    kind: str,
    received_at: datetime,
    accepted_at: datetime | None = None,
    agreed_on: date | None = None,
    extension_workdays: int | None = None,
    further_until: date | None = None,
    followed_since: date | None = None,
    transferred_at: datetime | None = None,
    closed_at: datetime | None = None,
    on_the_spot: bool = False,
    calendar: Calendar,
    rulebook: Rulebook,
) -> tuple[Clock, ...]:
    """Every clock these events start, in the order they are due.

    ``kind``: complaint, inquiry, … · ``received_at``: when the customer first said it · ``accepted_at``: 受理; without
    it no resolve clock · ``agreed_on``: the day agreed with the customer · ``extension_workdays``: approved first
    extension · ``further_until``: day the customer consented to after that · ``followed_since``: first day of the
    six-month follow-up · ``transferred_at``: arrival of a 12386 item · ``closed_at``: 办结, starts the revisit ·
    ``on_the_spot``: it can be dealt with where it is received.

    Raises ValueError for naive moments, an acceptance before receipt, a day agreed on before it, an extension that is
    not allowed, KeyError for an unknown kind, CalendarError when the calendar does not reach.
    """
    if kind not in rulebook.kinds:
        raise KeyError(f"no kind {kind}")
    if accepted_at is not None and accepted_at < received_at:
        raise ValueError("a complaint cannot be accepted before it is received")
    desk = _Desk(calendar, rulebook)
    if agreed_on is not None and agreed_on < local_day(received_at):
        raise ValueError("no day can be agreed on before the complaint is received")
    found: list[Clock] = []
    if on_the_spot:
        found.append(desk.on_the_spot(received_at))
    if kind == "inquiry":
        found.append(desk.inquiry(received_at))
    elif accepted_at is None:
        found.append(desk.after("acceptance_decision", local_day(received_at), "收到"))
    if accepted_at is not None:
        found += desk.resolving(local_day(accepted_at), extension_workdays, further_until)
    if agreed_on is not None:
        since = local_day(accepted_at or received_at)
        rule = rulebook.period("agreed", since)
        found.append(desk.clock("agreed", rule, agreed_on, since, f"与客户约定在{_say(agreed_on)}前解决"))
    if followed_since is not None:
        found.append(desk.after("long_tail", followed_since, "开始持续跟进"))
    if transferred_at is not None:
        found.append(desk.after("csrc12386", local_day(transferred_at), "转办"))
    if closed_at is not None:
        found.append(desk.after("revisit", local_day(closed_at), "办结"))
    return tuple(sorted(found, key=lambda clock: clock.due_at))


def binding(clocks: tuple[Clock, ...]) -> Clock | None:
    """The clock that decides whether the complaint is late.

    Among the periods of 第二十二条 the latest granted one holds; a day agreed with the customer (第三条（三）) or
    another clock that governs holds beside it, and the earlier one counts.
    """
    granted = [clock for clock in clocks if clock.name in ("resolve", "extension_max", "further_extension")]
    beside = [clock for clock in clocks if clock.governs and clock not in granted]
    candidates = beside + sorted(granted, key=lambda clock: clock.due_at)[-1:]
    return min(candidates, key=lambda clock: clock.due_at, default=None)


def may_request_extension(*, on: date, accepted_at: datetime, calendar: Calendar, rulebook: Rulebook) -> Verdict:
    """第二十二条：应当在办理期限到期三个工作日前提交书面报告。"""
    found = _Desk(calendar, rulebook).resolving(local_day(accepted_at), None, None)
    last = next(clock for clock in found if clock.name == "extension_request_lead")
    if on > last.due_on:
        return Verdict(False, f"延期报告最迟应在{_say(last.due_on)}提交，现已逾期", last.clause)
    return Verdict(True, f"可以在{_say(last.due_on)}前提交延期报告", last.clause)


def may_extend(*, workdays: int, accepted_at: datetime, rulebook: Rulebook) -> Verdict:
    """第二十二条：经批准进行延长，延长期限不得超过十个工作日。"""
    rule = rulebook.period("extension_max", local_day(accepted_at))
    if not 0 < workdays <= rule.value:
        return Verdict(False, f"首次延期应为1至{rule.value}个工作日", rule.clause)
    return Verdict(True, f"可以延期{workdays}个工作日", rule.clause)


def is_on_the_spot(*, received_at: datetime, told_at: datetime, calendar: Calendar, rulebook: Rulebook) -> Verdict:
    """第二十二条：可以现场处理的，应当立即处理，当场答复。"""
    clock = _Desk(calendar, rulebook).on_the_spot(received_at)
    if received_at <= told_at <= clock.due_at:
        return Verdict(True, f"{_say(clock.due_on)}接到投诉时当场答复", clock.clause)
    return Verdict(False, f"当场答复应在接到投诉的{_say(clock.due_on)}当天作出", clock.clause)


def may_agree(*, on: date, agreed_on: date, bound: Clock | None, rulebook: Rulebook) -> Verdict:
    """第三条（三）：与客户协商约定投诉解决的具体时间、期限。约定不能延长第二十二条的办理期限。"""
    clause = rulebook.period("agreed", on).clause
    if agreed_on < on:
        return Verdict(False, f"约定的日子不能早于{_say(on)}", clause)
    if bound is not None and agreed_on > bound.due_on:
        return Verdict(False, f"约定的日子不能晚于办理期限{_say(bound.due_on)}，需要更长时间请申请延期", bound.clause)
    return Verdict(True, f"可以约定在{_say(agreed_on)}前解决", clause)


def may_be_deemed_closed(
    *,
    on: date,
    followed_since: date,
    repeated: bool,
    escalated: bool,
    fault_found: bool,
    calendar: Calendar,
    rulebook: Rulebook,
    only_dissatisfied: bool = True,
) -> Verdict:
    """第二十二条：仅因回访不满意而未办结，没有反复投诉或升级，也没有发现过错，持续跟进6个月后可视为办结。

    ``only_dissatisfied``: the dissatisfied revisit is the one reason why it is not done.
    """
    rule = rulebook.period("long_tail", followed_since)
    ready = _count(rule, followed_since, calendar)
    hindrances = {
        "未办结另有原因": not only_dissatisfied,
        "有反复投诉": repeated,
        "投诉已进一步升级": escalated,
        "发现有过错": fault_found,
    }
    hindered = [what for what, is_so in hindrances.items() if is_so]
    if hindered:
        return Verdict(False, f"{'、'.join(hindered)}，不能视为办结", rule.clause)
    if on < ready:
        return Verdict(False, f"须持续跟进到{_say(ready)}", rule.clause)
    return Verdict(True, f"已持续跟进{rule.value}{UNITS[rule.unit]}，可以视为办结", rule.clause)


def followed_since(*, dissatisfied_on: date, complained_again_on: Iterable[date]) -> date:
    """第二十二条：没有反复投诉才算持续跟进。

    The six months begin with the dissatisfied revisit, and anew with each further complaint about the matter.
    """
    return max([dissatisfied_on, *complained_again_on])


@dataclass(frozen=True, slots=True)
class _Desk:
    """Calendar and rulebook side by side."""

    calendar: Calendar
    rulebook: Rulebook

    def clock(self, name: str, rule: Dated, due: date, since: date, why: str, *settings: str) -> Clock:
        rule_of = self.rulebook.deadlines[name]
        return Clock(
            name,
            rule_of.label,
            due,
            end_of(due),
            rule.clause,
            why,
            rule_of.governs,
            self._provisional(since, due),
            rule.confirmed and all(self.rulebook.settings[setting].confirmed for setting in settings),
        )

    def after(self, name: str, since: date, event: str, *settings: str) -> Clock:
        """So many days after a day that is not counted itself."""
        rule = self.rulebook.period(name, since)
        due = _count(rule, since, self.calendar)
        why = f"{_say(since)}{event}，当日不计，第{rule.value}{UNITS[rule.unit]}为{_say(due)}"
        if rule.unit != "workday":
            why = f"{_say(since)}{event}，满{rule.value}{UNITS[rule.unit]}为{_say(due)}"
        return self.clock(name, rule, due, since, why, *settings)

    def on_the_spot(self, received_at: datetime) -> Clock:
        """第二十二条：在接到投诉时，可以现场处理的，应当立即处理，当场答复。"""
        day = local_day(received_at)
        rule = self.rulebook.period("on_the_spot", day)
        return self.clock(
            "on_the_spot",
            rule,
            _count(rule, day, self.calendar),
            day,
            f"{_say(day)}接到，可以现场处理的，立即处理，当场答复",
        )

    def inquiry(self, received_at: datetime) -> Clock:
        """第十五条：原则上当天予以答复。下班后或休息日收到的，按设置从当天或下一个工作日算。"""
        day = local_day(received_at)
        since = self.calendar.workday_from(day)
        closing = self.rulebook.office_hours.periods[-1][1]
        late = since == day and local(received_at).time() > closing
        next_day = self.rulebook.settings["after_hours"].value == "next_workday"
        if not next_day:
            since = day
        elif late:
            since = self.calendar.add_workdays(day, 1)
        rule = self.rulebook.period("inquiry_reply", day)
        why = f"{_say(day)}收到，原则上当天答复"
        if since != day:
            why = f"{_say(day)}下班后或休息日收到，从{_say(since)}起算，原则上当天答复"
        return self.clock(
            "inquiry_reply",
            rule,
            self.calendar.add_workdays(since, rule.value),
            day,
            why,
            *(("after_hours",) if since != day or late else ()),
        )

    def resolving(self, accepted: date, extension: int | None, further_until: date | None) -> Iterator[Clock]:
        """第二十二条：自受理之日起二十个工作日；到期三个工作日前报告；延长不超过十个工作日；再延长须投诉人同意。"""
        rule = self.rulebook.period("resolve", accepted)
        counted = self.rulebook.settings["day_of_acceptance"].value == "counted" and self.calendar.is_workday(accepted)
        due = self.calendar.add_workdays(accepted, rule.value - counted)
        said = "当日计入" if counted else "当日不计"
        yield self.clock(
            "resolve",
            rule,
            due,
            accepted,
            f"{_say(accepted)}受理，{said}，第{rule.value}个工作日为{_say(due)}",
            "day_of_acceptance",
        )
        lead = self.rulebook.period("extension_request_lead", accepted)
        included = self.rulebook.settings["request_lead"].value == "due_day_included"
        last = self.calendar.add_workdays(due, included - lead.value)
        yield self.clock(
            "extension_request_lead",
            lead,
            last,
            accepted,
            f"办理期限{_say(due)}到期，最迟在{lead.value}个工作日前即{_say(last)}提交书面报告",
            "request_lead",
            "day_of_acceptance",
        )
        if extension is None:
            if further_until is not None:
                raise ValueError("a further extension follows a first one")
            return
        limit = self.rulebook.period("extension_max", accepted)
        if not 0 < extension <= limit.value:
            raise ValueError(f"an extension is 1 to {limit.value} working days")
        extended = self.calendar.add_workdays(due, extension)
        yield self.clock(
            "extension_max",
            limit,
            extended,
            accepted,
            f"经批准从{_say(due)}延长{extension}个工作日至{_say(extended)}",
            "day_of_acceptance",
        )
        if further_until is None:
            return
        if further_until <= extended:
            raise ValueError("a further extension ends after the first one")
        further = self.rulebook.period("further_extension", accepted)
        yield self.clock(
            "further_extension", further, further_until, accepted, f"经投诉人同意再延长至{_say(further_until)}"
        )

    def _provisional(self, since: date, due: date) -> bool:
        """Whether any year that was counted through is provisional."""
        first, last = min(since, due), max(since, due)
        return any(self.calendar.is_provisional(date(year, 1, 1)) for year in range(first.year, last.year + 1))


def _count(rule: Dated, since: date, calendar: Calendar) -> date:
    """``since`` plus the period; a month that lacks the day ends on its last one (8月31日 + 6个月 = 2月末)."""
    if rule.unit == "workday":
        return calendar.add_workdays(since, rule.value)
    if rule.unit == "day":
        return date.fromordinal(since.toordinal() + rule.value)
    month = since.month - 1 + rule.value
    year, month = since.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(since.day, last))


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
