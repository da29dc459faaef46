"""``/api/complaints``: the ledger for programs and for the desk's scripts. One request, one transaction.

A verb names the version its sender looked at and answers with the complaint as it stands afterwards. With an
``Idempotency-Key`` it may be sent again when its answer got lost: it is answered and not done again.
"""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from backend.accounts.guards import Once, get_database, ready_checked_viewer, ready_viewer
from backend.accounts.values import Viewer
from backend.clock import now
from backend.db.session import Database
from backend.ledger import entry, schemas, service, store, views
from backend.ledger.life import routes as life
from backend.ledger.values import ComplaintView, Filters

router = APIRouter(prefix="/api/complaints", tags=["complaints"])

Base = Annotated[Database, Depends(get_database)]
Reader = Annotated[Viewer, Depends(ready_viewer)]
Writer = Annotated[Viewer, Depends(ready_checked_viewer)]
View = Literal[
    "all", "registered", "accepted", "assigned", "mine", "due_soon", "overdue", "incomplete", "urgent",
    "to_revisit", "closed",
]  # fmt: skip


@router.get("")
def list_complaints(
    database: Base,
    viewer: Reader,
    view: View = "all",
    category: str | None = None,
    trigger: str | None = None,
    channel: str | None = None,
    unit: str | None = None,
    since: date | None = None,
    until: date | None = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=store.LARGEST_PAGE)] = 20,
) -> schemas.ComplaintPage:
    """One page of a queue. Names and phones are searched with POST /search, so that they stand in no address or log."""
    filters = Filters(category=category, trigger=trigger, channel=channel, unit=unit, since=since, until=until)
    with database.read() as session:
        return schemas.page(
            store.queue(session, viewer=viewer, view=view, filters=filters, page=page, size=size, now=now())
        )


@router.post("", status_code=201)
def register(database: Base, viewer: Writer, given: schemas.Registering) -> schemas.Registered:
    """第二十四条：登记来信、传真、来访、信箱等渠道的投诉。"""
    new = entry.by_hand(viewer=viewer, **given.model_dump())
    with database.write() as session:
        receipt = service.enter(session, new=new, by=viewer.actor, now=now())
    return schemas.Registered.model_validate(receipt, from_attributes=True)


@router.post("/search")
def search(database: Base, viewer: Writer, wanted: schemas.Search) -> schemas.ComplaintPage:
    """By complaint number, or by exact name or phone."""
    with database.read() as session:
        return schemas.page(store.queue(session, viewer=viewer, filters=Filters(q=wanted.q), now=now()))


@router.get("/counts")
def counts(database: Base, viewer: Reader) -> dict[str, int]:
    """How many complaints each view holds for this person."""
    with database.read() as session:
        return store.counts(session, viewer=viewer, now=now())


router.include_router(life.router)  # before what takes any word for a number


@router.get("/{number}")
def show(database: Base, viewer: Reader, response: Response, number: str) -> schemas.FullComplaint:
    """One complaint, personal values masked. 404 also where it is another unit's."""
    with database.read() as session:
        return _answer(response, views.view(session, number, viewer=viewer, now=now()))


@router.get("/{number}/steps")
def next_steps(database: Base, viewer: Reader, number: str) -> list[schemas.NextStep]:
    """What this person may do next, and why not the rest."""
    with database.read() as session:
        return schemas.steps(views.view(session, number, viewer=viewer, now=now()).steps)


@router.post("/{number}/accept")
def accept(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Acceptance
) -> schemas.FullComplaint:
    """受理：办结期限由此起算。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.accept(session, number, expected_version=given.expected_version, by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/decline")
def decline(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Refusing
) -> schemas.FullComplaint:
    """不予受理：须有理由和书面告知。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.decline(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/assign")
def assign(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Assignment
) -> schemas.FullComplaint:
    """指派或改派经办人员。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.assign(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/close")
def close(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Closing
) -> schemas.FullComplaint:
    """办结：结果须已告知投诉人。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.close(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/withdraw")
def withdraw(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Withdrawing
) -> schemas.FullComplaint:
    """登记客户撤诉：须写明客户的原话。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.withdraw(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/facts")
def add_facts(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, given: schemas.Facts
) -> schemas.FullComplaint:
    """补充资料：原有内容保留。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.add_facts(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        return _answer(response, views.view(session, number, viewer=viewer, now=moment))


@router.post("/{number}/reveal")
def reveal(
    database: Base, viewer: Writer, response: Response, number: str, given: schemas.Revealing
) -> schemas.FullComplaint:
    """查看完整个人信息：写明理由，留痕。"""
    with database.write() as session:
        return _answer(response, service.reveal(session, number, reason=given.reason, by=viewer.actor, now=now()))


def _answer(response: Response, view: ComplaintView) -> schemas.FullComplaint:
    """What holds personal data is kept by no cache on the way."""
    response.headers["Cache-Control"] = "no-store"
    return schemas.full(view)
