"""The queue: what one may see, narrowed, in an order that never changes, a page at a time."""

from datetime import date, timedelta

import pytest

from backend.db.session import Database
from backend.ledger import service, store
from backend.ledger.values import Filters, Page
from tests.factories import enter
from tests.people import NOW, House

BRANCH = {"category": "counter", "triggers": (), "emotion": "calm"}


@pytest.fixture
def desk(database: Database, house: House) -> dict[str, str]:
    """One complaint of each sort, by a name of its own."""
    by = house.liqiang.actor
    found = {
        "urgent": enter(database, received_at=NOW - timedelta(hours=1)).number,
        "branch": enter(database, **BRANCH, fields={"branch": "越秀营业部", "name": "李四"}).number,
        "begun": enter(database, incomplete=True, triggers=(), fields={}, category=None).number,
        "old": enter(
            database, now=NOW - timedelta(days=40), received_at=NOW - timedelta(days=40), category="service",
            triggers=(), channel="phone",
        ).number,
        "done": enter(database, triggers=()).number,
    }  # fmt: skip
    with database.write() as session:
        service.accept(session, found["old"], expected_version=1, by=by, now=NOW - timedelta(days=40))
        service.assign(
            session, found["old"], to=house.liqiang.person_id, expected_version=2, by=by, now=NOW - timedelta(days=40)
        )
        service.withdraw(session, found["done"], expected_version=1, customer_statement="算了", by=by, now=NOW)
    return found


def ask(database: Database, house: House, who: str = "liqiang", **how: object) -> Page:
    with database.read() as session:
        return store.queue(session, viewer=getattr(house, who), now=NOW, **how)  # type: ignore[arg-type]


def numbers(page: Page) -> list[str]:
    return [row.number for row in page.rows]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("all", ["urgent", "old", "branch", "begun", "done"]),
        ("registered", ["urgent", "branch", "begun"]),
        ("assigned", ["old"]),
        ("mine", ["urgent", "old", "begun"]),
        ("overdue", ["old"]),
        ("due_soon", []),
        ("incomplete", ["begun"]),
        ("urgent", ["urgent"]),
        ("closed", ["done"]),
    ],
)
def test_each_view_holds_what_its_name_says(
    database: Database, house: House, desk: dict[str, str], view: str, expected: list[str]
) -> None:
    assert numbers(ask(database, house, view=view)) == [desk[name] for name in expected]
    with database.read() as session:
        assert store.counts(session, viewer=house.liqiang, now=NOW)[view] == len(expected)


def test_units_see_their_own_and_marketing_nothing(database: Database, house: House, desk: dict[str, str]) -> None:
    assert numbers(ask(database, house, "zhaolei")) == [desk["branch"]]
    assert numbers(ask(database, house, "qianfang")) == []
    assert ask(database, house, "sunli").total == 5
    with database.read() as session:
        assert set(store.counts(session, viewer=house.qianfang, now=NOW).values()) == {0}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(category="counter"), ["branch"]),
        (Filters(trigger="system_failure"), ["urgent"]),
        (Filters(channel="phone"), ["old"]),
        (Filters(unit="yuexiu"), ["branch"]),
        (Filters(q="李四"), ["branch"]),
        (Filters(q="138 1234 8000", category="service"), ["old"]),
        (Filters(q="李"), []),
        (Filters(until=date(2026, 11, 1)), ["old"]),
        (Filters(since=date(2026, 11, 23), until=date(2026, 11, 23), category="info_system"), ["urgent", "done"]),
        (Filters(q="' OR 1=1 --"), []),
    ],
)
def test_filters_narrow_it(
    database: Database, house: House, desk: dict[str, str], filters: Filters, expected: list[str]
) -> None:
    assert numbers(ask(database, house, filters=filters)) == [desk[name] for name in expected]


def test_a_number_finds_its_complaint(database: Database, house: House, desk: dict[str, str]) -> None:
    assert numbers(ask(database, house, filters=Filters(q=desk["old"].lower()))) == [desk["old"]]
    assert numbers(ask(database, house, "zhaolei", filters=Filters(q=desk["old"]))) == []


def test_pages_join_without_gap_or_repeat(database: Database, house: House, desk: dict[str, str]) -> None:
    whole = numbers(ask(database, house))
    pieces = [ask(database, house, page=page, size=2) for page in (1, 2, 3)]
    assert [number for piece in pieces for number in numbers(piece)] == whole
    assert {(piece.total, piece.pages) for piece in pieces} == {(5, 3)}
    assert numbers(ask(database, house, page=99, size=2)) == numbers(pieces[2])


def test_a_row_says_how_long_there_is(database: Database, house: House, desk: dict[str, str]) -> None:
    rows = {row.number: row for row in ask(database, house).rows}
    assert rows[desk["old"]].overdue
    assert rows[desk["old"]].days_left is not None
    assert rows[desk["old"]].days_left < 0
    assert rows[desk["old"]].handler == "李强"
    assert rows[desk["urgent"]].days_left is None
    assert rows[desk["begun"]].category_label == "类别待定"
    assert rows[desk["branch"]].name == "李*"
