"""Signing in and out, and the password of one's own.

    login, password | right | a second step is set? | no -> session     yes -> challenge | code -> session

A failed sign-in says one sentence whatever was wrong, after the same work. The form has no session to hang a token on,
so its sender is known by Origin and Sec-Fetch-Site; every later form carries the session's CSRF token as well.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from backend.accounts import guards, second_step, service
from backend.accounts.values import SignedIn, Viewer
from backend.clock import now
from backend.desk.pages.answers import HOME, SIGN_IN, Store, page, see_other
from backend.desk.throttle import SignInThrottle
from backend.errors import NotSignedIn, Refusal, Unprocessable
from backend.settings import get_settings

LANDINGS = re.compile(r"/desk(/conversations|/complaints/[A-Z0-9]+)?")
PASSWORD, CODE, ENROL = "/desk/password", "/desk/sign-in/code", "/desk/second-step"
LONGEST_LOGIN, LONGEST_CODE = 128, 64

router = APIRouter(include_in_schema=False)


def throttle(request: Request) -> SignInThrottle:
    """The throttle of this process, made when the first person signs in."""
    state = request.app.state
    if not hasattr(state, "sign_in_throttle"):
        state.sign_in_throttle = SignInThrottle(get_settings())
    found: SignInThrottle = state.sign_in_throttle
    return found


@router.get(SIGN_IN)
def sign_in_page(request: Request, database: Store, next: str = HOME) -> Response:
    """The form; whoever is signed in already goes on."""
    token = guards.session_token(request)
    if token:
        try:
            with database.read() as session:
                service.viewer_by_token(session, token, now())
            return see_other(landing(next))
        except Refusal:
            pass  # an old cookie: sign in again
    return page("sign_in.html", viewer=None, next=landing(next), refusal=None, login="")


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    database: Store,
    limit: Annotated[SignInThrottle, Depends(throttle)],
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,
) -> Response:
    """Sign in and go where one wanted to; to the password page first, while the password is the one-time one."""
    try:
        guards.demand_same_origin(request)
        limit.attempt(request.client.host if request.client else "unknown")
        # The password check takes its time, so it holds no write transaction meanwhile.
        with database.read() as session:
            person = service.identify(session, login=login.strip().casefold()[:LONGEST_LOGIN], password=password)
        with database.write() as session:
            signed_in = challenge = None
            if second_step.enrolled(session, person):
                challenge = second_step.challenge(session, person_id=person, now=now())
            else:
                signed_in = service.open_session(session, person_id=person, now=now())
    except Refusal as refusal:
        login = login[:LONGEST_LOGIN]
        return page(
            "sign_in.html", viewer=None, status=refusal.status, next=landing(next), refusal=refusal, login=login
        )
    if signed_in is not None:
        return enter(signed_in, next)
    answer = see_other(CODE, {"next": landing(next)})
    guards.set_challenge(answer, challenge or "")
    return answer


@router.get(CODE)
def code_page(request: Request, database: Store, next: str = HOME) -> Response:
    """The second step; without a first one back to it."""
    with database.read() as session:
        second_step.challenged(session, token=guards.challenge_token(request), now=now())
    return page("sign_in_code.html", viewer=None, next=landing(next), refusal=None)


@router.post(CODE)
def sign_in_with_code(
    request: Request,
    database: Store,
    limit: Annotated[SignInThrottle, Depends(throttle)],
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,
) -> Response:
    """A code of the authenticator, or a recovery code. A wrong one stays counted."""
    signed_in = None
    try:
        guards.demand_same_origin(request)
        limit.attempt(request.client.host if request.client else "unknown")
        with database.write() as session:
            moment, token = now(), guards.challenge_token(request)
            checked = second_step.check(session, token=token, code=code[:LONGEST_CODE], now=moment)
            if checked.person_id is not None:
                signed_in = service.open_session(session, person_id=checked.person_id, now=moment)
        refused = checked.refusal
    except Refusal as refusal:
        refused = refusal
    if signed_in is None:
        over = refused is None or refused.code == "challenge_over"
        name, more = ("sign_in.html", {"login": ""}) if over else ("sign_in_code.html", {})
        status = refused.status if refused else NotSignedIn.status
        return page(name, viewer=None, status=status, next=landing(next), refusal=refused, **more)
    answer = enter(signed_in, next)
    guards.clear_challenge(answer)
    return answer


def enter(signed_in: SignedIn, wanted: str) -> RedirectResponse:
    """Where one wanted to go; first to what must be set before one may work."""
    viewer = signed_in.viewer
    due = PASSWORD if viewer.must_change_password else ENROL if viewer.must_enrol else None
    answer = see_other(due or landing(wanted))
    guards.set_cookie(answer, signed_in.token)
    return answer


@router.post("/desk/sign-out")
def sign_out(
    request: Request, database: Store, _viewer: Annotated[Viewer, Depends(guards.checked_viewer)]
) -> RedirectResponse:
    with database.write() as session:
        service.sign_out(session, token=guards.session_token(request) or "", now=now())
    answer = see_other(SIGN_IN)
    guards.clear_cookie(answer)
    return answer


@router.get(PASSWORD)
def password_page(viewer: Annotated[Viewer, Depends(guards.current_viewer)]) -> Response:
    return page("password.html", viewer=viewer, refusal=None)


@router.post(PASSWORD)
def change_password(
    request: Request,
    database: Store,
    viewer: Annotated[Viewer, Depends(guards.checked_viewer)],
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set a password of one's own; every other session of this person ends."""
    try:
        if new != again:
            raise Unprocessable("passwords_differ", "两次输入的新密码不一致，请重新输入。")
        token = guards.session_token(request)
        with database.write() as session:
            service.change_password(session, viewer=viewer, old=old, new=new, now=now(), token=token)
    except Refusal as refusal:
        return page("password.html", viewer=viewer, status=refusal.status, refusal=refusal)
    return see_other(HOME, {"done": "password"})


def landing(wanted: str) -> str:
    """Where to go after signing in: a page of the desk, never another site, never a form's address."""
    found = LANDINGS.match(wanted)
    return found.group(0) if found else HOME
