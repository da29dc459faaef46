"""Entry by hand: a complaint that came by mail, fax, visit or letter box (第十二条、第二十四条).

GET, POST  /desk/new
"""

import secrets
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from backend.accounts.values import Viewer
from backend.clock import now
from backend.desk.filled import Filled
from backend.desk.pages.answers import Doer, Reader, Store, page, see_other
from backend.desk.pages.complaint import FIELD, NOT_ASKED, SHOWN_AGAIN, filled_in
from backend.errors import Refusal
from backend.guideline.rulebook import load
from backend.ledger import entry, service

router = APIRouter(include_in_schema=False)


@router.get("/desk/new")
def blank(viewer: Reader) -> Response:
    return shown(viewer, Filled(0))


@router.post("/desk/new")
def register(database: Store, viewer: Doer, filled: Annotated[Filled, Depends(filled_in)]) -> Response:
    """The key came with the page: a form that is sent twice registers one complaint."""
    moment = now()
    try:
        new = entry.by_hand(
            key=filled.text("key")[:40],
            viewer=viewer,
            channel=filled.text("channel"),
            kind=filled.text("kind"),
            category=filled.text("category"),
            emotion=filled.text("emotion"),
            triggers=filled.many("triggers"),
            fields={name.removeprefix(FIELD): value for name, value in filled.values.items() if name.startswith(FIELD)},
            narrative=filled.text("narrative"),
            received_at=filled.moment("received_at", now=moment),
            incomplete=bool(filled.text("incomplete")),
        )
        with database.write() as session:
            receipt = service.enter(session, new=new, by=viewer.actor, now=moment)
    except Refusal as refusal:
        if refusal.status not in SHOWN_AGAIN:
            raise
        return shown(viewer, filled, refusal)
    return see_other(f"/desk/complaints/{receipt.number}", {"done": "register"})


def shown(viewer: Viewer, filled: Filled, refusal: Refusal | None = None) -> Response:
    """The form with what was typed; the duty to register is asked of the ledger when it is sent."""
    rulebook = load()
    typed: Mapping[str, str] = filled.values
    return page(
        "new.html",
        viewer=viewer,
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        ticked=frozenset(filled.many("triggers")),
        key=typed.get("key") or secrets.token_hex(12),
        channels=[one for one in rulebook.channels.values() if one.by_hand],
        asked=[(FIELD + one.id, one.label) for one in rulebook.fields.values() if one.id not in NOT_ASKED],
        rulebook=rulebook,
        moment=now(),
    )
