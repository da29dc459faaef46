"""The rulebook on the desk: every value with its clause, what waits for compliance, the years of the calendar."""

import pytest

from backend.guideline import catalogue
from backend.guideline.rulebook import load
from tests.desk.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_every_line_stands_on_the_page_with_its_clause(sunli: Visitor) -> None:
    assert sunli.get("/desk/rules").status_code == 200
    for section in catalogue.sections(load()):
        assert f'id="{section.id}"' in sunli.page
        for line in section.lines:
            assert line.value in sunli.page and line.clause in sunli.page
    assert sunli.page.count("待合规确认") > sum(section.open for section in catalogue.sections(load()))
    assert "国办发明电〔2025〕7号" in sunli.page and "暂定" in sunli.page


def test_a_version_there_is_not_is_not_found(sunli: Visitor) -> None:
    assert sunli.get("/desk/rules?version=1999.1").status_code == 404
    assert sunli.get(f"/desk/rules?version={load().version}").status_code == 200
