"""Immediate reports on the desk: the unit that was called confirms, supervisors see who has not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI

from backend.audit.actor import SYSTEM
from backend.clock import now, show
from backend.db.session import Database
from backend.ledger.watch import pages
from tests.desk.visitor import Visitor
from tests.people import hire


@pytest.fixture
def called(database: Database, register: Callable[..., str]) -> str:
    """A complaint about which the service centre and compliance were called."""
    number = register(triggers=("compensation_or_litigation",))
    with database.write() as session:
        assert pages.call(session, number, "compensation_or_litigation", by=SYSTEM, now=now())
    return number


def test_the_unit_confirms_with_one_button(liqiang: Visitor, called: str) -> None:
    liqiang.get("/desk/urgent")
    assert called in liqiang.page and "涉及经济赔偿或法律诉讼" in liqiang.page and "1 次" in liqiang.page
    assert liqiang.page.count("确认收到</button>") == 1  # compliance answers for itself
    told = liqiang.post(f"/desk/urgent/{called}").headers["location"]
    assert told == f"/desk/urgent/{called}?done=confirmed"
    liqiang.get(told)
    assert "本单位不再被呼叫" in liqiang.page and "确认收到</button>" not in liqiang.page and "李强" in liqiang.page
    liqiang.get("/desk/urgent")
    assert "确认收到</button>" not in liqiang.page


def test_confirming_twice_says_who_was_first(liqiang: Visitor, called: str) -> None:
    liqiang.get("/desk/urgent")
    form = liqiang.page
    liqiang.post(f"/desk/urgent/{called}")
    liqiang.page = form
    assert liqiang.post(f"/desk/urgent/{called}").status_code == 409
    assert "已由本单位的同事确认" in liqiang.page


def test_another_branch_sees_nothing_of_it_and_confirms_nothing(zhaolei: Visitor, called: str) -> None:
    zhaolei.get("/desk/urgent")
    assert called not in zhaolei.page and "没有等待确认" in zhaolei.page
    assert zhaolei.get(f"/desk/urgent/{called}").status_code == 404
    zhaolei.get("/desk/urgent")
    assert zhaolei.post(f"/desk/urgent/{called}").status_code == 404


def test_nobody_is_let_in_without_a_token(app: FastAPI, called: str, liqiang: Visitor) -> None:
    assert Visitor(app).get("/desk/urgent").status_code == 303
    liqiang.page = ""
    assert liqiang.post(f"/desk/urgent/{called}").status_code == 403


def test_a_unit_that_was_only_called_sees_the_call_and_not_the_complaint(
    app: FastAPI, database: Database, register: Callable[..., str]
) -> None:
    hire(database, "malin", "马林", "it_centre", ["officer"])
    number = register(triggers=("system_failure",))
    with database.write() as session:
        pages.call(session, number, "system_failure", by=SYSTEM, now=now())
    engineer = Visitor(app, "malin")
    engineer.get(f"/desk/urgent/{number}")
    assert "交易系统故障" in engineer.page and "确认收到</button>" in engineer.page
    assert "向行政部门的报告" not in engineer.page and "客户服务中心" not in engineer.page
    assert engineer.get(f"/desk/complaints/{number}").status_code == 404
    engineer.get(f"/desk/urgent/{number}")
    assert engineer.post(f"/desk/urgent/{number}").status_code == 303


def test_a_report_to_an_authority_is_recorded_and_shown_masked(liqiang: Visitor, called: str) -> None:
    path = f"/desk/urgent/{called}"
    liqiang.get(path)
    assert "涉及经济赔偿或法律诉讼：证监局" in liqiang.page
    told = {"owed": "compensation_or_litigation:csrc_bureau", "said": "电话报告证监局，投诉人王敏 13812348000"}
    at = show(now() - timedelta(minutes=1)).replace(" ", "T")
    answer = liqiang.post(f"{path}/report", reported_at=at, **told)
    assert answer.headers["location"] == f"{path}?done=reported"
    liqiang.get(path)
    assert (
        "电话报告证监局" in liqiang.page
        and "13812348000" not in liqiang.page
        and "登记报告</button>" not in liqiang.page
    )
    liqiang.get(f"/desk/complaints/{called}")
    assert "登记了向行政部门的报告" in liqiang.page


def test_a_report_that_cannot_be_is_refused_with_a_sentence(liqiang: Visitor, sunli: Visitor, called: str) -> None:
    path = f"/desk/urgent/{called}"
    liqiang.get(path)
    form = liqiang.page
    for different in (
        {"owed": "unrest:police"},
        {"reported_at": "昨天"},
        {"reported_at": "2041-01-01T10:00"},
        {"said": " "},
    ):
        usual = {"owed": "compensation_or_litigation:csrc_bureau", "reported_at": show(now()).replace(" ", "T")}
        liqiang.page = form
        assert liqiang.post(f"{path}/report", **(usual | {"said": "已报告"} | different)).status_code == 422
    sunli.get(path)
    assert "登记报告</button>" not in sunli.page
    assert sunli.post(f"{path}/report", **usual, said="已报告").status_code == 403
