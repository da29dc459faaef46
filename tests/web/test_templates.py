"""Templates: escaped, strict, a block alone; assets with an address that follows their content; headers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from backend.web import templates
from backend.web.headers import page_headers, widget_origins
from backend.web.templates import Pages, asset, show_day


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    page = "<html>{% block part %}<p>{{ text }} {{ at | time }}</p>{% endblock %}</html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    return Pages(tmp_path)


def test_a_block_is_the_page_without_its_frame(pages: Pages) -> None:
    values = {"text": "<b>", "at": datetime(2026, 11, 23, 1, 31, tzinfo=UTC)}
    assert pages.render("page.html", **values) == "<html><p>&lt;b&gt; 2026-11-23 09:31</p></html>"
    assert pages.render("page.html", block="part", **values) == "<p>&lt;b&gt; 2026-11-23 09:31</p>"


def test_a_forgotten_value_is_an_error_and_not_an_empty_place(pages: Pages) -> None:
    with pytest.raises(UndefinedError):
        pages.render("page.html", text="x")


def test_days_are_said_as_people_say_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates.clock, "now", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    assert show_day(datetime(2026, 12, 1, 17, tzinfo=UTC)) == "12月2日 周三"
    assert show_day(datetime(2027, 1, 4, tzinfo=UTC).date()) == "2027年1月4日 周一"
    assert show_day(None) == ""


def test_the_address_of_an_asset_follows_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("a", encoding="ascii")
    before = asset("a.css")
    (tmp_path / "a.css").write_text("bb", encoding="ascii")
    assert before.startswith("/static/a.css?v=")
    assert asset("a.css") != before


def test_the_policy_allows_our_own_files_and_named_frames_only() -> None:
    policy = page_headers(framed_by=["https://www.example.cn"])["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'self' https://www.example.cn")


def test_an_origin_that_would_break_the_policy_is_refused() -> None:
    assert widget_origins(" https://a.cn, http://b.cn:8080/ ,") == ("https://a.cn", "http://b.cn:8080")
    for bad in ("*", "a.cn", "https://a.cn/path", "https://a.cn; script-src *", "javascript://x y"):
        with pytest.raises(ValueError, match="ANFU_WIDGET_ORIGINS"):
            widget_origins(bad)
