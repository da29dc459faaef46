"""More time: asked for in good time, granted by another person, at most ten days; further only with consent."""

from datetime import date, datetime, timedelta

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.ledger import service
from backend.ledger.life.views import approvals
from tests.factories import find
from tests.ledger.life.way import LATER, assigned, do, look
from tests.people import NOW, House, hire

ASK = {"workdays": 10, "reason": "登记结算公司尚未回复", "plan": "收到回复后三日内答复"}
REPORTS = ["retail_hq", "compliance", "audit_hq"]
FURTHER = {"until": date(2027, 2, 26), "reason": "仍待回复", "consent": "可以，我等你们查清楚", "reports": REPORTS}


@pytest.fixture
def number(database: Database, house: House) -> str:
    """Accepted on 2026-11-23: due on 2026-12-21, the last day to ask is 2026-12-16."""
    return assigned(database, house)


def granted(database: Database, house: House, number: str, hejun: Viewer) -> None:
    do(database, service.request_extension, number, house.liqiang, **ASK)
    do(database, service.decide_extension, number, hejun, approved=True, reason="情况属实")


def test_an_approved_extension_moves_the_deadline_by_its_days(
    database: Database, house: House, hejun: Viewer, number: str
) -> None:
    before = look(database, number, house.liqiang).row.due_at
    do(database, service.request_extension, number, house.liqiang, **ASK)
    assert look(database, number, house.liqiang).row.due_at == before
    with database.read() as session:
        assert [
            (one.number, one.workdays, one.requested_by) for one in approvals(session, viewer=hejun, now=LATER)
        ] == [(number, 10, "李强")]
        assert approvals(session, viewer=house.liqiang, now=LATER) == ()
    do(database, service.decide_extension, number, hejun, approved=True, reason="情况属实")
    shown = look(database, number, house.liqiang)
    assert before is not None and shown.row.due_at is not None and shown.row.due_at > before
    one = shown.life.extensions[0]
    assert (one.decision, one.decided_by, one.plan) == ("approved", "何军", ASK["plan"])


@pytest.mark.parametrize(("day", "asked"), [(16, True), (17, False)])
def test_it_is_asked_for_three_working_days_before_the_end(
    database: Database, house: House, number: str, day: int, asked: bool
) -> None:
    now = datetime(2026, 12, day, 3, 0, tzinfo=NOW.tzinfo)
    if asked:
        do(database, service.request_extension, number, house.liqiang, now, **ASK)
    else:
        with pytest.raises(Unprocessable, match="逾期"):
            do(database, service.request_extension, number, house.liqiang, now, **ASK)
    assert len(look(database, number, house.liqiang, now).life.extensions) == asked


@pytest.mark.parametrize("workdays", [0, 11])
def test_the_first_extension_is_one_to_ten_days(database: Database, house: House, number: str, workdays: int) -> None:
    with pytest.raises(Unprocessable, match="10个工作日"):
        do(database, service.request_extension, number, house.liqiang, **{**ASK, "workdays": workdays})


def test_nobody_approves_their_own_request_nor_the_handlers_colleague_without_the_role(
    database: Database, house: House, hejun: Viewer, chenjing: Viewer, number: str
) -> None:
    do(database, service.request_extension, number, house.liqiang, **ASK)
    both = hire(database, "wuyi", "吴毅", "retail_hq", ["approver", "officer"])
    for who in (house.liqiang, chenjing, house.sunli):
        with pytest.raises(Forbidden):
            do(database, service.decide_extension, number, who, approved=True, reason="同意")
    do(database, service.decide_extension, number, both, approved=False, reason="请抓紧办理")
    assert find(database, number).extension_workdays is None
    assert look(database, number, house.liqiang).life.extensions[0].decision == "refused"


def test_one_request_waits_at_a_time_and_one_extension_is_the_first(
    database: Database, house: House, hejun: Viewer, number: str
) -> None:
    do(database, service.request_extension, number, house.liqiang, **ASK)
    with pytest.raises(Conflict, match="extension_asked"):
        do(database, service.request_extension, number, house.liqiang, **ASK)
    do(database, service.decide_extension, number, hejun, approved=True, reason="情况属实")
    with pytest.raises(Conflict, match="nothing_asked"):
        do(database, service.decide_extension, number, hejun, approved=True, reason="再批一次")
    with pytest.raises(Conflict, match="extended_already"):
        do(database, service.request_extension, number, house.liqiang, **ASK)


def test_a_further_one_needs_consent_and_three_reports(
    database: Database, house: House, hejun: Viewer, number: str
) -> None:
    with pytest.raises(Conflict, match="not_extended_yet"):
        do(database, service.extend_further, number, house.liqiang, **FURTHER)
    granted(database, house, number, hejun)
    with pytest.raises(Unprocessable, match="同意的原话"):
        do(database, service.extend_further, number, house.liqiang, **{**FURTHER, "consent": ""})
    with pytest.raises(Unprocessable, match="审计总部"):
        do(database, service.extend_further, number, house.liqiang, **{**FURTHER, "reports": REPORTS[:2]})
    with pytest.raises(Unprocessable, match="晚于"):
        do(database, service.extend_further, number, house.liqiang, **{**FURTHER, "until": date(2026, 12, 22)})
    do(database, service.extend_further, number, house.liqiang, **FURTHER)
    shown = look(database, number, house.liqiang)
    assert shown.life.extensions[-1].reports == ("零售客户总部", "合规与法律事务部", "审计总部")
    assert shown.row.due_at == next(clock for clock in shown.clocks if clock.name == "further_extension").due_at


def test_what_was_never_accepted_has_no_deadline_to_extend(database: Database, house: House, number: str) -> None:
    with pytest.raises(Forbidden):
        do(database, service.request_extension, number, house.sunli, LATER + timedelta(days=1), **ASK)
