"""What belongs together is found by itself and merged by people, and no number and no deadline gets lost."""

from datetime import timedelta

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.errors import Conflict, Forbidden, Unprocessable
from backend.ledger import service, store
from tests.factories import enter, find
from tests.ledger.life.way import do, look
from tests.people import NOW, PHONE, House


def other(serial: int) -> dict[str, str]:
    return {"name": f"客户{serial}", "phone": f"1390000{serial:04d}"}


def test_the_same_person_again_is_a_repeat(database: Database, house: House) -> None:
    first = enter(database).number
    again = enter(database, fields={"phone": f"+86 {PHONE[:3]} {PHONE[3:]}"}, triggers=(), category="service").number
    stranger = enter(database, fields=other(1), triggers=(), category="service").number
    shown = look(database, again, house.liqiang)
    assert [(one.kind, one.number, one.later) for one in shown.life.links] == [("repeat", first, True)]
    assert shown.trail[-1].detail == first
    assert [one.kind for one in look(database, first, house.liqiang).life.links] == ["repeat"]
    assert look(database, stranger, house.liqiang).life.links == ()


@pytest.mark.parametrize(
    "alike", [{"triggers": ("system_failure",)}, {"triggers": (), "category": "suitability", "product": "稳盈三号"}]
)
def test_three_people_about_one_matter_on_one_day_are_a_group(
    database: Database, house: House, alike: dict[str, str]
) -> None:
    product = {"product_or_security": alike["product"]} if "product" in alike else {}
    rest = {key: value for key, value in alike.items() if key != "product"}
    numbers = [enter(database, fields={**other(serial), **product}, **rest).number for serial in range(3)]
    tomorrow = NOW + timedelta(days=1)
    late = enter(database, now=tomorrow, received_at=tomorrow, fields={**other(9), **product}, **rest).number
    assert look(database, numbers[1], house.liqiang).life.links == ()
    assert [(one.kind, one.number) for one in look(database, numbers[2], house.liqiang).life.links] == [
        ("group", numbers[0])
    ]
    assert look(database, late, house.liqiang).life.links == ()


def test_the_later_one_goes_into_the_earlier_and_both_numbers_live_on(
    database: Database, house: House, chenjing: Viewer
) -> None:
    first, second = enter(database, triggers=()).number, enter(database).number
    with pytest.raises(Forbidden):
        do(database, service.merge, second, house.liqiang, merged_into=first, reason="同一事项")
    with pytest.raises(Unprocessable, match="先收到"):
        do(database, service.merge, first, chenjing, merged_into=second, reason="同一事项")
    do(database, service.merge, second, chenjing, merged_into=first, reason="同一事项")
    assert find(database, second).stage == "merged"
    assert find(database, first).urgent  # what was urgent stays so
    assert ("merged", second, False) in [
        (one.kind, one.number, one.later) for one in look(database, first, house.liqiang).life.links
    ]
    assert look(database, second, house.liqiang).trail[-1].detail.startswith(first)
    with database.read() as session:
        found = store.for_customer(session, number=second, phone=PHONE)
    assert found is not None and found.number == second


@pytest.mark.parametrize("into", ["itself", "nothing", "closed", "not accepted"])
def test_what_would_lose_something_is_not_merged(database: Database, house: House, chenjing: Viewer, into: str) -> None:
    first, second = enter(database).number, enter(database).number
    target = {"itself": second, "nothing": "TS209901010100019"}.get(into, first)
    if into == "closed":
        do(database, service.withdraw, first, chenjing, customer_statement="不投诉了")
    if into == "not accepted":
        do(database, service.accept, second, chenjing)
    with pytest.raises((Conflict, Unprocessable)):
        do(database, service.merge, second, chenjing, merged_into=target, reason="同一事项")
    assert find(database, second).stage != "merged"
