"""Accepting: the twenty working days begin, once, by somebody who may."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts import service as accounts
from backend.audit.actor import BOT
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, NotFound, Unprocessable
from backend.ledger import service, store, views
from tests.factories import enter, find
from tests.people import NOW, House


def test_accepting_starts_the_twenty_working_days(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        complaint = service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    assert (complaint.stage, complaint.accepted_at, complaint.version) == ("accepted", NOW, 2)
    assert complaint.resolve_due_at == datetime(2026, 12, 21, 15, 59, 59, tzinfo=UTC)
    with database.read() as session:
        clocks = {clock.name: clock for clock in store.clocks(session, complaint.id)}
        tasks = store.tasks(session, complaint.id)
    assert set(clocks) == {"resolve", "extension_request_lead"}
    assert clocks["resolve"].clause == "第二十二条"
    assert all(task.due_at for task in tasks)


def test_another_branch_does_not_know_of_it(database: Database, house: House) -> None:
    number = enter(database).number
    with pytest.raises(NotFound), database.write() as session:
        service.accept(session, number, expected_version=1, by=house.zhaolei.actor, now=NOW)
    assert find(database, number).stage == "registered"


@pytest.mark.parametrize(("who", "clause"), [("sunli", "第四条"), ("zhoujing", "第十四条")])
def test_supervisor_and_administrator_read_but_may_not_accept(
    database: Database, house: House, who: str, clause: str
) -> None:
    number = enter(database).number
    with pytest.raises(Forbidden) as refused, database.write() as session:
        service.accept(session, number, expected_version=1, by=getattr(house, who).actor, now=NOW)
    assert refused.value.clause == clause
    assert find(database, number).version == 1


def test_a_machine_never_accepts(database: Database, house: House) -> None:
    number = enter(database).number
    with pytest.raises(Forbidden, match="必须由人决定"), database.write() as session:
        service.accept(session, number, expected_version=1, by=BOT, now=NOW)


def test_an_involved_person_may_not_accept(database: Database, house: House) -> None:
    number = enter(database, category="service", triggers=(), fields={"employee": "李强"}).number
    with pytest.raises(Forbidden) as refused, database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    assert refused.value.clause == "第十四条"


def test_the_second_one_is_told_who_was_first_and_when(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    with pytest.raises(Conflict) as refused, database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW + timedelta(minutes=1))
    assert refused.value.code == "version_conflict"
    assert refused.value.say == "李强已于 2026-11-23 10:00 受理了投诉，请刷新后再操作。"
    assert refused.value.extra["version"] == 2


def test_it_is_not_accepted_twice(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    with pytest.raises(Conflict) as refused, database.write() as session:
        service.accept(session, number, expected_version=2, by=house.liqiang.actor, now=NOW)
    assert refused.value.code == "wrong_stage"


def test_without_a_word_of_the_matter_it_cannot_be_accepted(database: Database, house: House) -> None:
    number = enter(database, narrative="", incomplete=True).number
    with pytest.raises(Unprocessable, match="投诉内容") as refused, database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
    assert refused.value.extra == {"missing": ["narrative"]}


def test_a_disabled_person_acts_no_more(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        accounts.disable(session, person_id=house.liqiang.person_id, by=house.zhoujing.actor, now=NOW)
    with pytest.raises(Forbidden, match="停用"), database.write() as session:
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)


def test_the_next_steps_say_what_is_allowed_and_why_not(database: Database, house: House) -> None:
    number = enter(database).number
    with database.read() as session:
        own = {step.act: step for step in views.view(session, number, viewer=house.liqiang, now=NOW).steps}
        watching = {step.act: step for step in views.view(session, number, viewer=house.sunli, now=NOW).steps}
    assert own["accept"].allowed
    assert not own["decline"].allowed  # a handler does not turn customers away
    assert own["decline"].reason
    assert not any(step.allowed for step in watching.values())
    assert all(step.clause for step in watching.values())
