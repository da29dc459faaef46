"""The queue: views with counts, filters in the address, one page of rows.

    GET  /desk           view, filters and page stand in the address; htmx gets the block ``results``
    POST /desk/search    a complaint number leads to the complaint; an exact name or phone to what is registered under
                         it

Names and phones travel in the body and are never part of an address or a log.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from backend.accounts.values import Viewer
from backend.clock import local_date, now
from backend.desk.pages.answers import Doer, Reader, Store, page, see_other, wants_fragment
from backend.guideline import duties
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import store
from backend.ledger.values import Filters

VIEWS = {
    "all": "全部",
    "registered": "待受理",
    "accepted": "待分派",
    "assigned": "办理中",
    "mine": "我的",
    "due_soon": "将到期",
    "overdue": "已逾期",
    "urgent": "须立即报告",
    "incomplete": "待补充",
    "to_revisit": "待回访",
    "closed": "已结束",
}
SIZE, FOUND_AT_MOST = 20, 100
WARNING = "extension_request_lead"  # from here on a deadline is shown as near: the last days to ask for an extension

router = APIRouter(include_in_schema=False)


@router.get("/desk")
def queue(
    request: Request,
    database: Store,
    viewer: Reader,
    view: str = "all",
    category: str = "",
    trigger: str = "",
    channel: str = "",
    unit: str = "",
    since: str = "",
    until: str = "",
    page_text: Annotated[str, Query(alias="page")] = "1",
    done: str = "",
) -> Response:
    """One page of what this person may see. A filter that means nothing is left out, not an error."""
    rulebook, moment = load(), now()
    chosen = {
        "category": category if category in rulebook.categories else "",
        "trigger": trigger if trigger in rulebook.triggers else "",
        "channel": channel if channel in rulebook.channels else "",
        "unit": unit if unit in rulebook.units else "",
        "since": since if day_of(since) else "",
        "until": until if day_of(until) else "",
    }
    view = view if view in VIEWS else "all"
    filters = Filters(
        category=chosen["category"] or None,
        trigger=chosen["trigger"] or None,
        channel=chosen["channel"] or None,
        unit=chosen["unit"] or None,
        since=day_of(since),
        until=day_of(until),
    )
    with database.read() as session:
        found = store.queue(
            session, viewer=viewer, now=moment, view=view, filters=filters, page=number_of(page_text), size=SIZE
        )
        counts = store.counts(session, viewer=viewer, now=moment)

    def address(**changes: object) -> str:
        """This page with something else chosen; what is empty is left out."""
        wanted = {"view": view, **chosen, **changes}
        return "/desk?" + urlencode({name: value for name, value in wanted.items() if value})

    return page(
        "queue.html",
        viewer=viewer,
        block="results" if wants_fragment(request) else None,
        address=address,
        counts=counts,
        **shown(viewer, rulebook, view=view, chosen=chosen, found=found, said=done == "password"),
    )


@router.post("/desk/search")
def search(database: Store, viewer: Doer, q: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Find by number, or by exact name or phone through their blind index."""
    rulebook, moment = load(), now()
    with database.read() as session:
        found = store.queue(session, viewer=viewer, now=moment, filters=Filters(q=q.strip()), size=FOUND_AT_MOST)
        counts = store.counts(session, viewer=viewer, now=moment)
    if not q.strip():
        return see_other("/desk")
    if found.total == 1 and found.rows[0].number == "".join(q.split()).upper():
        return see_other(f"/desk/complaints/{found.rows[0].number}")
    return page(
        "queue.html",
        viewer=viewer,
        address=lambda **changes: "/desk?" + urlencode(changes),
        counts=counts,
        **shown(viewer, rulebook, view="", chosen={}, found=found, said=False),
    )


def shown(viewer: Viewer, rulebook: Rulebook, **values: Any) -> dict[str, Any]:
    """What the template needs besides the rows: labels, and the choices of the filters."""
    today = local_date(now())
    everywhere = duties.sees_all(roles=viewer.roles, unit=viewer.unit, unit_kind=viewer.unit_kind, rulebook=rulebook)
    return {
        **values,
        "views": VIEWS,
        "near": rulebook.deadlines[WARNING].on(today).value,
        "rulebook": rulebook,
        "everywhere": everywhere,
    }


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def number_of(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 1
