"""The queue: own units only, views and filters in the address, names and phones never in it."""

from collections.abc import Callable

import pytest

from tests.desk.visitor import Visitor
from tests.people import PHONE

Register = Callable[..., str]


def test_everybody_sees_what_their_unit_may_see(liqiang: Visitor, zhaolei: Visitor, register: Register) -> None:
    number = register()
    liqiang.get("/desk")
    assert number in liqiang.page
    zhaolei.get("/desk")
    assert number not in zhaolei.page
    assert "这里没有投诉" in zhaolei.page


def test_a_view_holds_what_it_says(liqiang: Visitor, register: Register) -> None:
    number = register()
    liqiang.get("/desk?view=registered")
    assert number in liqiang.page
    liqiang.get("/desk?view=closed")
    assert number not in liqiang.page


def test_filters_stand_in_the_address_and_narrow(liqiang: Visitor, register: Register) -> None:
    system, service = register(), register(category="service", triggers=())
    liqiang.get("/desk?view=registered&category=service")
    assert service in liqiang.page
    assert system not in liqiang.page
    assert '<option value="service" selected>' in liqiang.page
    liqiang.get("/desk?trigger=system_failure")
    assert system in liqiang.page
    assert service not in liqiang.page


@pytest.mark.parametrize(
    "nonsense", ["view=nowhere", "category=%27--", "since=gestern", "page=-3", "page=9999999999999", "unit=x&page=abc"]
)
def test_a_filter_that_means_nothing_is_left_out(liqiang: Visitor, register: Register, nonsense: str) -> None:
    number = register()
    assert liqiang.get(f"/desk?{nonsense}").status_code == 200
    assert number in liqiang.page


def test_a_long_queue_is_paged_and_the_links_keep_the_filters(liqiang: Visitor, register: Register) -> None:
    numbers = {register(category="service", triggers=()) for _ in range(23)}
    liqiang.get("/desk?category=service")
    first = {number for number in numbers if number in liqiang.page}
    assert len(first) == 20
    assert "/desk?view=all&category=service&page=2" in liqiang.page
    liqiang.get("/desk?view=all&category=service&page=2")
    assert {number for number in numbers if number in liqiang.page} == numbers - first


def test_htmx_gets_only_the_results(liqiang: Visitor, register: Register) -> None:
    number = register()
    liqiang.get("/desk", **{"HX-Request": "true"})
    assert number in liqiang.page
    assert "<html" not in liqiang.page
    liqiang.get("/desk", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in liqiang.page


def test_a_number_leads_to_its_complaint(liqiang: Visitor, register: Register) -> None:
    number = register()
    liqiang.get("/desk")
    answer = liqiang.post("/desk/search", q=f" {number.lower()} ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/complaints/{number}")


def test_a_phone_is_found_without_standing_in_an_address(liqiang: Visitor, register: Register) -> None:
    number = register()
    liqiang.get("/desk")
    answer = liqiang.post("/desk/search", q=PHONE)
    assert answer.status_code == 200
    assert number in liqiang.page
    assert PHONE not in answer.text
    liqiang.post("/desk/search", q="13900000000")
    assert "没有找到" in liqiang.page


def test_another_unit_finds_nothing_by_number(zhaolei: Visitor, register: Register) -> None:
    number = register()
    zhaolei.get("/desk")
    zhaolei.post("/desk/search", q=number)
    assert "没有找到" in zhaolei.page


def test_names_are_masked_and_the_deadline_is_said_in_words(liqiang: Visitor, register: Register) -> None:
    number = register()
    liqiang.get(f"/desk/complaints/{number}")
    liqiang.post(f"/desk/complaints/{number}/accept")
    liqiang.get("/desk?view=accepted")
    assert "王*" in liqiang.page
    assert "王敏" not in liqiang.page
    assert "剩 20 个工作日" in liqiang.page
