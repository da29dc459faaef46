"""The pages customers see: the chat, its widget for other sites, the published channels.

GET /                 -> /chat
GET /chat             the chat page; ?embed=1 is the same page inside the widget's frame
GET /chat/widget.js   <script src="…/chat/widget.js" defer></script> puts the chat into another site
GET /notice           channels, deadlines and the personal data notice, generated from the rulebook (第十二条)
"""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from backend import clock
from backend.guideline.rulebook import Rulebook, load
from backend.guideline.values import Channel, OfficeHours
from backend.settings import get_settings
from backend.web.headers import page_headers, widget_origins
from backend.web.templates import STATIC, Pages

PAGES = Pages(Path(__file__).parent / "templates")
UNITS = {"workday": "个工作日", "day": "天", "month": "个月"}
DAYS = {"workday": "工作日", "trading_day": "交易日"}
WIDGET_CACHED = 3600  # seconds; its address is fixed, so a new version must come by itself
PROMISED = ("resolve", "inquiry_reply", "extension_max")
PUBLISHED_BY = "第十二条"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Promise:
    """A published period: what, how long in words, and its clause."""

    label: str
    text: str
    clause: str


@router.get("/")
def root() -> RedirectResponse:
    return RedirectResponse("/chat", status_code=307)


@router.get("/chat")
def chat(embed: bool = False) -> HTMLResponse:
    """The chat page. Only this page may be framed, and only by the origins in ANFU_WIDGET_ORIGINS."""
    settings, rulebook = get_settings(), load()
    html = PAGES.render(
        "chat.html",
        embedded=embed,
        limit=settings.message_limit,
        phone=rulebook.hotline.phone,
        hours=spoken_hours(rulebook.office_hours),
    )
    return HTMLResponse(html, headers=page_headers(framed_by=widget_origins(settings.widget_origins)))


@router.get("/chat/widget.js")
def widget() -> FileResponse:
    headers = {"Cache-Control": f"public, max-age={WIDGET_CACHED}", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(STATIC / "chat" / "widget.js", media_type="text/javascript", headers=headers)


@router.get("/notice")
def notice() -> HTMLResponse:
    """第十二条：公示投诉渠道；个人信息保护法第十七条：处理前告知。"""
    rulebook = load()
    told = rulebook.notices["personal_data_notice"]
    html = PAGES.render(
        "notice.html",
        rulebook=rulebook,
        hours=spoken_hours(rulebook.office_hours),
        channels=published(rulebook),
        promises=promises(rulebook),
        personal_data=told,
    )
    return HTMLResponse(html, headers=page_headers())


def published(rulebook: Rulebook) -> tuple[Channel, ...]:
    """The ways that 第十二条 publishes, besides the line itself, which stands on top of the page."""
    others = (channel for channel in rulebook.channels.values() if channel.clause != rulebook.hotline.clause)
    return tuple(channel for channel in others if channel.clause.startswith(PUBLISHED_BY))


def spoken_hours(hours: OfficeHours) -> str:
    """``工作日 08:30–17:30``: periods that touch are one."""
    merged: list[list[str]] = []
    for opening, closing in hours.periods:
        if merged and merged[-1][1] == f"{opening:%H:%M}":
            merged[-1][1] = f"{closing:%H:%M}"
        else:
            merged.append([f"{opening:%H:%M}", f"{closing:%H:%M}"])
    return f"{DAYS[hours.days]} " + "、".join(f"{opening}–{closing}" for opening, closing in merged)


def promises(rulebook: Rulebook) -> tuple[Promise, ...]:
    """The periods a customer may hold us to, with the values that hold today."""
    today = clock.local_date(clock.now())
    shown = []
    for name in PROMISED:
        period = rulebook.deadlines[name].on(today)
        words = f"{period.value} {UNITS[period.unit]}内" if period.value else "原则上当天"
        shown.append(Promise(rulebook.deadlines[name].label, words, period.clause))
    return tuple(shown)
