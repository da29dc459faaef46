"""What holds for every event, person and sentence, not only for the tables."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.guideline import deadlines, duties, routing, triggers, wording
from backend.guideline.calendar import load_calendar, local_day
from backend.guideline.normal import normalise
from backend.guideline.rulebook import load
from tests.guideline.tables import moment, table

BOOK = load()
CALENDAR = load_calendar()
MOMENTS = st.datetimes(datetime(2016, 3, 1), datetime(2027, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
FORBIDDEN = [sentence for said in table("wording")["不能说"].values() for sentence in said]
BETWEEN = " \u3000\u200b\u200d*-—_·~'\"“”（)"


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=5)), st.integers(1, 10))
def test_clocks_of_art_22_stand_in_order_and_on_workdays(received: datetime, wait: timedelta, extension: int) -> None:
    found = {
        clock.name: clock
        for clock in deadlines.clocks(
            kind="complaint",
            received_at=received,
            accepted_at=received + wait,
            extension_workdays=extension,
            calendar=CALENDAR,
            rulebook=BOOK,
        )
    }
    accepted = local_day(received + wait)
    assert accepted < found["extension_request_lead"].due_on < found["resolve"].due_on < found["extension_max"].due_on
    assert CALENDAR.workdays_between(accepted, found["resolve"].due_on) == 20
    assert CALENDAR.workdays_between(found["extension_request_lead"].due_on, found["resolve"].due_on) == 3
    assert CALENDAR.workdays_between(found["resolve"].due_on, found["extension_max"].due_on) == extension
    assert all(CALENDAR.is_workday(clock.due_on) and clock.clause == "第二十二条" for clock in found.values())


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_later_acceptance_never_means_an_earlier_date(accepted: datetime, later: timedelta) -> None:
    def due(at: datetime) -> date:
        found = deadlines.clocks(
            kind="complaint", received_at=accepted, accepted_at=at, calendar=CALENDAR, rulebook=BOOK
        )
        return next(clock.due_on for clock in found if clock.name == "resolve")

    assert due(accepted) <= due(accepted + later)


@given(MOMENTS)
def test_inquiry_is_answered_on_a_workday_not_before_it_came(received: datetime) -> None:
    (clock,) = deadlines.clocks(kind="inquiry", received_at=received, calendar=CALENDAR, rulebook=BOOK)
    assert CALENDAR.is_workday(clock.due_on)
    assert 0 <= CALENDAR.workdays_between(local_day(received), clock.due_on) <= 1


@given(MOMENTS)
def test_next_opening_is_open_and_nothing_before_it(at: datetime) -> None:
    opening = routing.next_opening(at, CALENDAR, BOOK)
    assert opening >= at and routing.office_open(opening, CALENDAR, BOOK)
    if opening > at:
        assert not routing.office_open(at, CALENDAR, BOOK)
        assert not routing.office_open(opening - timedelta(seconds=1), CALENDAR, BOOK)


def test_extension_report_is_late_on_the_second_workday_before_the_end() -> None:
    accepted = moment("2026-09-28 10:00")
    assert accepted is not None
    asked = {
        day: deadlines.may_request_extension(on=day, accepted_at=accepted, calendar=CALENDAR, rulebook=BOOK)
        for day in (date(2026, 10, 27), date(2026, 10, 28))
    }
    assert [verdict.allowed for verdict in asked.values()] == [True, False]
    assert all(verdict.clause == "第二十二条" and "2026年10月27日" in verdict.reason for verdict in asked.values())


@pytest.mark.parametrize(("workdays", "allowed"), [(1, True), (10, True), (11, False), (0, False), (-3, False)])
def test_first_extension_is_at_most_ten_workdays(workdays: int, allowed: bool) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    assert deadlines.may_extend(workdays=workdays, accepted_at=at, rulebook=BOOK).allowed is allowed
    if not allowed:
        with pytest.raises(ValueError, match="working days"):
            deadlines.clocks(
                kind="complaint",
                received_at=at,
                accepted_at=at,
                extension_workdays=workdays,
                calendar=CALENDAR,
                rulebook=BOOK,
            )


@pytest.mark.parametrize("hindrance", [None, "repeated", "escalated", "fault_found"])
def test_six_months_count_only_under_all_three_conditions(hindrance: str | None) -> None:
    def verdict(on: date) -> bool:
        return deadlines.may_be_deemed_closed(
            on=on,
            followed_since=date(2026, 5, 15),
            repeated=hindrance == "repeated",
            escalated=hindrance == "escalated",
            fault_found=hindrance == "fault_found",
            calendar=CALENDAR,
            rulebook=BOOK,
        ).allowed

    assert not verdict(date(2026, 11, 14))
    assert verdict(date(2026, 11, 15)) is (hindrance is None)


def test_what_cannot_have_happened_is_refused() -> None:
    at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    with pytest.raises(ValueError, match="before it is received"):
        deadlines.clocks(
            kind="complaint", received_at=at, accepted_at=at - timedelta(hours=1), calendar=CALENDAR, rulebook=BOOK
        )
    with pytest.raises(ValueError, match="follows a first one"):
        deadlines.clocks(
            kind="complaint",
            received_at=at,
            accepted_at=at,
            further_until=date(2026, 12, 31),
            calendar=CALENDAR,
            rulebook=BOOK,
        )
    with pytest.raises(KeyError):
        deadlines.clocks(kind="praise", received_at=at, calendar=CALENDAR, rulebook=BOOK)
    with pytest.raises(KeyError):
        triggers.judge({"bad_weather": 1.0}, BOOK)
    with pytest.raises(KeyError):
        routing.route(category=None, triggers=["bad_weather"], branch=None, rulebook=BOOK)
    with pytest.raises(KeyError):
        wording.check("您好", BOOK, speaker="customer")


def test_every_combination_of_role_act_involvement_and_unit_keeps_the_separations() -> None:
    """1.4: marketing and involved never work on it, handlers never revisit, requesters never approve."""
    places = [("tianhe", "tianhe"), ("tianhe", "yuexiu"), ("service_centre", "tianhe"), (None, None)]
    pairs = [frozenset(pair) for pair in itertools.combinations_with_replacement(BOOK.roles, 2)]
    involvements = [frozenset[str](), *(frozenset({name}) for name in BOOK.involvement)]
    for act, roles, involvement, (unit, owner) in itertools.product(BOOK.acts, pairs, involvements, places):
        verdict = duties.may(act, roles=roles, unit=unit, complaint_unit=owner, involvement=involvement, rulebook=BOOK)
        assert verdict.reason and verdict.clause
        if not verdict.allowed:
            continue
        rule = BOOK.acts[act]
        assert rule.roles & roles
        assert not (rule.facts and roles & {"marketer", "supervisor"})
        assert not (rule.facts and "involved" in involvement)
        assert not (act in ("revisit", "reopen") and involvement & {"handler", "involved"})
        assert not (act == "approve_extension" and "requester" in involvement)
        if unit == "tianhe" and owner == "yuexiu" and not rule.roles & roles & BOOK.unbound:
            assert rule.scope == "all_units"


def test_queue_filter_agrees_with_reading_one() -> None:
    for role, unit in itertools.product(BOOK.roles, BOOK.units):
        everywhere = duties.sees_all(roles=frozenset({role}), unit=unit, rulebook=BOOK)
        other = "tianhe" if unit != "tianhe" else "yuexiu"
        one = duties.may(
            "read", roles=frozenset({role}), unit=unit, complaint_unit=other, involvement=frozenset(), rulebook=BOOK
        )
        assert everywhere is one.allowed


@given(st.sampled_from(FORBIDDEN), st.text(BETWEEN, min_size=1, max_size=2))
def test_nothing_put_between_the_characters_hides_a_phrase(sentence: str, between: str) -> None:
    hidden = between.join(sentence)
    hits = wording.check(hidden, BOOK)
    assert hits and all(hidden[hit.start : hit.end] == hit.phrase for hit in hits)


@given(st.sampled_from(FORBIDDEN))
def test_what_the_customer_said_may_be_quoted(sentence: str) -> None:
    text = f"您的原话是{sentence}"
    start = len(text) - len(sentence)
    assert wording.check(text, BOOK, quoted=[(start, len(text))]) == ()


def test_read_back_of_the_customers_words_goes_out_but_ones_own_do_not() -> None:
    demand, narrative = "赔偿您们害我亏的损失，会全额赔偿我", "柜员说不可能，责任不在我公司"
    text = f"我记下的是：{narrative}。您的诉求：{demand}。请确认。"
    assert wording.check(text, BOOK)
    assert wording.check(text, BOOK, quoted=wording.quotations(text, [demand, narrative])) == ()
    own = f"{text}不可能。"
    assert len(wording.check(own, BOOK, quoted=wording.quotations(own, [demand, narrative, "不可能"]))) == 1


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_stumble(text: str) -> None:
    normal = normalise(text, BOOK.wording.traditional)
    assert len(normal.text) == len(normal.origin) == len(normal.gaps)
    assert list(normal.origin) == sorted(normal.origin)
    wording.check(text, BOOK)
    routing.wants_human(text, BOOK)
    routing.in_danger(text, BOOK)
