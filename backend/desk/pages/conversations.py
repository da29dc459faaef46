"""Conversations that wait for a person, and one of them to read. Taking over comes with the live desk.

A conversation belongs to no unit, so whoever may take conversations over may read them, masked.
"""

from fastapi import APIRouter
from fastapi.responses import Response

from backend.accounts.values import Viewer
from backend.clock import now
from backend.desk.pages.answers import Reader, Store, page
from backend.desk.spoken import spoken
from backend.errors import Forbidden, NotFound
from backend.guideline import duties
from backend.guideline.rulebook import load
from backend.ledger import store
from backend.transcripts import service as transcripts
from backend.transcripts.values import Audience

ACT = "converse"
REASONS = {
    "asked": "客户要求人工",
    "danger": "客户的话里有危险信号",
    "misses": "智能客服没听懂",
    "abuse": "客户情绪激烈",
    "unable": "智能客服办不了",
    "outage": "智能客服暂时没能回应",
}

router = APIRouter(include_in_schema=False)


@router.get("/desk/conversations")
def conversations(database: Store, viewer: Reader) -> Response:
    """The longest waiting first."""
    demand(viewer)
    with database.read() as session:
        rows = transcripts.waiting(session)
    channels = {name: channel.label for name, channel in load().channels.items()}
    return page("conversations.html", viewer=viewer, rows=rows, channels=channels, reasons=REASONS, moment=now())


@router.get("/desk/conversations/{conversation_id}")
def conversation(conversation_id: str, database: Store, viewer: Reader) -> Response:
    demand(viewer)
    with database.read() as session:
        lines = transcripts.thread(session, conversation_id, visible_to=Audience.STAFF, masked=True)
        if not lines:
            raise NotFound("no_such_conversation", "没有找到该会话，请从会话列表进入。")
        numbers = [found.number for found in store.of_conversation(session, conversation_id)]
    said = spoken(lines, lines, (), load())
    return page("conversation.html", viewer=viewer, lines=said, numbers=numbers)


def demand(viewer: Viewer) -> None:
    """Forbidden, with its clause, for those who may not talk with customers."""
    verdict = duties.may(
        ACT,
        roles=viewer.roles,
        unit=viewer.unit,
        unit_kind=viewer.unit_kind,
        complaint_unit=None,
        involvement=frozenset(),
        rulebook=load(),
    )
    if not verdict.allowed:
        raise Forbidden(f"may_not_{ACT}", f"{verdict.reason}。", clause=verdict.clause)
