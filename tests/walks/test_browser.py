"""From the chat page on a phone to the handler's desk, in a real browser, through everything that is real."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browsers import PHONE
from tests.stack import Stack
from tests.walks.customers import number_in, question_in
from tests.walks.test_complaint import ANSWERS, OPENING

Browse = Callable[..., Page]
PASSWORD = "walk-through-961303"
MOST_TURNS = 12
ANSWER_WITHIN = 15_000


def say(page: Page, text: str) -> str:
    """Type it, send it, and read what comes back."""
    before = page.locator("#lines li.from-bot").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator("#lines li.from-bot")).not_to_have_count(before, timeout=ANSWER_WITHIN)
    expect(page.locator("#typing")).to_be_hidden(timeout=ANSWER_WITHIN)
    page.wait_for_timeout(200)
    return "\n".join(page.locator("#lines li.from-bot .text").all_inner_texts()[before:])


def complain_on_the_page(page: Page) -> str:
    heard = say(page, OPENING)
    for _ in range(MOST_TURNS):
        number = number_in(heard)
        if number:
            return number
        field = question_in(heard.splitlines()[-1])
        assert field, heard
        heard = say(page, ANSWERS[field])
    raise AssertionError(f"no number after {MOST_TURNS} turns")


def test_from_the_chat_page_to_the_desk(stack: Stack, browse: Browse, artefacts: Path) -> None:
    one_time = stack.add_person("lixiang", "黎翔", unit="service_centre", role="officer")
    customer = browse(f"{stack.url}/chat", viewport=PHONE)
    expect(customer.locator("#lines li.from-bot").first).to_contain_text("机器人", timeout=ANSWER_WITHIN)
    number = complain_on_the_page(customer)
    customer.screenshot(path=artefacts / "walk-chat-phone.png")

    desk = browse(f"{stack.url}/desk")
    desk.fill("#login", "lixiang")
    desk.fill("#password", one_time)
    desk.get_by_role("button", name="登录", exact=True).click()
    desk.fill("#old", one_time)
    desk.fill("#new", PASSWORD)
    desk.fill("#again", PASSWORD)
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk).to_have_url(re.compile(r"/desk(\?.*)?$"))

    desk.goto(f"{stack.url}/desk")
    desk.get_by_role("link", name=number).click()
    expect(desk.locator("body")).to_contain_text("信息系统类")
    expect(desk.locator("body")).to_contain_text("交易系统故障")
    expect(desk.locator(".talk")).to_contain_text("登不上")
    desk.screenshot(path=artefacts / "walk-desk-registered.png", full_page=True)
    desk.get_by_role("button", name="受理", exact=True).click()
    expect(desk.locator("body")).to_contain_text("已受理")
    expect(desk.locator("body")).to_contain_text("第二十二条")
    desk.screenshot(path=artefacts / "walk-desk-accepted.png", full_page=True)
    stack.anfu("audit", "verify")

    # The customer comes back to the same page: nothing of the conversation is gone.
    customer.reload()
    expect(customer.locator("#lines")).to_contain_text(number, timeout=ANSWER_WITHIN)
