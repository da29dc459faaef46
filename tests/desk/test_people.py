"""The administrator's page: who works here, the alarm for a unit without an officer, passwords shown once."""

import re

import pytest
from fastapi import FastAPI

from tests.desk.visitor import Visitor
from tests.people import House

PASSWORD_SHOWN = re.compile(r'one-time-password">([^<]+)<')


@pytest.fixture
def zhoujing(app: FastAPI) -> Visitor:
    return Visitor(app, "zhoujing")


def test_a_new_person_gets_a_one_time_password_that_is_shown_once(app: FastAPI, zhoujing: Visitor) -> None:
    zhoujing.get("/desk/people")
    assert "今天没有合规专员" in zhoujing.page
    answer = zhoujing.post("/desk/people", login="wumin", name="吴敏", unit="tianhe", role="officer")
    assert answer.status_code == 200
    [password] = PASSWORD_SHOWN.findall(zhoujing.page)
    zhoujing.get("/desk/people")
    assert password not in zhoujing.page
    assert "吴敏" in zhoujing.page
    assert "广州天河营业部今天没有合规专员" not in zhoujing.page
    assert Visitor(app).sign_in("wumin", password).headers["location"] == "/desk/password"


def test_a_form_that_does_not_fit_comes_back_filled_in(zhoujing: Visitor) -> None:
    zhoujing.get("/desk/people")
    answer = zhoujing.post("/desk/people", login="liqiang", name="另一人", unit="tianhe", role="handler")
    assert answer.status_code == 409
    assert 'value="另一人"' in zhoujing.page
    assert "登录名已被使用" in zhoujing.page


def test_disabling_ends_the_session_at_the_next_click(house: House, zhoujing: Visitor, liqiang: Visitor) -> None:
    assert liqiang.get("/desk").status_code == 200
    at = f"/desk/people/{house.liqiang.person_id}"
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/disable").headers["location"] == at
    assert liqiang.get("/desk").status_code == 303
    zhoujing.get(at)
    assert "停用" in zhoujing.page
    assert zhoujing.post(f"{at}/enable").status_code == 303
    assert liqiang.get("/desk").status_code == 303  # an ended session stays ended


def test_roles_are_given_and_ended(house: House, zhoujing: Visitor) -> None:
    at = f"/desk/people/{house.liqiang.person_id}"
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/place", unit="service_centre", role="officer", since="", until="").status_code == 303
    zhoujing.get(at)
    assert "合规专员" in zhoujing.page
    places = re.findall(r"/places/(\d+)/end", zhoujing.page)
    assert zhoujing.post(f"{at}/places/{places[0]}/end", last_day="").status_code == 303
    zhoujing.get(at)
    assert len(re.findall(r"/places/(\d+)/end", zhoujing.page)) == len(places) - 1
    assert zhoujing.post(f"{at}/place", unit="service_centre", role="officer", since="昨天").status_code == 422
    assert zhoujing.post(f"{at}/place", unit="tianhe", role="officer").status_code == 409


def test_the_other_verbs_answer(house: House, zhoujing: Visitor) -> None:
    at = f"/desk/people/{house.liqiang.person_id}"
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/sessions").status_code == 303
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/second-step").status_code == 303
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/password").status_code == 200
    assert PASSWORD_SHOWN.search(zhoujing.page)
    zhoujing.get(at)
    assert zhoujing.post(f"{at}/promote").status_code == 404
    assert zhoujing.get("/desk/people/999").status_code == 404


@pytest.mark.parametrize("who", ["liqiang", "zhaolei", "qianfang", "sunli"])
def test_nobody_else_gets_in(app: FastAPI, house: House, who: str) -> None:
    visitor = Visitor(app, who)
    visitor.get("/desk")
    assert "/desk/people" not in visitor.page
    assert visitor.get("/desk/people").status_code == 403
    assert visitor.get(f"/desk/people/{house.liqiang.person_id}").status_code == 403
    visitor.get("/desk")
    assert visitor.post(f"/desk/people/{house.zhoujing.person_id}/disable").status_code == 403


def test_without_the_token_nothing_happens(house: House, zhoujing: Visitor) -> None:
    zhoujing.get("/desk/people")
    answer = zhoujing.client.post(f"/desk/people/{house.liqiang.person_id}/disable", data={"csrf": "guess"})
    assert answer.status_code == 403
