"""The guideline asked from a terminal: dates with clause and reason, the rulebook line by line, the yearly notice."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backend.cli import app
from backend.commands import law
from backend.db.session import Database
from backend.errors import Unprocessable
from backend.guideline import catalogue
from backend.guideline.rulebook import load
from backend.ledger import calendar
from tests.factories import enter
from tests.people import NOW, House


def said(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.stdout


def lines(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(*words, "--json").splitlines()]


def refused(*words: str) -> Unprocessable:
    with pytest.raises(Unprocessable) as refusal:
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    return refusal.value


def test_every_clock_is_printed_with_date_clause_and_reason() -> None:
    found = lines(
        "deadline", "--accepted", "2026-09-28T10:00", "--agreed", "2026-11-10", "--extension", "10", "--further",
        "2026-12-30", "--followed", "2026-11-16", "--transferred", "2026-09-29T09:00", "--closed", "2026-12-28T16:00",
    )  # fmt: skip
    due = {one["name"]: one["due_at"][:10] for one in found}
    assert due == {
        "on_the_spot": "2026-09-28", "extension_request_lead": "2026-10-27", "resolve": "2026-10-30",
        "csrc12386": "2026-11-02", "agreed": "2026-11-10", "extension_max": "2026-11-13",
        "further_extension": "2026-12-30", "revisit": "2027-01-05", "long_tail": "2027-05-16",
    }  # fmt: skip
    assert all(one["clause"] and one["why"] for one in found)
    assert [one["name"] for one in found if one["binding"]] == ["csrc12386"]


def test_an_inquiry_is_due_the_same_day() -> None:
    assert [one["name"] for one in lines("deadline", "--received", "2026-11-23T10:00", "--kind", "inquiry")] == [
        "on_the_spot", "inquiry_reply",
    ]  # fmt: skip
    assert "原则上当天答复" in "".join(said("deadline", "--received", "2026-11-23T10:00", "--kind", "inquiry").split())


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--accepted", "2026-09-28T10:00", "--extension", "11"],
        ["--accepted", "2026-09-28T10:00", "--received", "2026-09-29T10:00"],
        ["--received", "2026-09-28T10:00", "--kind", "praise"],
        ["--accepted", "2041-09-28T10:00"],
    ],
)
def test_what_cannot_be_is_refused_in_chinese(words: list[str]) -> None:
    assert refused("deadline", *words).say.endswith("。")


def test_the_rulebook_is_shown_whole_or_in_part() -> None:
    sections = catalogue.sections(load())
    shown = lines("rulebook", "show")
    assert len(shown) == sum(len(section.lines) for section in sections)
    assert all(one["clause"] and one["value"] and one["label"] for one in shown)
    (resolve,) = [one for one in shown if (one["section"], one["id"]) == ("deadlines", "resolve")]
    assert (resolve["value"], resolve["since"], resolve["clause"]) == ("20个工作日", "2016-01-01", "第二十二条")
    waiting = lines("rulebook", "show", "--unconfirmed")
    assert waiting == [one for one in shown if not one["confirmed"]]
    assert {one["section"] for one in lines("rulebook", "show", "--section", "units")} == {"units"}
    assert "待合规确认" in said("rulebook", "show")
    assert "deadlines" in refused("rulebook", "show", "--section", "nothing").say
    assert load().version in refused("rulebook", "show", "1999.1").say


def test_a_notice_is_imported_and_what_moves_is_counted_anew(
    database: Database, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "_folder", lambda: tmp_path / "calendar")
    monkeypatch.setattr(law, "open_database", lambda: database)
    day = NOW.replace(month=12, day=30)
    number = enter(database, now=day, received_at=day).number
    file = tmp_path / "2027.csv"
    file.write_text(
        "类型,名称,开始,结束\n通知,关于2027年部分节假日安排的通知,,\n放假,元旦,2027-01-01,2027-01-03\n上班,,2027-01-02,\n",
        encoding="utf-8",
    )
    assert "2027.csv" in refused("calendar", "import", str(file)).say
    shipped = Path(calendar.calendars.HOME, "2027.yml").read_text(encoding="utf-8")
    file = tmp_path / "2027.yml"
    file.write_text(
        shipped.replace("provisional: true", "provisional: false").replace("to: 2027-01-01", "to: 2027-01-04"),
        encoding="utf-8",
    )
    (told,) = lines("calendar", "import", str(file))
    assert told["changed"] and told["recounted"] == [number]
    (again,) = lines("calendar", "import", str(file))
    assert not again["changed"] and again["recounted"] == []
