"""FastAPI dependencies of every staff door: who is asking, and did the request come from our own page.

cookie | session | Viewer          current_viewer   signed in (the password may still be the one-time one)
… | own password set               ready_viewer     may work
… | CSRF token and origin          checked_viewer, ready_checked_viewer: for every unsafe method
bearer token                       service_actor    the bot
Idempotency-Key, body              once             is this request new, or sent again?
"""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request, Response

from backend.accounts import second_step, service
from backend.accounts.once import OnceKey, once_key
from backend.accounts.values import Viewer
from backend.audit.actor import BOT, Actor
from backend.clock import now
from backend.db.session import Database
from backend.errors import Forbidden, NotSignedIn
from backend.settings import get_settings

CHALLENGE_LIVES = int(second_step.CHALLENGE_LIVES.total_seconds())
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
CHALLENGE, SIGN_IN_PAGES = "anfu-challenge", "/desk/sign-in"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
OUR_FETCH_SITES = frozenset({"same-origin", "none"})


def cookie_name() -> str:
    """``__Host-`` where the public address is https: no subdomain and no plain http can then set it."""
    return "__Host-anfu" if get_settings().secure_cookies else "anfu"


def set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(), token, httponly=True, samesite="lax", secure=get_settings().secure_cookies, path="/"
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name(), httponly=True, samesite="lax", secure=get_settings().secure_cookies, path="/")


def set_challenge(response: Response, token: str) -> None:
    """The sign-in between its two steps; its cookie goes to the sign-in pages alone and opens nothing."""
    response.set_cookie(
        CHALLENGE, token, max_age=CHALLENGE_LIVES, httponly=True, samesite="strict",
        secure=get_settings().secure_cookies, path=SIGN_IN_PAGES,
    )  # fmt: skip


def clear_challenge(response: Response) -> None:
    response.delete_cookie(CHALLENGE, httponly=True, samesite="strict", path=SIGN_IN_PAGES)


def challenge_token(request: Request) -> str:
    return request.cookies.get(CHALLENGE, "")


def session_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name())


def get_database(request: Request) -> Database:
    """The database of this process (``app.state.database``)."""
    database: Database = request.app.state.database
    return database


def current_viewer(request: Request) -> Viewer:
    """Who is signed in; NotSignedIn otherwise. Their rights are read anew for every request."""
    token = session_token(request)
    if not token:
        raise service.ended()
    database, moment = get_database(request), now()
    with database.read() as session:
        viewer = service.viewer_by_token(session, token, moment)
        stale = service.is_stale(session, token, moment)
    if stale:
        with database.write() as session:
            service.touch(session, token, moment)
    return viewer


def ready_viewer(viewer: Annotated[Viewer, Depends(current_viewer)]) -> Viewer:
    """Who may work: the one-time password has been replaced, and the second step is set where it is demanded."""
    if viewer.must_change_password:
        raise Forbidden("password_due", "首次登录须先设置自己的密码，请到「修改密码」页面设置后再操作。")
    if viewer.must_enrol:
        raise Forbidden("second_step_due", "本系统要求使用动态口令，请到「动态口令」页面启用后再操作。")
    return viewer


async def given_csrf(request: Request) -> str:
    """The synchroniser token the page sent along: header, or form field."""
    header = request.headers.get(CSRF_HEADER)
    if header:
        return header
    if request.headers.get("content-type", "").startswith(FORMS):
        value = (await request.form()).get(CSRF_FIELD)
        return value if isinstance(value, str) else ""
    return ""


def demand_same_origin(request: Request) -> None:
    """Forbidden when a browser says that another site sent this. Programs send neither header and pass."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OUR_FETCH_SITES:
        raise Forbidden("cross_site", "该请求来自其他网站，已被拒绝；请在本系统页面内操作。")
    origin = request.headers.get("origin")
    if origin is None:
        return
    public = get_settings().public_url
    known = {request.headers.get("host", "")} | ({urlsplit(public).netloc} if public else set())
    if urlsplit(origin).netloc not in known:
        raise Forbidden("cross_site", "该请求来自其他网站，已被拒绝；请在本系统页面内操作。")


def checked_viewer(
    request: Request,
    viewer: Annotated[Viewer, Depends(current_viewer)],
    given: Annotated[str, Depends(given_csrf)],
) -> Viewer:
    """Who is signed in and sent this from one of our pages."""
    demand_same_origin(request)
    if not hmac.compare_digest(given.encode(), viewer.csrf.encode()):
        raise Forbidden("csrf_failed", "页面已过期，请刷新后重新提交。")
    return viewer


def ready_checked_viewer(viewer: Annotated[Viewer, Depends(checked_viewer)]) -> Viewer:
    """Who may work and sent this from one of our pages."""
    return ready_viewer(viewer)


async def once(
    request: Request,
    viewer: Annotated[Viewer, Depends(ready_checked_viewer)],
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", description="8 至 80 个可见英文字符，24 小时内有效")
    ] = None,
) -> OnceKey:
    """The request's idempotency key, to be claimed inside its transaction (``OnceKey.is_new``)."""
    address, body = request.url.path, await request.body()
    return once_key(viewer.person_id, key, method=request.method, address=address, body=body)


Once = Annotated[OnceKey, Depends(once)]


def service_actor(request: Request) -> Actor:
    """The bot, known by its bearer token; compared in constant time."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    good = get_settings().bot_token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), good.encode()):
        raise NotSignedIn("service_token", "服务令牌缺失或不正确，请检查配置。")
    return BOT
