"""The chat page in a real browser: nothing typed is lost or doubled, whatever the line does."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.little_chat import LittleChat
from tests.browsers import PHONE

Browse = Callable[..., Page]
MESSAGES = "**/api/chat/messages"
SOON = 12_000  # ms


@pytest.fixture
def page(chat: LittleChat, browse: Browse) -> Page:
    """A customer who has read the greeting."""
    opened = browse(f"{chat.url}/chat")
    expect(opened.locator("li.from-bot")).to_have_count(2)
    return opened


def say(page: Page, words: str) -> None:
    page.fill("#text", words)
    page.press("#text", "Enter")


def own_words(page: Page) -> list[str]:
    return page.locator("li.from-customer .text").all_text_contents()


def conversation(page: Page) -> str:
    remembered = json.loads(page.evaluate("() => sessionStorage.getItem('anfu.chat')"))
    return str(remembered["conversation"])


def kept(chat: LittleChat, page: Page) -> list[str]:
    return [line.text for line in chat.kept(conversation(page)) if line.sender == "customer"]


def test_a_machine_says_so_and_answers(page: Page, artefacts: Path) -> None:
    expect(page.locator("#badge")).to_have_text("机器人")
    say(page, "昨天开盘APP登不上\n我要投诉")
    expect(page.locator(".choice:enabled")).to_have_count(3)
    assert own_words(page) == ["昨天开盘APP登不上\n我要投诉"]
    assert page.locator("li.from-bot .text").last.evaluate("e => getComputedStyle(e).whiteSpace").startswith("pre-wrap")
    page.screenshot(path=artefacts / "chat-wide.png")


def test_only_the_newest_choices_can_be_taken_and_only_once(page: Page) -> None:
    say(page, "登不上")
    page.locator(".choice", has_text="记不清了").click()
    expect(page.locator("li.from-customer")).to_have_count(2)
    expect(page.locator(".choice")).to_have_count(6)
    expect(page.locator(".choice:enabled")).to_have_count(3)
    assert own_words(page)[-1] == "记不清了"


def test_markup_is_shown_and_never_run(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)><b>粗</b>")
    expect(page.locator(".choice:enabled")).to_have_count(3)
    assert own_words(page) == ["<img src=x onerror=alert(1)><b>粗</b>"]
    assert page.locator("#lines img").count() == 0


def test_the_input_method_never_sends(page: Page) -> None:
    page.focus("#text")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    page.evaluate(
        """() => document.querySelector("#text").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert own_words(page) == []
    keyboard.send("Input.insertText", {"text": "你好"})
    page.press("#text", "Shift+Enter")
    page.keyboard.type("在吗")
    page.keyboard.press("Enter")
    expect(page.locator("li.from-customer .text")).to_have_text("你好\n在吗")


def test_an_answer_that_got_lost_does_not_double_the_message(chat: LittleChat, page: Page) -> None:
    lost = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route(MESSAGES, lose_the_first)
    say(page, "这句话的应答丢了")
    expect(page.locator(".choice:enabled")).to_have_count(3, timeout=SOON)
    expect(page.locator(".again")).to_have_count(0, timeout=SOON)
    assert own_words(page) == kept(chat, page) == ["这句话的应答丢了"]


def test_what_is_typed_offline_is_sent_in_order_when_the_line_is_back(chat: LittleChat, page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#line")).to_contain_text("网络已断开")
    say(page, "离线一")
    say(page, "离线二")
    expect(page.locator(".again")).to_have_count(2)
    page.context.set_offline(False)
    expect(page.locator("#line")).to_be_hidden(timeout=SOON)
    expect(page.locator(".again")).to_have_count(0, timeout=SOON)
    assert own_words(page) == kept(chat, page) == ["离线一", "离线二"]


def test_a_broken_stream_resumes_after_the_last_line(chat: LittleChat, page: Page) -> None:
    say(page, "断线之前")
    expect(page.locator(".choice:enabled")).to_have_count(3)
    asked = []
    page.on("request", lambda request: asked.append(request.headers.get("last-event-id")))
    chat.drop_streams()
    say(page, "断线之后")
    expect(page.locator("li.from-bot")).to_have_count(4, timeout=SOON)
    assert "4" in asked
    seqs = page.locator("#lines > li:not(.day)").evaluate_all("lines => lines.map(line => Number(line.dataset.seq))")
    assert seqs == [1, 2, 3, 4, 5, 6]


def test_a_reload_goes_on_with_the_same_conversation_and_what_was_not_delivered(chat: LittleChat, page: Page) -> None:
    say(page, "重载之前")
    expect(page.locator(".choice:enabled")).to_have_count(3)
    page.route(MESSAGES, lambda route: route.abort())
    say(page, "还没送达")
    expect(page.locator(".again")).to_have_count(1)
    before = conversation(page)
    page.unroute(MESSAGES)
    page.reload()
    expect(page.locator("li.from-bot")).to_have_count(4, timeout=SOON)
    assert conversation(page) == before
    assert own_words(page) == kept(chat, page) == ["重载之前", "还没送达"]


def test_too_long_is_said_before_sending(page: Page) -> None:
    page.fill("#text", "长" * 9500)
    expect(page.locator("#counter")).to_have_text("还可以写 500 字")
    page.fill("#text", "😀" * 10_001)
    expect(page.locator("#counter")).to_contain_text("已超出 1 字")
    expect(page.locator("#send")).to_be_disabled()
    page.press("#text", "Enter")
    assert own_words(page) == []


def test_what_the_server_refuses_stays_on_the_screen_with_its_reason(page: Page) -> None:
    def refuse(route: Route) -> None:
        problem = {"code": "message_too_long", "detail": "一条消息最多 10000 个字，请分成几条发送。"}
        route.fulfill(status=413, body=json.dumps(problem), content_type="application/problem+json")

    page.route(MESSAGES, refuse)
    say(page, "被拒绝的话")
    expect(page.locator("li.refused .meta")).to_have_text("一条消息最多 10000 个字，请分成几条发送。")
    assert page.input_value("#text") == "被拒绝的话"


def test_a_person_is_one_press_away_and_is_seen_to_be_one(page: Page, artefacts: Path) -> None:
    page.click("#human")
    expect(page.locator("#badge")).to_have_text("转接中")
    expect(page.locator("#human")).to_be_disabled()
    say(page, "专员")
    expect(page.locator("#badge")).to_have_text("人工")
    expect(page.locator("li.from-agent .who")).to_have_text("人工客服")
    page.screenshot(path=artefacts / "chat-person.png")


def test_a_closed_conversation_says_so_and_a_new_one_begins(page: Page) -> None:
    say(page, "结束")
    expect(page.locator("#ended-text")).to_contain_text("已经结束")
    expect(page.locator("#composer")).to_be_hidden()
    before = conversation(page)
    page.click("#again")
    expect(page.locator("li.from-bot")).to_have_count(2)
    assert conversation(page) != before
    expect(page.locator("#text")).to_be_enabled()


def test_a_token_nobody_knows_is_said_plainly(page: Page) -> None:
    page.evaluate("() => sessionStorage.setItem('anfu.chat', JSON.stringify({token: 'unknown'}))")
    page.reload()
    expect(page.locator("#ended-text")).to_contain_text("已失效")
    page.click("#again")
    expect(page.locator("li.from-bot")).to_have_count(2)


def test_it_fits_a_phone_and_large_letters(chat: LittleChat, browse: Browse, artefacts: Path) -> None:
    phone = browse(f"{chat.url}/chat", viewport=PHONE, is_mobile=True, has_touch=True)
    say(phone, "登不上" * 30)
    expect(phone.locator(".choice:enabled")).to_have_count(3)
    phone.screenshot(path=artefacts / "chat-phone.png")
    phone.click("#larger")
    for viewport in (PHONE, {"width": 360, "height": 640}):
        phone.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert phone.evaluate("() => document.documentElement.scrollWidth") <= viewport["width"]
        expect(phone.locator("#human")).to_be_in_viewport()
        expect(phone.locator("#send")).to_be_in_viewport()


def test_the_widget_opens_folds_and_counts(chat: LittleChat, browse: Browse) -> None:
    host = browse(f"{chat.url}/notice")
    host.evaluate(
        """address => { const script = document.createElement("script"); script.src = address;
           document.body.append(script); }""",
        f"{chat.url}/chat/widget.js",
    )
    opener = host.locator("#anfu-chat button")
    opener.click()
    frame = host.frame_locator("#anfu-chat iframe")
    expect(frame.locator("li.from-bot")).to_have_count(2)
    frame.locator("#text").fill("登不上")
    frame.locator("#text").press("Enter")
    frame.locator("#fold").click()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-label", re.compile("新消息"))
    opener.click()
    expect(frame.locator("li.from-bot")).to_have_count(3)
    frame.locator("#text").press("Escape")
    expect(opener).to_be_visible()
