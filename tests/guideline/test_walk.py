"""Ten thousand steps through the stage table in any order: no illegal stage is reached and no clock runs backwards."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.guideline import deadlines, stages
from backend.guideline.calendar import load_calendar, local_day
from backend.guideline.deadlines import Clock
from backend.guideline.rulebook import load
from backend.guideline.values import Transition

BOOK, CALENDAR = load(), load_calendar()
WALKS, STEPS = 200, 50


class Complaint(RuleBasedStateMachine):
    """One complaint through time: steps of the table, extensions where the rules grant them, days that pass."""

    @initialize(at=st.datetimes(datetime(2016, 3, 1), datetime(2026, 6, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    def registered(self, at: datetime) -> None:
        self.now = self.received = at
        self.accepted: datetime | None = None
        self.closed: datetime | None = None
        self.extension: int | None = None
        self.further: date | None = None
        self.stage = stages.first(BOOK)
        self.taken: Transition | None = None
        self.before: dict[str, date] = {}

    @rule(hours=st.integers(1, 24 * 6))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(pick=st.integers(0, 100))
    def step(self, pick: int) -> None:
        ways = stages.steps(self.stage, BOOK)
        if not ways:
            return
        self.taken = ways[pick % len(ways)]
        self.stage = self.taken.target
        if self.taken.act == "accept":
            self.accepted = self.accepted or self.now
        self.closed = self.now if self.stage == "closed" else None

    @precondition(lambda self: self.accepted is not None and self.extension is None)
    @rule(workdays=st.integers(-2, 14))
    def ask_for_more_time(self, workdays: int) -> None:
        assert self.accepted is not None
        in_time = deadlines.may_request_extension(
            on=local_day(self.now), accepted_at=self.accepted, calendar=CALENDAR, rulebook=BOOK
        )
        if in_time and deadlines.may_extend(workdays=workdays, accepted_at=self.accepted, rulebook=BOOK):
            self.extension = workdays

    @precondition(lambda self: self.extension is not None)
    @rule(days=st.integers(1, 60))
    def customer_consents(self, days: int) -> None:
        so_far = max(self.before.get("further_extension", date.min), self.before["extension_max"])
        self.further = so_far + timedelta(days)

    @invariant()
    def stage_is_of_the_table(self) -> None:
        assert self.stage in BOOK.stages
        assert self.taken is None or self.taken in BOOK.transitions
        if self.stage not in ("registered", "declined", "withdrawn", "merged"):
            assert self.accepted is not None

    @invariant()
    def no_clock_runs_backwards(self) -> None:
        found = self.clocks()
        now = {clock.name: clock.due_on for clock in found}
        for name in ("resolve", "extension_request_lead", "extension_max"):
            assert name not in self.before or now[name] == self.before[name]
        for name in ("further_extension", "bound"):
            assert name not in self.before or now.get(name, date.max) >= self.before[name]
        bound = deadlines.binding(found)
        assert (bound is None) is (self.accepted is None)
        self.before = now | ({"bound": bound.due_on} if bound else {})

    def clocks(self) -> tuple[Clock, ...]:
        return deadlines.clocks(
            kind="complaint", received_at=self.received, accepted_at=self.accepted, closed_at=self.closed,
            extension_workdays=self.extension, further_until=self.further, calendar=CALENDAR, rulebook=BOOK,
        )  # fmt: skip


TestComplaint = Complaint.TestCase
TestComplaint.settings = settings(
    max_examples=WALKS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
)
