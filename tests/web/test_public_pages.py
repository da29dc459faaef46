"""The customers' pages: what stands on them comes from the rulebook, and only the chat may be framed."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.channels.web_chat import pages
from backend.guideline.rulebook import load
from backend.settings import get_settings


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("ANFU_WIDGET_ORIGINS", "https://www.example.cn")
    get_settings.cache_clear()
    app = FastAPI()
    app.include_router(pages.router)
    yield TestClient(app, follow_redirects=False)
    get_settings.cache_clear()


def test_the_root_leads_to_the_chat(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/chat"


def test_the_chat_page_says_that_it_is_a_machine_and_works_without_inline_code(client: TestClient) -> None:
    html = client.get("/chat").text
    assert "机器人" in html
    assert "转人工" in html
    assert 'href="/notice"' in html
    assert load().hotline.phone in html
    assert 'data-limit="10000"' in html
    assert " style=" not in html
    assert "<script>" not in html


def test_only_the_chat_may_be_framed_and_only_by_the_named_sites(client: TestClient) -> None:
    assert (
        "frame-ancestors 'self' https://www.example.cn"
        in client.get("/chat?embed=1").headers["content-security-policy"]
    )
    assert client.get("/notice").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_the_widget_may_be_loaded_by_another_site(client: TestClient) -> None:
    answer = client.get("/chat/widget.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_the_notice_publishes_channels_deadlines_and_personal_data(client: TestClient) -> None:
    html, rulebook = client.get("/notice").text, load()
    published = [channel.label for channel in rulebook.channels.values() if channel.clause.startswith("第十二条")]
    assert len(published) > 5
    assert all(label in html for label in published)
    assert rulebook.hotline.phone in html
    assert "20 个工作日内" in html
    assert rulebook.notices["personal_data_notice"].text[:40] in html
    assert "待合规确认" in html


def test_hours_that_touch_are_said_as_one() -> None:
    assert pages.spoken_hours(load().office_hours) == "工作日 08:30–17:30"
