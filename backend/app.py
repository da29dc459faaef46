"""Assembles the public door: every router, one place that turns refusals into HTTP, health and metrics."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

from backend import __version__, logs
from backend.channels.bot import Bot
from backend.channels.conversation import Turns
from backend.channels.wakeups import Wakeups
from backend.channels.web_chat import pages as chat_pages
from backend.channels.web_chat import routes as chat_routes
from backend.channels.web_chat.guards import Throttle
from backend.clock import now
from backend.db import migrate
from backend.db.session import make_database
from backend.desk import routers as desk_routers
from backend.errors import Refusal
from backend.guideline import rulebook as rulebooks
from backend.intake import routes as bot_routes
from backend.ledger import calendar as calendars
from backend.ledger import routes as ledger_routes
from backend.reading.reader import Reader
from backend.settings import Settings, get_settings
from backend.transcripts import store as transcripts_store
from backend.transcripts.values import Owner
from backend.web.middleware import BodyLimit, RequestIds, SecurityHeaders
from backend.web.templates import Pages

log = structlog.get_logger(__name__)

WEB = Path(__file__).parent / "web"
PAGES = Pages(WEB / "templates")
PROBLEM = "application/problem+json"
SWEEP_SECONDS, SWEEP_BATCH = 2.0, 50


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for one process; everything it needs stands in ``app.state``."""
    settings = settings or get_settings()
    logs.configure(settings.log_level)
    app = FastAPI(title="anfu", version=__version__, lifespan=_lifespan, redoc_url=None)
    app.state.settings = settings
    app.state.stopping = False
    app.add_middleware(SecurityHeaders, https=settings.secure_cookies)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestIds)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    if settings.surface in ("public", "all"):
        app.include_router(chat_routes.router)
        app.include_router(chat_pages.router)
    if settings.surface in ("desk", "all"):
        app.include_router(bot_routes.router)
        app.include_router(ledger_routes.router)
        for router in desk_routers:
            app.include_router(router)
    app.add_api_route("/healthz", _healthz, tags=["operations"])
    app.add_api_route("/readyz", _readyz, tags=["operations"])
    app.add_api_route("/metrics", _metrics, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    database = make_database(settings.db_url)
    database.check()
    migrate.demand_head(database)
    state = app.state
    state.database, state.wakeups, state.throttle = database, Wakeups(), Throttle(settings)
    state.rulebook, state.calendar = rulebooks.load(), calendars.load_calendar()
    state.reader = await asyncio.to_thread(Reader.load, settings.reader_dir)
    state.bot = Bot(settings.rasa_url, deadline=settings.turn_deadline)
    state.turns = Turns(
        database, state.reader, state.bot, state.wakeups,
        rulebook=state.rulebook, calendar=state.calendar, lease=settings.turn_lease, clock=now,
    )  # fmt: skip
    sweeping = asyncio.create_task(_sweep(app))
    try:
        yield
    finally:
        state.stopping = True
        state.wakeups.ring_all()
        sweeping.cancel()
        await state.turns.finish()
        await state.bot.close()
        database.dispose()


async def _sweep(app: FastAPI) -> None:
    """Take the turns nobody took: after a crash of this process, or when the bot has come back from an outage."""
    state = app.state
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            # With the bot away, only those are taken who have not been told so yet.
            owners = (Owner.BOT, Owner.WAITING) if await state.bot.alive() else (Owner.BOT,)
            for conversation_id in await asyncio.to_thread(_unanswered, app, owners):
                state.turns.start(conversation_id)
        except Exception:  # a sweep that fails is followed by the next one; the turns themselves answer for their own
            log.exception("sweep_failed")


def _unanswered(app: FastAPI, owners: Sequence[Owner]) -> list[str]:
    with app.state.database.read() as session:
        return list(transcripts_store.unanswered(session, now=now(), limit=SWEEP_BATCH, owners=owners))


def _healthz() -> dict[str, str]:
    return {"status": "ok", "version": __version__}


async def _readyz(request: Request) -> JSONResponse:
    """Whether a customer would be served now: database writable, reader loaded, bot answering."""
    parts = {"database": await asyncio.to_thread(request.app.state.database.writable), "reader": True}
    if request.app.state.settings.surface != "desk":
        parts["bot"] = await request.app.state.bot.alive()
    ready = all(parts.values())
    return JSONResponse({"ready": ready, **parts}, status_code=200 if ready else 503)


def _metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _problem(status: int, code: str, title: str, say: str, **extra: object) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": say, **extra}
    return JSONResponse(body, status_code=status, media_type=PROBLEM)


def _page(request: Request, refusal: Refusal, status: int) -> HTMLResponse:
    home = "/desk" if request.url.path.startswith("/desk") else "/chat"
    return HTMLResponse(PAGES.render("refusal.html", refusal=refusal, home=home), status_code=status)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api") and "text/html" in request.headers.get("accept", "")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if _wants_page(request):
        if error.status == 401:
            return RedirectResponse(f"/desk/sign-in?next={request.url.path}", status_code=303)
        return _page(request, error, error.status)
    answer = _problem(error.status, error.code, error.title, error.say, clause=error.clause, **error.extra)
    if error.status == 429:
        answer.headers["Retry-After"] = "60"
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # What was sent is not repeated: it may hold what nobody else should read.
    problems = [{"where": ".".join(str(part) for part in e["loc"]), "kind": e["type"]} for e in error.errors()]
    in_body = any(problem["where"].startswith("body") for problem in problems)
    says_json = "json" in request.headers.get("content-type", "")
    if (in_body and not says_json) or any(problem["kind"] == "json_invalid" for problem in problems):
        say = "请求须是完整的 JSON，请检查格式，并注明 Content-Type: application/json 后重新发送。"
        return _problem(400, "broken_json", "请求格式有误", say)
    return _problem(
        422,
        "invalid_fields",
        "内容无法受理",
        "有字段缺失或格式不对，请按 errors 所列逐项修改后再提交。",
        errors=problems,
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    say = {404: "没有这个页面或接口，请检查地址。", 405: "这个地址不支持这种请求方式。"}.get(
        error.status_code, "请求没有完成，请稍后再试。"
    )
    if _wants_page(request):
        refusal = Refusal(f"http_{error.status_code}", say)
        return _page(request, refusal, error.status_code)
    return _problem(error.status_code, f"http_{error.status_code}", "请求未完成", say)


async def _unexpected(request: Request, error: Exception) -> Response:
    # Starlette's outermost handler logs the trace itself; the answer stays general.
    log.error("unexpected", path=request.url.path, error=type(error).__name__)
    say = "系统出了点问题，已经记录。您提交的内容如已显示编号即为收到，请稍后再试。"
    if _wants_page(request):
        return _page(request, Refusal("unexpected", say), 500)
    return _problem(500, "unexpected", "服务出错", say)
