"""Supplementing: what is told later is added, nothing told is overwritten, telling it twice changes nothing."""

import json
from dataclasses import replace

import pytest

from backend.audit import store as audit
from backend.audit.actor import BOT
from backend.db.session import Database
from backend.errors import Conflict
from backend.ledger import sealed, service, store
from tests.factories import enter, find, new_complaint
from tests.people import NOW, PHONE, House


def test_a_registration_begun_without_the_customer_is_completed(database: Database, house: House) -> None:
    begun = new_complaint(
        category=None, category_certain=False, ranking=(), triggers=(), emotion="upset", fields={}, incomplete=True
    )
    with database.write() as session:
        number = service.enter(session, new=begun, by=BOT, now=NOW).number
    whole = new_complaint(
        source_key=begun.source_key, conversation_id=begun.conversation_id, narrative="后来又登不上了"
    )
    with database.write() as session:
        receipt = service.supplement(session, number, new=whole, by=BOT, now=NOW)
    assert (receipt.number, receipt.category, receipt.created) == (number, "info_system", False)
    complaint = find(database, number)
    assert (complaint.incomplete, complaint.urgent, complaint.emotion) == (False, True, "angry")
    facts = sealed.unseal(complaint)
    assert facts.texts == (begun.narrative, "后来又登不上了")
    assert facts.fields["phone"] == PHONE
    with database.read() as session:
        assert store.tasks(session, complaint.id)
        entries = audit.of_subject(session, complaint.subject)
    assert json.dumps([entry.data for entry in entries], ensure_ascii=False).count(PHONE) == 0


def test_telling_the_same_again_changes_nothing(database: Database, house: House) -> None:
    new = new_complaint()
    with database.write() as session:
        number = service.enter(session, new=new, by=BOT, now=NOW).number
    with database.write() as session:
        service.supplement(session, number, new=new, by=BOT, now=NOW)
    assert find(database, number).version == 1


def test_an_earlier_value_is_kept_beside_the_new_one(database: Database, house: House) -> None:
    number = enter(database).number
    with database.write() as session:
        service.add_facts(
            session,
            number,
            fields={"phone": "13900001111"},
            narrative="",
            expected_version=1,
            by=house.liqiang.actor,
            now=NOW,
        )
    with database.read() as session:
        complaint = store.by_number(session, number)
        assert complaint is not None
        facts = sealed.unseal(complaint)
        assert store.for_customer(session, number=number, phone="139 0000 1111") is complaint
        assert store.for_customer(session, number=number, phone=PHONE) is None
    assert facts.fields["phone"] == "13900001111"
    assert [(name, value) for name, value, _ in facts.earlier] == [("phone", PHONE)]


def test_a_judgement_a_person_relied_on_is_not_changed_by_a_machine(database: Database, house: House) -> None:
    new = new_complaint()
    with database.write() as session:
        number = service.enter(session, new=new, by=BOT, now=NOW).number
        service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=NOW)
        service.supplement(
            session, number, new=replace(new, category="service", narrative="客服态度也不好"), by=BOT, now=NOW
        )
    complaint = find(database, number)
    assert (complaint.category, complaint.version) == ("info_system", 3)


def test_after_the_end_it_is_a_complaint_of_its_own(database: Database, house: House) -> None:
    new = new_complaint()
    with database.write() as session:
        number = service.enter(session, new=new, by=BOT, now=NOW).number
        service.withdraw(session, number, by=BOT, now=NOW)
        receipt = service.supplement(session, number, new=replace(new, narrative="又坏了"), by=BOT, now=NOW)
        again = service.supplement(session, number, new=replace(new, narrative="又坏了"), by=BOT, now=NOW)
    assert receipt.created
    assert receipt.number != number
    assert again.number == receipt.number
    with pytest.raises(Conflict, match="not_open"), database.write() as session:
        service.add_facts(
            session, number, fields={}, narrative="再说", expected_version=2, by=house.liqiang.actor, now=NOW
        )
