"""The yearly notice: checked, kept, in force at once; deadlines that move say so in the trail, each by itself."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from backend.audit import store as audit
from backend.audit import trail
from backend.audit.actor import SYSTEM
from backend.audit.tags import Tag
from backend.clock import local_date
from backend.db.session import Database
from backend.errors import Unprocessable
from backend.guideline.calendar import SHANGHAI
from backend.ledger import calendar, recount, service, store
from tests.factories import enter, find
from tests.people import NOW, House

DECEMBER = datetime(2026, 12, 10, 10, 0, tzinfo=SHANGHAI)
TABLE = """类型,名称,开始,结束
通知,国务院办公厅关于2027年部分节假日安排的通知,,
放假,元旦,2027-01-01,2027-01-03
上班,,2027-01-09,
放假,春节,2027-02-05,2027-02-12
上班,,2027-02-20,
放假,清明节,2027-04-03,2027-04-05
放假,劳动节,2027-05-01,2027-05-05
放假,端午节,2027-06-09,
放假,中秋节,2027-09-15,
放假,国庆节,2027-10-01,2027-10-07
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place of its own for imported notices."""
    monkeypatch.setattr(calendar, "_folder", lambda: tmp_path / "calendar")
    yield tmp_path / "calendar"


def take(database: Database, text: str = TABLE, name: str = "2027.csv") -> calendar.Imported:
    with database.write() as session:
        return calendar.import_notice(session, name=name, text=text, by=SYSTEM, now=NOW)


def test_a_notice_is_in_force_with_the_next_question(database: Database, folder: Path) -> None:
    saturday = date(2027, 1, 9)
    assert calendar.load_calendar().is_provisional(saturday)
    imported = take(database)
    assert imported.changed and len(imported.year.make_up) == 2
    now = calendar.load_calendar()
    assert now.is_workday(saturday) and not now.is_trading_day(saturday) and not now.is_provisional(saturday)
    with database.read() as session:
        entry = audit.latest_of(session, "calendar:2027")
    assert entry is not None and entry.tag == Tag.CALENDAR_IMPORTED and len(entry.data["sha256"]) == 64


def test_the_same_notice_again_changes_nothing_and_a_later_one_keeps_the_first(
    database: Database, folder: Path
) -> None:
    take(database)
    assert not take(database).changed
    assert take(database, TABLE.replace("2027-02-12", "2027-02-13")).changed
    assert not calendar.load_calendar().is_workday(date(2027, 2, 12))
    assert sorted(path.suffix.split("-")[0] for path in folder.iterdir()) == [".replaced", ".yml"]


def test_deadlines_that_move_are_counted_anew_with_an_entry_each(database: Database, house: House) -> None:
    moving, staying = (enter(database, now=at, received_at=at).number for at in (DECEMBER, NOW))
    for number, at in ((moving, DECEMBER), (staying, NOW)):
        with database.write() as session:
            service.accept(session, number, expected_version=1, by=house.liqiang.actor, now=at)
    assert resolve(database, moving) == (date(2027, 1, 8), True)
    take(database, TABLE.replace("2027-01-03", "2027-01-04"))
    with database.read() as session:
        assert recount.moved(session) == [moving]
    for _ in range(2):
        with database.write() as session:
            recount.recount(session, moving, by=SYSTEM, now=DECEMBER)
    assert resolve(database, moving) == (date(2027, 1, 9), False)
    assert resolve(database, staying) == (date(2026, 12, 21), False)
    with database.read() as session:
        told = [
            one for one in audit.of_subject(session, f"complaint:{moving}") if one.tag == Tag.COMPLAINT_CLOCKS_CHANGED
        ]
        assert len(told) == 1 and "resolve" in told[0].data["clocks"] and told[0].data["version"] == 3
        assert trail.verify(session).ok


def resolve(database: Database, number: str) -> tuple[date, bool]:
    with database.read() as session:
        clocks = store.clocks(session, find(database, number).id)
    return next((local_date(one.due_at), one.provisional) for one in clocks if one.name == "resolve")


WRONG = [
    (TABLE.replace("类型,", "种类,"), "2027.csv", "第 1 行"),
    (TABLE.replace("上班,,2027-01-09,", "上班,,2027年1月9日,"), "2027.csv", "第 4 行"),
    (TABLE.replace("放假,元旦", "放炮,元旦"), "2027.csv", "第 3 行"),
    (TABLE.replace("上班,,2027-01-09,", "上班,,2027-01-11,"), "2027.csv", "第 4 行的上班日"),
    (TABLE.replace("放假,端午节,2027-06-09,\n", ""), "2027.csv", "2027-06-09"),
    (TABLE.replace("2027-01-01,2027-01-03", "2027-01-01,2026-01-03"), "2027.csv", "第 3 行的开始"),
    (TABLE.replace("放假,国庆节,2027", "放假,国庆节,2028"), "2027.csv", "第 11 行的开始"),
    ("year: 2041\nnotice: 通知\nprovisional: false\nholidays: []\nmake_up: []\nno_trading: []\n", "2041.yml", "不相接"),
    (TABLE.replace("通知,国务院办公厅关于2027年部分节假日安排的通知,,\n", ""), "2027.csv", "缺少“通知”"),
    ("year: 2027\nnotice: 通知\nprovisional: true\nholidays: []\nmake_up: []\nno_trading: []\n", "2027.yml", "第 3 行"),
    ("year: [", "2027.yml", "not YAML"),
    ("", "2027.csv", "第 1 行"),
    ("", "2027.yml", "empty"),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("text", "name", "what"), WRONG, ids=[what for _, _, what in WRONG])
def test_a_wrong_notice_is_refused_by_its_line_and_nothing_is_kept(
    database: Database, folder: Path, text: str, name: str, what: str
) -> None:
    with pytest.raises(Unprocessable) as refused:
        take(database, text, name)
    assert what in refused.value.say
    assert not folder.exists() or not list(folder.iterdir())
