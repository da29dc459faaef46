"""The bot's doors: its actions call back here in the middle of a turn. Every call may be repeated."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from backend.accounts.guards import get_database, service_actor
from backend.audit.actor import Actor
from backend.clock import local, now
from backend.db.session import Database
from backend.guideline import numbers, routing
from backend.guideline.calendar import moment_in_words
from backend.intake import service
from backend.intake.schemas import (
    ConfirmedComplaint,
    HandedOver,
    Handover,
    Registered,
    StatusAnswer,
    StatusQuestion,
    Withdrawal,
    Withdrawn,
)  # fmt: skip
from backend.ledger import store as ledger_store
from backend.ledger.calendar import load_calendar
from backend.transcripts import service as transcripts

router = APIRouter(prefix="/api/bot", tags=["bot"], dependencies=[Depends(service_actor)])

Base = Annotated[Database, Depends(get_database)]
By = Annotated[Actor, Depends(service_actor)]


@router.post("/complaints")
def file_complaint(request: Request, database: Base, by: By, confirmed: ConfirmedComplaint) -> Registered:
    """The customer has confirmed: enter the complaint, or find the one this conversation entered already."""
    rulebook = request.app.state.rulebook
    with database.write() as session:
        receipt = service.file(
            session, confirmed.conversation, fields=confirmed.fields, refused=tuple(confirmed.refused),
            rulebook=rulebook, by=by, now=now(), epoch=confirmed.epoch, turn=confirmed.turn,
        )  # fmt: skip
    return Registered(
        number=receipt.number,
        number_spoken=numbers.spoken(receipt.number),
        category_label=receipt.category_label,
        days=receipt.days,
        due_on=receipt.due_on,
        due_text=f"{receipt.due_on.month}月{receipt.due_on.day}日",
        stage_label=rulebook.stages[receipt.stage].customer,
    )


@router.post("/handovers")
def hand_over(request: Request, database: Base, handover: Handover) -> HandedOver:
    """The customer wants or needs a person: into the waiting queue, and when one can be there."""
    rulebook, calendar, moment = request.app.state.rulebook, load_calendar(), now()
    with database.write() as session:
        transcripts.ask_for_person(session, handover.conversation, reason=handover.reason, now=moment)
    if routing.office_open(moment, calendar, rulebook):
        return HandedOver(open=True, callback_text=None)
    opening = routing.next_opening(moment, calendar, rulebook)
    return HandedOver(open=False, callback_text=moment_in_words(opening, now=moment))


@router.post("/status")
def status(request: Request, database: Base, question: StatusQuestion) -> StatusAnswer:
    """How a complaint stands, for whoever knows both its number and the phone it was made with."""
    with database.read() as session:
        phone = service.plain(session, question.conversation, question.phone)
        number = service.plain(session, question.conversation, question.number)
        found = ledger_store.for_customer(session, number=number, phone=phone)
        if found is None:
            return StatusAnswer(found=False)
        stage = request.app.state.rulebook.stages[found.stage]
        due = local(found.resolve_due_at) if found.resolve_due_at else None
        since = local(found.changed_at)
        return StatusAnswer(
            found=True,
            number=found.number,
            stage_label=stage.customer,
            since_text=f"{since.month}月{since.day}日",
            due_text=f"{due.month}月{due.day}日" if due else "",
        )


@router.post("/withdrawals")
def withdraw(database: Base, by: By, withdrawal: Withdrawal) -> Withdrawn:
    """The customer lets go: of the complaint this conversation filed, or of the draft."""
    with database.write() as session:
        withdrawn, number = service.withdraw(
            session, withdrawal.conversation, number=withdrawal.number, turn=withdrawal.turn, by=by, now=now()
        )
    return Withdrawn(withdrawn=withdrawn, number=number)
