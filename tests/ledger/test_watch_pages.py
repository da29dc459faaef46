"""第三条（三）：必须马上报告。 The roster is called, called again, and somebody confirms; reports outside are recorded."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.audit.tags import Tag
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotFound, Unprocessable
from backend.ledger.watch import authorities, pages, store
from tests.factories import enter, find
from tests.people import NOW, House, hire

QUARTER = timedelta(minutes=15)


def sweep(database: Database, at: datetime) -> int:
    """What the worker does; how many calls it made."""
    with database.read() as session:
        fresh = pages.first_due(session, now=at, limit=100)
        silent = pages.again_due(session, now=at, limit=100)
    made = 0
    for number, trigger in fresh:
        with database.write() as session:
            made += pages.call(session, number, trigger, by=SYSTEM, now=at)
    for number, trigger, unit, attempts in silent:
        with database.write() as session:
            made += pages.call_again(session, number, trigger, unit, attempts, by=SYSTEM, now=at)
    return made


def calls(database: Database, number: str) -> list[tuple[object, ...]]:
    """(unit, attempt, told) of each page in the trail."""
    with database.read() as session:
        entries = audit.of_subject(session, f"complaint:{number}")
    return [
        (entry.data["unit"], entry.data["attempt"], entry.data["told"])
        for entry in entries
        if entry.tag == Tag.TRIGGER_PAGED
    ]


def test_units_the_rulebook_names_are_called_at_once_and_only_once(database: Database, house: House) -> None:
    engineer = hire(database, "malin", "马林", "it_centre", ["officer"])
    approver = hire(database, "chenzong", "陈总", "retail_hq", ["approver"])
    second = hire(database, "hezong", "何总", "institutional_hq", ["approver"])
    number = enter(database).number
    assert sweep(database, NOW) == 1
    assert calls(database, number) == [
        ("service_centre", 1, [house.liqiang.person_id]),
        ("it_centre", 1, [engineer.person_id]),
        ("retail_hq", 1, [approver.person_id]),
        ("institutional_hq", 1, [second.person_id]),
    ]
    assert sweep(database, NOW + QUARTER / 2) == 0


def test_where_nobody_can_be_called_those_behind_are(database: Database, house: House) -> None:
    """it_centre and the headquarters have nobody: compliance is called at once."""
    number = enter(database).number
    sweep(database, NOW)
    assert ("compliance", 1, [house.sunli.person_id]) in calls(database, number)


def test_silence_is_answered_with_a_wider_call_and_confirmation_ends_it(database: Database, house: House) -> None:
    officer = hire(database, "wuhui", "吴慧", "service_centre", ["officer"])
    number = enter(database, triggers=("compensation_or_litigation",)).number
    sweep(database, NOW)
    assert calls(database, number) == [
        ("service_centre", 1, [officer.person_id]), ("compliance", 1, [house.sunli.person_id]),
    ]  # fmt: skip
    with database.write() as session:
        assert pages.acknowledge(session, number, by=house.sunli.actor, now=NOW) == ("compensation_or_litigation",)
    assert sweep(database, NOW + QUARTER) == 1
    assert calls(database, number)[2:] == [("service_centre", 2, [house.liqiang.person_id, officer.person_id])]
    with database.write() as session:
        pages.acknowledge(session, number, by=house.liqiang.actor, now=NOW + QUARTER)
    assert sweep(database, NOW + 4 * QUARTER) == 0
    with database.read() as session:
        assert store.open_pages(session, None, limit=10) == []
        assert trail.verify(session).ok


def test_calling_ends_after_so_many_times_and_says_so(database: Database, house: House) -> None:
    number = enter(database, triggers=("compensation_or_litigation",)).number
    for step in range(20):
        sweep(database, NOW + step * QUARTER)
    made = [attempt for unit, attempt, _ in calls(database, number) if unit == "compliance"]
    assert made == list(range(1, 13))
    with database.read() as session:
        given_up = [
            one for one in audit.of_subject(session, f"complaint:{number}") if one.tag == Tag.TRIGGER_UNANSWERED
        ]
    assert {one.data["unit"] for one in given_up} == {"service_centre", "compliance"}


def test_only_a_unit_that_was_called_confirms_and_only_once(database: Database, house: House) -> None:
    number = enter(database, triggers=("compensation_or_litigation",)).number
    with pytest.raises(NotFound), database.write() as session:
        pages.acknowledge(session, number, by=house.liqiang.actor, now=NOW)
    sweep(database, NOW)
    with pytest.raises(NotFound), database.write() as session:
        pages.acknowledge(session, number, by=house.zhaolei.actor, now=NOW)
    with database.write() as session:
        pages.acknowledge(session, number, by=house.liqiang.actor, now=NOW)
    with pytest.raises(Conflict, match="acknowledged_before"), database.write() as session:
        pages.acknowledge(session, number, by=house.liqiang.actor, now=NOW)


def test_whom_the_complaint_is_about_is_neither_called_nor_confirms(database: Database, house: House) -> None:
    zhaolei = house.zhaolei
    number = enter(
        database, category="service", triggers=("unrest",), fields={"branch": "越秀营业部", "employee": "赵磊"}
    ).number
    sweep(database, NOW)
    assert ("yuexiu", 1, []) in calls(database, number)
    with pytest.raises(Forbidden, match="may_not_acknowledge_trigger"), database.write() as session:
        pages.acknowledge(session, number, by=zhaolei.actor, now=NOW)


def test_a_withdrawn_complaint_is_still_reported(database: Database, house: House) -> None:
    """A threat does not end with the complaint."""
    number = enter(database, triggers=("self_harm_or_violence_threat",)).number
    found = find(database, number)
    with database.write() as session:
        session.merge(found).stage = "withdrawn"
    assert sweep(database, NOW) == 1
    assert sweep(database, NOW + timedelta(days=2)) > 0  # silence goes on being silence


def test_report_to_an_authority_is_recorded_with_what_was_said(database: Database, house: House) -> None:
    number = enter(database, triggers=("system_failure",)).number
    with database.read() as session:
        assert authorities.outstanding(session, find(database, number)) == (("system_failure", "csrc_bureau"),)
    with database.write() as session:
        made = authorities.report(
            session, number, trigger="system_failure", authority="csrc_bureau", reported_at=NOW,
            said="电话报告广东证监局机构处，张处长接听", by=house.liqiang.actor, now=NOW,
        )  # fmt: skip
        assert made.recorded_by_id == house.liqiang.person_id
    with database.read() as session:
        assert authorities.outstanding(session, find(database, number)) == ()
        entry = audit.latest_of(session, f"complaint:{number}")
    assert entry is not None and entry.tag == Tag.AUTHORITY_TOLD and "张处长" not in str(entry.data)


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"authority": "police"}, "no_such_report"),
        ({"trigger": "unrest"}, "no_such_report"),
        ({"said": "  "}, "report_empty"),
        ({"reported_at": NOW + timedelta(hours=1)}, "reported_when"),
    ],
)
def test_report_that_cannot_be_is_refused(
    database: Database, house: House, different: dict[str, object], code: str
) -> None:
    number = enter(database, triggers=("system_failure",)).number
    usual: dict[str, Any] = {
        "trigger": "system_failure", "authority": "csrc_bureau", "reported_at": NOW, "said": "已报告",
    }  # fmt: skip
    with pytest.raises(Unprocessable, match=code), database.write() as session:
        authorities.report(session, number, **(usual | different), by=house.liqiang.actor, now=NOW)
    with pytest.raises(NotFound), database.write() as session:
        authorities.report(session, number, **usual, by=house.zhaolei.actor, now=NOW)
