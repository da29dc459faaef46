"""Every table of ``cases/``: clocks, duties, stages, routes, categories, triggers, office hours, wording, requests."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.guideline import categories, deadlines, duties, routing, stages, triggers, watch, wording
from backend.guideline.calendar import load_calendar, local_day, moment_in_words
from backend.guideline.rulebook import load
from backend.guideline.values import Verdict
from tests.guideline.tables import each, each_sentence, moment, table

BOOK = load()
CALENDAR = load_calendar()
SPEECH = table("wording")
REQUESTS = table("requests")
ALARMS = table("alarms")


def _may_agree(case: dict[str, Any]) -> Verdict:
    accepted = moment(case.get("受理"))
    bound = None
    if accepted is not None:
        running = deadlines.clocks(
            kind="complaint", received_at=accepted, accepted_at=accepted, calendar=CALENDAR, rulebook=BOOK
        )
        bound = deadlines.binding(running)
    return deadlines.may_agree(on=case["今天"], agreed_on=case["约定"], bound=bound, rulebook=BOOK)


def _may_be_deemed_closed(case: dict[str, Any]) -> Verdict:
    since = deadlines.followed_since(dissatisfied_on=case["不满意"], complained_again_on=case.get("又投诉", []))
    met = {name: case.get("阻碍") == name for name in ("repeated", "escalated", "fault_found")}
    return deadlines.may_be_deemed_closed(
        on=case["今天"],
        followed_since=since,
        only_dissatisfied=case.get("阻碍") != "other_cause",
        **met,
        calendar=CALENDAR,
        rulebook=BOOK,
    )


ASKED: dict[str, Callable[[dict[str, Any]], Verdict]] = {
    "当场答复": lambda case: deadlines.is_on_the_spot(
        received_at=moment(case["收到"]),  # type: ignore[arg-type]
        told_at=moment(case["告知"]),  # type: ignore[arg-type]
        calendar=CALENDAR,
        rulebook=BOOK,
    ),
    "约定期限": _may_agree,
    "申请延期": lambda case: deadlines.may_request_extension(
        on=case["今天"],
        accepted_at=moment(case["受理"]),
        calendar=CALENDAR,
        rulebook=BOOK,  # type: ignore[arg-type]
    ),
    "首次延期": lambda case: deadlines.may_extend(
        workdays=case["工作日"],
        accepted_at=moment(case["受理"]),
        rulebook=BOOK,  # type: ignore[arg-type]
    ),
    "视为办结": _may_be_deemed_closed,
}


@each("clocks")
def test_clock_is_due_on_the_day_the_table_says(case: dict[str, Any]) -> None:
    found = deadlines.clocks(
        kind=case.get("种类", "complaint"),
        received_at=moment(case["收到"]),  # type: ignore[arg-type]  # every case says when it was received
        accepted_at=moment(case.get("受理")),
        agreed_on=case.get("约定"),
        extension_workdays=case.get("延期"),
        further_until=case.get("再延期至"),
        followed_since=case.get("跟进自"),
        transferred_at=moment(case.get("转办")),
        closed_at=moment(case.get("办结")),
        on_the_spot=case.get("当场", False),
        calendar=CALENDAR,
        rulebook=BOOK,
    )
    by_name = {clock.name: clock for clock in found}
    assert {name: by_name[name].due_on for name in case["期限"]} == case["期限"]
    assert case["条款"] in {clock.clause for clock in found}
    assert all(local_day(clock.due_at) == clock.due_on and clock.why for clock in found)
    if case.get("受理") is None:
        assert "resolve" not in by_name
    if "暂定" in case:
        assert by_name["resolve"].provisional is case["暂定"]
    if "起决定作用" in case:
        assert deadlines.binding(found) == by_name[case["起决定作用"]]


@each("verdicts")
def test_what_the_clocks_allow_is_as_the_table_says(case: dict[str, Any]) -> None:
    verdict = ASKED[case["问"]](case)
    assert (verdict.allowed, verdict.clause) == (case["可以"], case["条款"])
    assert verdict.reason


@pytest.mark.parametrize("case", [pytest.param(case, id=case["名称"]) for case in ALARMS["提醒"]])
def test_alarm_is_given_from_the_day_the_table_says(case: dict[str, Any]) -> None:
    alarm = BOOK.watch.alarms[case["事"]]
    assert watch.fires_on(alarm, case["到期"], calendar=CALENDAR, rulebook=BOOK) == case["起"]
    assert alarm.clause == case["条款"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["名称"]) for case in ALARMS["呼叫"]])
def test_those_are_called_whom_the_table_names(case: dict[str, Any]) -> None:
    assert watch.called(BOOK.watch.paging, case["次"], case["有"]) == set(case["叫"])


@each("duties")
def test_duty_is_allowed_or_refused_with_its_clause(case: dict[str, Any]) -> None:
    verdict = duties.may(
        case["做"],
        roles=frozenset(case["角色"]),
        unit=case.get("单位"),
        complaint_unit=case.get("投诉单位"),
        involvement=frozenset(case.get("关系", [])),
        rulebook=BOOK,
        unit_kind=case.get("单位类别"),
    )
    assert (verdict.allowed, verdict.clause) == (case["可以"], case["条款"])
    assert verdict.reason


@each("stages", lambda case: f"{case['从']}-{case['做']}")
def test_step_leads_where_the_table_says(case: dict[str, Any]) -> None:
    step = stages.transition(case["从"], case["做"], BOOK)
    if case["到"] is None:
        assert step is None
    else:
        assert step is not None
        assert (step.target, step.clause) == (case["到"], case["条款"])
        assert step in stages.steps(case["从"], BOOK)


@each("routes")
def test_route_names_the_unit_whom_it_tells_and_the_clause(case: dict[str, Any]) -> None:
    way = routing.route(category=case["类别"], triggers=case.get("触发", []), branch=case["营业部"], rulebook=BOOK)
    assert way.unit == case["经办"]
    assert {tell.unit for tell in way.tells} == set(case["告知"])
    assert way.clause == case["条款"]
    assert way.why and all(tell.why and tell.clause for tell in way.tells)


@each("categories")
def test_ranking_becomes_a_category_or_a_question(case: dict[str, Any]) -> None:
    verdict = categories.judge(list(case["排序"].items()), BOOK)
    assert (verdict.main, verdict.certain, list(verdict.secondary)) == (case["主类"], case["有把握"], case["次类"])
    assert verdict.clause and verdict.why


@each("triggers")
def test_scores_become_triggers_with_their_clause(case: dict[str, Any]) -> None:
    assert {verdict.id: verdict.clause for verdict in triggers.judge(case["概率"], BOOK)} == case["触发"]


@each("office")
def test_office_is_open_and_opens_when_the_table_says(case: dict[str, Any]) -> None:
    at = moment(case["时刻"])
    assert at is not None
    opening = routing.next_opening(at, CALENDAR, BOOK)
    assert routing.office_open(at, CALENDAR, BOOK) is case["有人"]
    assert opening == moment(case["下次"])
    assert moment_in_words(opening, now=at) == case["说"]


@pytest.mark.parametrize(
    ("clause", "sentence"), [(clause, sentence) for clause, said in SPEECH["不能说"].items() for sentence in said]
)
def test_sentence_that_must_not_be_said_is_found_with_its_clause(clause: str, sentence: str) -> None:
    hits = wording.check(sentence, BOOK)
    assert clause in {hit.clause for hit in hits}
    for hit in hits:
        assert sentence[hit.start : hit.end] == hit.phrase
        assert wording.check(hit.rewrite, BOOK, speaker="bot") == ()


@each_sentence(SPEECH["可以说"])
def test_sentence_that_may_be_said_passes(sentence: str) -> None:
    assert wording.check(sentence, BOOK) == ()
    assert wording.check(sentence, BOOK, speaker="bot") == ()


@each_sentence(SPEECH["机器人不能说"])
def test_bot_admits_no_fault_but_a_person_may(sentence: str) -> None:
    assert [hit.list for hit in wording.check(sentence, BOOK, speaker="bot")] == ["admission"]
    assert wording.check(sentence, BOOK, speaker="agent") == ()


@each_sentence(SPEECH["机器人可以说"])
def test_bot_may_be_sorry(sentence: str) -> None:
    assert wording.check(sentence, BOOK, speaker="bot") == ()


@each_sentence(REQUESTS["要人工"])
def test_customer_who_asks_for_a_person_is_heard(sentence: str) -> None:
    assert routing.wants_human(sentence, BOOK)


@each_sentence(REQUESTS["不是要人工"])
def test_customer_who_speaks_of_something_else_is_not_transferred(sentence: str) -> None:
    assert not routing.wants_human(sentence, BOOK)


@each_sentence(REQUESTS["有危险"])
def test_danger_is_heard(sentence: str) -> None:
    assert routing.in_danger(sentence, BOOK)


@each_sentence(REQUESTS["没有危险"])
def test_figure_of_speech_is_no_danger(sentence: str) -> None:
    assert not routing.in_danger(sentence, BOOK)
