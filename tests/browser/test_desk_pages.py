"""The desk in a real browser: htmx changes only results and address, pages fit a phone, forms need no script."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.clock import now
from tests import factories
from tests.browser.little_chat import LittleChat
from tests.browsers import PHONE
from tests.people import PASSWORD, move_in
from tests.people import PHONE as TELEPHONE

Browse = Callable[..., Page]


@pytest.fixture(scope="module")
def number(chat: LittleChat) -> str:
    """A complaint that stands in the ledger, among others; the people of the house are there."""
    move_in(chat.database, now() - timedelta(days=3))
    received = now() - timedelta(minutes=10)
    for category in ("service", "marketing", "counter"):
        factories.enter(chat.database, now=now(), received_at=received, category=category, triggers=())
    return factories.enter(chat.database, now=now(), received_at=received).number


def sign_in(page: Page) -> None:
    page.fill("#login", "liqiang")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")


def width(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth"))


def test_a_handler_finds_a_complaint_and_accepts_it(
    chat: LittleChat, browse: Browse, number: str, artefacts: Path
) -> None:
    page = browse(f"{chat.url}/desk/complaints/{number}")
    sign_in(page)
    expect(page.locator("h1")).to_have_text(number)
    page.click("text=投诉队列")
    page.screenshot(path=artefacts / "desk-queue.png", full_page=True)
    page.select_option("select[name=category]", "service")
    expect(page.locator(".queue tbody tr")).to_have_count(1)
    assert "category=service" in page.url
    page.go_back()
    expect(page.locator(".number-link", has_text=number)).to_be_visible()
    page.fill("#q", TELEPHONE)
    page.click("text=查找")
    expect(page.locator(".number-link", has_text=number)).to_be_visible()
    assert TELEPHONE not in page.url
    page.click(f"text={number}")
    page.click("text=查看完整信息")
    page.fill("#reveal-reason", "回电核实情况")
    page.click(".one-line button")
    expect(page.locator("#content")).to_contain_text(TELEPHONE)
    page.goto(f"{chat.url}/desk/complaints/{number}")
    expect(page.locator("#content")).not_to_contain_text(TELEPHONE)
    page.locator("form.act button", has_text="受理").click()
    expect(page.locator(".alert-success")).to_contain_text("受理")
    expect(page.locator(".stage")).to_have_text("已受理")
    page.screenshot(path=artefacts / "desk-complaint.png", full_page=True)


def test_the_pages_fit_a_phone(chat: LittleChat, browse: Browse, number: str, artefacts: Path) -> None:
    page = browse(f"{chat.url}/desk", viewport=PHONE, is_mobile=True, has_touch=True)
    assert width(page) <= PHONE["width"]
    sign_in(page)
    for path in ("/desk", f"/desk/complaints/{number}", "/desk/conversations", "/desk/password"):
        page.goto(chat.url + path)
        assert width(page) <= PHONE["width"], path
        page.screenshot(path=artefacts / f"desk-phone{path.replace('/', '-')}.png", full_page=True)


def test_without_scripts_everything_still_works(chat: LittleChat, browse: Browse, number: str) -> None:
    page = browse(f"{chat.url}/desk?view=all", java_script_enabled=False)
    sign_in(page)
    page.select_option("select[name=category]", "counter")
    page.click("text=筛选")
    expect(page.locator(".queue tbody tr")).to_have_count(1)
    page.locator(".number-link").click()
    page.locator("summary", has_text="登记客户撤诉").click()
    page.fill("#withdraw-customer_statement", "客户来电说事情已经解决")
    page.locator("details.act button", has_text="登记客户撤诉").click()
    expect(page.locator(".stage")).to_have_text("已撤回")
    page.locator(".who summary").click()
    page.click("text=退出登录")
    expect(page.locator("#login")).to_be_visible()
