"""Registering: one complaint for one key, everything about it in one transaction, nothing personal in the clear."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.audit.tags import Tag
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, Unavailable, Unprocessable
from backend.guideline import numbers
from backend.ledger import service, store, views
from backend.ledger.models import Complaint
from tests.factories import enter, find, new_complaint
from tests.people import ACCOUNT, CUSTOMER, NOW, PHONE, House, hire


def test_a_complaint_gets_number_unit_responder_and_projected_deadline(database: Database, house: House) -> None:
    receipt = enter(database)
    assert numbers.valid(receipt.number)
    assert receipt.number.startswith("TS2026112301")
    assert (receipt.category_label, receipt.stage, receipt.created) == ("信息系统类", "registered", True)
    assert (receipt.unit_name, receipt.first_responder_name) == ("客户服务中心", "李强")
    assert (receipt.due_on, receipt.days) == (date(2026, 12, 21), 20)  # 20 working days after 23 November 2026


def test_the_same_key_gives_the_same_receipt_and_enters_nothing(database: Database, house: House) -> None:
    new = new_complaint()
    with database.write() as session:
        first = service.enter(session, new=new, by=SYSTEM, now=NOW)
    with database.write() as session:
        again = service.enter(session, new=new, by=SYSTEM, now=NOW)
    assert again.number == first.number
    assert again.created is False
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 1
        assert len(audit.of_subject(session, f"complaint:{first.number}")) == 2  # entered, and its trigger


def test_the_same_key_with_other_words_is_refused(database: Database, house: House) -> None:
    receipt = enter(database, source_key="k1", conversation_id="c1")
    with pytest.raises(Conflict) as refused:
        enter(database, source_key="k1", conversation_id="c1", narrative="完全是另一回事")
    assert refused.value.code == "source_key_reused"
    assert refused.value.extra == {"number": receipt.number}


def test_a_failed_entry_leaves_nothing_behind(database: Database, house: House) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        service.enter(session, new=new_complaint(), by=SYSTEM, now=NOW)
        raise RuntimeError("the process dies here")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 0
        assert trail.verify(session).ok
    assert enter(database).number.startswith("TS20261123010001")


def test_nothing_personal_stands_in_the_clear(database: Database, house: House) -> None:
    enter(database)
    with database.read() as session:
        tables = [
            "complaints", "complaint_triggers", "complaint_clocks", "complaint_tasks", "complaint_notes", "trail",
        ]  # fmt: skip
        kept = " ".join(
            repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
            for table in tables
            for row in session.execute(text(f"SELECT * FROM {table}"))
        )
    for canary in (CUSTOMER, PHONE, ACCOUNT, "卖不出去", "赔偿损失"):
        assert canary not in kept
        assert canary.encode() not in kept.encode()
        assert repr(canary.encode())[2:-1] not in kept


def test_numbers_run_by_day_and_unit(database: Database, house: House) -> None:
    first, second = enter(database), enter(database)
    other_unit = enter(database, category="counter", triggers=(), fields={"branch": "天河营业部"})
    next_day = enter(database, now=NOW + timedelta(days=1))
    parsed = [numbers.parse(receipt.number) for receipt in (first, second, other_unit, next_day)]
    assert [(one.unit, one.running) for one in parsed if one] == [("01", 1), ("01", 2), ("11", 1), ("01", 1)]


def test_tasks_and_clocks_of_the_category_come_with_it(database: Database, house: House) -> None:
    complaint = find(database, enter(database).number)
    with database.read() as session:
        tasks, clocks = store.tasks(session, complaint.id), store.clocks(session, complaint.id)
    assert tasks
    assert all(task.clause.startswith("第十六条") for task in tasks)
    assert [clock.name for clock in clocks] == ["acceptance_decision"]
    assert complaint.resolve_due_at is None  # the twenty days begin with acceptance, not before


def test_a_trigger_is_an_entry_of_its_own(database: Database, house: House) -> None:
    complaint = find(database, enter(database, triggers=("system_failure", "compensation_or_litigation")).number)
    assert complaint.urgent
    assert complaint.triggers == ("system_failure", "compensation_or_litigation")
    with database.read() as session:
        found = [entry for entry in audit.of_subject(session, complaint.subject) if entry.tag == Tag.COMPLAINT_URGENT]
    assert [entry.data["triggers"] for entry in found] == [["system_failure", "compensation_or_litigation"]]


def test_whoever_takes_a_complaint_by_hand_is_first_responder(database: Database, house: House) -> None:
    receipt = enter(database, by=house.zhaolei.actor, channel="visit", conversation_id=None)
    assert receipt.first_responder_name == "赵磊"


@pytest.mark.parametrize("who", ["qianfang", "sunli"])
def test_marketing_staff_and_supervisors_may_not_register(database: Database, house: House, who: str) -> None:
    with pytest.raises(Forbidden) as refused:
        enter(database, by=getattr(house, who).actor, channel="visit", conversation_id=None)
    assert refused.value.clause


def test_a_marketer_of_the_branch_is_never_first_responder(database: Database, house: House) -> None:
    receipt = enter(database, category="counter", triggers=(), fields={"branch": "天河营业部"})
    assert (receipt.unit_name, receipt.first_responder_name) == ("广州天河营业部", "李强")


def test_whom_the_complaint_names_stands_aside(database: Database, house: House) -> None:
    hire(database, "chenjing", "陈静", "service_centre", ["officer"])
    receipt = enter(database, category="service", triggers=(), fields={"employee": "李强"})
    assert receipt.first_responder_name == "陈静"
    with database.read() as session:
        complaint = store.by_number(session, receipt.number)
        assert complaint is not None
        assert [person.name for person in store.involved(session, complaint.id)] == ["李强"]


def test_with_nobody_else_the_administrator_answers_for_it(database: Database, house: House) -> None:
    receipt = enter(database, category="service", triggers=(), fields={"employee": "李强"})
    assert receipt.first_responder_name == "周静"


def test_without_an_organisation_registering_says_what_to_do(database: Database) -> None:
    with pytest.raises(Unavailable, match="no_organisation"):
        enter(database)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "rant"}, {"category": "misc"}, {"triggers": ("fire",)}, {"channel": "pigeon"}, {"fields": {"shoe": "1"}}],
)
def test_words_outside_the_rulebook_are_refused(database: Database, house: House, wrong: dict[str, object]) -> None:
    with pytest.raises(Unprocessable) as refused:
        enter(database, **wrong)
    assert refused.value.code in ("unknown_word", "received_later")


def test_a_clock_that_runs_ahead_loses_no_complaint(database: Database, house: House) -> None:
    receipt = enter(database, received_at=NOW + timedelta(minutes=4))
    assert find(database, receipt.number).received_at == NOW


def test_it_cannot_have_been_received_later_than_now(database: Database, house: House) -> None:
    with pytest.raises(Unprocessable, match="received_later"):
        enter(database, received_at=datetime(2027, 1, 1, tzinfo=UTC))


def test_a_conversation_may_bring_several_complaints(database: Database, house: House) -> None:
    first = enter(database, conversation_id="c9", source_key="c9:1")
    second = enter(database, conversation_id="c9", source_key="c9:2")
    with database.read() as session:
        assert [one.number for one in store.of_conversation(session, "c9")] == [first.number, second.number]


def test_what_the_hotline_transferred_has_its_own_clock(database: Database, house: House) -> None:
    number = enter(database, channel="csrc12386", conversation_id=None).number
    with database.read() as session:
        clocks = {clock.name for clock in views.view(session, number, viewer=house.liqiang, now=NOW).clocks}
    assert "csrc12386" in clocks
