"""``/desk/second-step``: the authenticator of one's own: enrol it, see the recovery codes once, give it up.

    begin (password) | secret shown until confirmed | confirm (code) | recovery codes, once

Open to whoever is signed in and has a password of their own, also where the second step is demanded and still missing.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from backend.accounts import guards, second_step
from backend.accounts.values import Viewer
from backend.clock import now
from backend.desk.pages.answers import Store, page, see_other
from backend.errors import Forbidden, Refusal

HERE = "/desk/second-step"

router = APIRouter(include_in_schema=False)


def own_password(viewer: Viewer) -> Viewer:
    if viewer.must_change_password:
        raise Forbidden("password_due", "首次登录须先设置自己的密码，请到「修改密码」页面设置后再操作。")
    return viewer


def reader(viewer: Annotated[Viewer, Depends(guards.current_viewer)]) -> Viewer:
    return own_password(viewer)


def doer(viewer: Annotated[Viewer, Depends(guards.checked_viewer)]) -> Viewer:
    return own_password(viewer)


Reader = Annotated[Viewer, Depends(reader)]
Doer = Annotated[Viewer, Depends(doer)]
Password = Annotated[str, Form()]


@router.get(HERE)
def show(database: Store, viewer: Reader) -> Response:
    return shown(database, viewer)


@router.post(f"{HERE}/begin")
def begin(database: Store, viewer: Doer, password: Password = "") -> Response:
    try:
        with database.write() as session:
            second_step.begin(session, viewer=viewer, password=password, now=now())
    except Refusal as refusal:
        return shown(database, viewer, refusal=refusal)
    return see_other(HERE)


@router.post(f"{HERE}/confirm")
def confirm(database: Store, viewer: Doer, code: Annotated[str, Form()] = "") -> Response:
    try:
        with database.write() as session:
            codes = second_step.confirm(session, viewer=viewer, code=code, now=now())
    except Refusal as refusal:
        return shown(database, viewer, refusal=refusal)
    return shown(database, viewer, codes=codes)


@router.post(f"{HERE}/codes")
def renew_codes(database: Store, viewer: Doer, password: Password = "") -> Response:
    try:
        with database.write() as session:
            codes = second_step.renew_codes(session, viewer=viewer, password=password, now=now())
    except Refusal as refusal:
        return shown(database, viewer, refusal=refusal)
    return shown(database, viewer, codes=codes)


@router.post(f"{HERE}/remove")
def remove(database: Store, viewer: Doer, password: Password = "") -> Response:
    try:
        with database.write() as session:
            second_step.remove(session, viewer=viewer, password=password, now=now())
    except Refusal as refusal:
        return shown(database, viewer, refusal=refusal)
    return see_other(HERE)


def shown(database: Store, viewer: Viewer, *, codes: tuple[str, ...] = (), refusal: Refusal | None = None) -> Response:
    """The page as things stand; ``codes`` are there once, right after they were made."""
    with database.read() as session:
        enrolled = second_step.enrolled(session, viewer.person_id)
        pending = second_step.pending(session, viewer=viewer)
        left = second_step.codes_left(session, viewer.person_id)
    return page(
        "second_step.html", viewer=viewer, status=refusal.status if refusal else 200,
        enrolled=enrolled, pending=pending, left=left, codes=codes, refusal=refusal,
    )  # fmt: skip
