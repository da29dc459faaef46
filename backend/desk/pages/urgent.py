"""Immediate reports: who was called and has not answered, and what was reported to the authorities.

GET  /desk/urgent                    pages nobody confirmed: one's own unit's; supervisors see everybody's
GET  /desk/urgent/{number}           all calls and reports about one complaint
POST /desk/urgent/{number}           this unit has received it (第三条（三）)
POST /desk/urgent/{number}/report    an authority was told: when, by what way, what
"""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from backend.clock import now
from backend.desk.filled import Filled
from backend.desk.pages.answers import Doer, Reader, Store, page, see_other
from backend.guideline import duties
from backend.guideline.rulebook import load
from backend.ledger.watch import authorities, pages, store, views

SHOWN_AT_MOST = 200

router = APIRouter(include_in_schema=False)


@router.get("/desk/urgent")
def urgent(database: Store, viewer: Reader) -> Response:
    """The longest waiting first."""
    rulebook = load()
    everywhere = duties.sees_all(roles=viewer.roles, unit=viewer.unit, unit_kind=viewer.unit_kind, rulebook=rulebook)
    with database.read() as session:
        nothing = viewer.unit_id is None and not everywhere
        rows = () if nothing else store.open_pages(session, None if everywhere else viewer.unit_id, limit=SHOWN_AT_MOST)
    return page("urgent.html", viewer=viewer, rows=rows, rulebook=rulebook, everywhere=everywhere, moment=now())


@router.get("/desk/urgent/{number}")
def one(number: str, database: Store, viewer: Reader, done: str = "") -> Response:
    with database.read() as session:
        standing = views.standing(session, number, viewer=viewer)
    return page("urgent_one.html", viewer=viewer, standing=standing, done=done, moment=now())


@router.post("/desk/urgent/{number}")
def acknowledge(number: str, database: Store, viewer: Doer) -> Response:
    with database.write() as session:
        pages.acknowledge(session, number, by=viewer.actor, now=now())
    return see_other(f"/desk/urgent/{number}", {"done": "confirmed"})


@router.post("/desk/urgent/{number}/report")
def report(
    number: str,
    database: Store,
    viewer: Doer,
    owed: Annotated[str, Form(max_length=100)] = "",
    reported_at: Annotated[str, Form(max_length=40)] = "",
    said: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """``owed``: trigger and authority with a colon between them, as the list of the form offers them."""
    trigger, _, authority = owed.partition(":")
    moment = now()
    with database.write() as session:
        authorities.report(
            session,
            number,
            trigger=trigger,
            authority=authority,
            reported_at=Filled(-1, {"reported_at": reported_at}).moment("reported_at", now=moment),
            said=said,
            by=viewer.actor,
            now=moment,
        )
    return see_other(f"/desk/urgent/{number}", {"done": "reported"})
