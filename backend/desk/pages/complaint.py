"""One complaint: the five blocks of 第二十五条, its conversation, clocks and tasks, and the next steps of this person.

    GET  /desk/complaints/{number}              masked
    POST /desk/complaints/{number}/reveal       with a reason: the same page in the clear; it leaves a trail entry
    POST /desk/complaints/{number}/supplement   what a handler learned
    POST /desk/complaints/{number}/{act}        a step of the stage table, for the version that was on the screen

A refused form comes back as the page with the reason on top and everything that was typed still in it; where somebody
else was first, the reason names who changed what and when, and the page shows the complaint as it stands now.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.clock import local_date, now
from backend.db.session import Database
from backend.desk.filled import Filled
from backend.desk.forms import forms, further, label_of
from backend.desk.pages.answers import Doer, Reader, Store, page, see_other
from backend.desk.pages.queue import WARNING
from backend.desk.spoken import Spoken, spoken
from backend.desk.verbs import FURTHER, VERBS
from backend.errors import NotFound, Refusal, Unprocessable
from backend.guideline.rulebook import Rulebook, load
from backend.ledger import service, steps, store, views
from backend.ledger.values import ComplaintView
from backend.transcripts import service as transcripts
from backend.transcripts.values import Audience

HOME = "/desk/complaints/{number}"
FIELD = "field_"  # a form's name for a fact of the complaint
NOT_ASKED = ("narrative", "channel", "evidence")  # told in other ways than by a field of the form
SHOWN_AGAIN = (409, 422)  # refusals after which the page is shown again with what was typed

router = APIRouter(include_in_schema=False)


async def filled_in(request: Request) -> Filled:
    """The form as text; a version that is no number can match none."""
    values = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    version = values.get("version", "")
    return Filled(int(version) if version.isdecimal() and len(version) < 10 else -1, values)


@router.get(HOME)
def complaint(number: str, database: Store, viewer: Reader, done: str = "") -> Response:
    return shown(database, number, viewer, done=done)


@router.post(HOME + "/reveal")
def reveal(number: str, database: Store, viewer: Doer, reason: Annotated[str, Form()] = "") -> Response:
    """Answers with the page itself: what is revealed has no address that could be opened again."""
    moment = now()
    try:
        with database.write() as session:
            view = service.reveal(session, number, reason=reason, by=viewer.actor, now=moment)
    except Unprocessable as refusal:
        return shown(database, number, viewer, refusal=refusal)
    return shown(database, number, viewer, view=view)


@router.post(HOME + "/supplement")
def supplement(number: str, database: Store, viewer: Doer, filled: Annotated[Filled, Depends(filled_in)]) -> Response:
    fields = {
        name.removeprefix(FIELD): value.strip()
        for name, value in filled.values.items()
        if name.startswith(FIELD) and value.strip()
    }
    narrative = filled.text("narrative")
    incomplete = False if filled.text("complete") else None
    try:
        if not fields and not narrative and incomplete is None:
            raise Unprocessable("nothing_told", "没有填写任何内容，请填写后再提交。")
        with database.write() as session:
            service.add_facts(
                session, number, fields=fields, narrative=narrative, incomplete=incomplete,
                expected_version=filled.version, by=viewer.actor, now=now(),
            )  # fmt: skip
    except Refusal as refusal:
        return again(database, number, viewer, refusal, act="supplement", filled=filled)
    return see_other(HOME.format(number=number), {"done": "supplement"})


@router.post(HOME + "/{act}")
def take_step(
    number: str, act: str, database: Store, viewer: Doer, filled: Annotated[Filled, Depends(filled_in)]
) -> Response:
    if act not in VERBS:
        raise NotFound("no_such_step", "没有这个办理步骤，请回到投诉页面选择下一步。")
    try:
        with database.write() as session:
            VERBS[act](session, number, filled, viewer, now())
    except Refusal as refusal:
        return again(database, number, viewer, refusal, act=act, filled=filled)
    with database.read() as session:
        found = store.by_number(session, number)
        theirs = found is not None and steps.may(session, "read", found, viewer).allowed
    return see_other(HOME.format(number=number), {"done": act}) if theirs else see_other("/desk")  # handed over


def again(database: Database, number: str, viewer: Viewer, refusal: Refusal, *, act: str, filled: Filled) -> Response:
    """The page with the refusal and what was typed; a refusal that is about the person or the number stands alone."""
    if refusal.status not in SHOWN_AGAIN:
        raise refusal
    return shown(database, number, viewer, refusal=refusal, act=act, filled=filled)


def shown(
    database: Database,
    number: str,
    viewer: Viewer,
    *,
    view: ComplaintView | None = None,
    refusal: Refusal | None = None,
    act: str = "",
    filled: Filled | None = None,
    done: str = "",
) -> Response:
    """The page. ``view`` is given only when it has been revealed."""
    moment = now()
    with database.read() as session:
        view = view or views.view(session, number, viewer=viewer, now=moment)
        rulebook = load(view.rulebook_version)
        lines = conversation(session, view, rulebook)
        verdicts = may(session, view, viewer, ("reveal", "supplement", "complete_task", *(one.duty for one in FURTHER)))
        everybody = steps.everybody(session, moment)
    values: dict[str, Any] = {
        "view": view,
        "forms": forms(view, rulebook, act=act, filled=filled),
        "further": further(view, rulebook, verdicts, everybody, act=act, filled=filled),
        "lines": lines,
        "may": verdicts,
        "unknown": unknown(view, rulebook),
        "refusal": refusal,
        "act": act,
        "typed": filled.values if filled else {},
        "done": label_of(done, rulebook),
        "near": load().deadlines[WARNING].on(local_date(moment)).value,
        "moment": moment,
    }
    return page("complaint.html", viewer=viewer, status=refusal.status if refusal else 200, **values)


def conversation(session: Session, view: ComplaintView, rulebook: Rulebook) -> tuple[Spoken, ...]:
    """What was said, masked unless the complaint has been revealed."""
    if view.conversation_id is None:
        return ()
    clear = transcripts.thread(session, view.conversation_id, visible_to=Audience.STAFF)
    masked = transcripts.thread(session, view.conversation_id, visible_to=Audience.STAFF, masked=True)
    return spoken(clear, clear if view.revealed else masked, view.evidence, rulebook)


def may(session: Session, view: ComplaintView, viewer: Viewer, acts: tuple[str, ...]) -> Mapping[str, Any]:
    """Verdicts on what is no step of the stage table."""
    found = store.by_number(session, view.row.number)
    return {act: steps.may(session, act, found, viewer) for act in acts} if found else {}


def unknown(view: ComplaintView, rulebook: Rulebook) -> list[tuple[str, str]]:
    """Facts nobody has told yet: (id, label), in the rulebook's order."""
    told = {field.id for field in (*view.complainant, *view.matter) if field.value}
    return [(FIELD + field.id, field.label) for field in rulebook.fields.values()
            if field.id not in told and field.id not in NOT_ASKED]  # fmt: skip
