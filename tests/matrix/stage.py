"""What the matrix plays with: a complaint brought to every stage, a person of every role in every unit, and a database
on which every request is only rehearsed.

    registered | accept … archive, by people who may -> the complaint's number, one per stage
    Rehearsal.write | this person is involved so | the request | what changed? | rolled back
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.accounts.values import Viewer
from backend.audit import store as audit
from backend.audit.actor import SYSTEM
from backend.clock import now
from backend.db.session import Database
from backend.ledger import change, service, store
from backend.ledger.life.models import Accountability, Extension
from backend.ledger.models import Complaint, Involvement, Note
from tests.factories import enter
from tests.people import hire

OWNER = "tianhe"  # the unit that works on the complaints of the matrix
State = tuple[object, ...]


@dataclass
class Cast:
    """The people who bring the complaints to their stages; none of them is tried."""

    officer: Viewer
    approver: Viewer
    revisitor: Viewer
    elsewhere: Viewer
    numbers: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


def engage(database: Database) -> Cast:
    return Cast(
        officer=hire(database, "cast.officer", "林工", OWNER, ["officer"]),
        approver=hire(database, "cast.approver", "何审", "retail_hq", ["approver"]),
        revisitor=hire(database, "cast.revisitor", "访员", "service_centre", ["revisit_agent"]),
        elsewhere=hire(database, "cast.elsewhere", "越工", "yuexiu", ["officer"]),
    )


def accept(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.accept(session, **told)


def assign(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.assign(session, to=cast.officer.person_id, **told)


def investigate(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.investigate(session, **told)


def work(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    """The two steps after which, and not before, a complaint may be called malicious."""
    service.log_work(session, work="explanation", text="逐项说明", **told)
    told["expected_version"] += 1
    service.log_work(session, work="coordination", text="上门沟通", **told)


def resolve(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.resolve(session, findings="情况属实", solution="致歉并说明", **told)


def ask(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.request_extension(session, workdays=5, reason="尚待回复", plan="收到后答复", **told)


def reply(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.reply(session, result="已说明情况", told_to="本人", told_by="by_phone", result_told_at=told["now"], **told)


def close(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.close(session, result="已说明情况", result_told_at=told["now"], **told)


def revisit(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    service.start_revisit(session, **told | {"by": cast.revisitor.actor})


def satisfied(session: Session, cast: Cast, told: dict[str, Any]) -> None:
    told |= {"by": cast.revisitor.actor}
    service.finish_revisit(session, outcome="satisfied", opinion="认可", **told)


Way = tuple[Callable[[Session, Cast, dict[str, Any]], None], ...]
WAYS: dict[str, Way] = {
    "registered": (),
    "accepted": (accept,),
    "assigned": (accept, assign),
    "investigating": (accept, assign, investigate),
    "worked": (accept, assign, investigate, work),
    "asked": (accept, assign, investigate, ask),
    "resolving": (accept, assign, investigate, resolve),
    "replied": (accept, assign, investigate, resolve, reply),
    "closed": (accept, assign, investigate, resolve, reply, close),
    "revisited": (accept, assign, investigate, resolve, reply, close, revisit, satisfied),
}


def bring(database: Database, cast: Cast, stage: str) -> None:
    """A complaint of 天河 to where an act can be tried; its number and its first task go into ``cast``."""
    moment = now() - timedelta(minutes=30)
    told: dict[str, Any] = {"channel": "web_chat", "category": "counter", "triggers": (), "conversation_id": None}
    number = enter(
        database, now=moment, received_at=moment, fields={"branch": "天河营业部", "name": "王敏"}, **told
    ).number  # fmt: skip
    for step in WAYS[stage]:
        with database.write() as session:
            version = found(session, number).version
            step(session, cast, {"number": number, "expected_version": version, "by": cast.officer.actor, "now": now()})
    cast.numbers[stage] = number
    with database.read() as session:
        complaint = found(session, number)
        cast.tasks[stage], cast.versions[stage] = store.tasks(session, complaint.id)[0].id, complaint.version


def found(session: Session, number: str) -> Complaint:
    complaint = store.by_number(session, number)
    assert complaint is not None
    return complaint


def involve(session: Session, number: str, person_id: int, kinds: frozenset[str], moment: datetime) -> None:
    """Make a person be this to the complaint, behind the ledger's back: how they came to be it is tested elsewhere."""
    complaint = found(session, number)
    columns = {"handler": "handler_id", "first_responder": "first_responder_id"}
    for kind in kinds:
        if kind in columns:
            change = text(f"UPDATE complaints SET {columns[kind]} = :person WHERE id = :id")
            session.execute(change, {"person": person_id, "id": complaint.id})
        elif kind == "involved":
            session.add(Involvement(complaint_id=complaint.id, person_id=person_id, marked_at=moment))
        elif kind == "requester":
            session.add(
                Extension(
                    complaint_id=complaint.id, decision="refused", reports=[],
                    reason_note=_note(session, complaint, moment), requested_by_id=person_id,
                    requested_at=moment,
                )
            )  # fmt: skip
        else:
            session.add(
                Accountability(
                    complaint_id=complaint.id, unit_id=complaint.unit_id, person_id=person_id,
                    finding_note=_note(session, complaint, moment), sanction_note=_note(session, complaint, moment),
                    decided_by_id=person_id, decided_at=moment,
                )
            )  # fmt: skip
    session.flush()
    session.expire_all()


def _note(session: Session, complaint: Complaint, moment: datetime) -> int:
    return change.note(session, complaint, "reason", "如实记录", by=SYSTEM, now=moment)


class Rehearsal(Database):
    """Every transaction begins with ``setting`` and ends undone; ``changed`` tells whether the last one did anything.

    What is refused is looked at before it is undone: it must have changed nothing even then.
    """

    def __init__(self, real: Database) -> None:
        super().__init__(real.engine)
        self.setting: Callable[[Session], None] = lambda session: None
        self.number, self.reads_too = "", False
        self.changed = False

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._rehearsed(writes=True) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        if self.reads_too:
            with self._rehearsed(writes=False) as session:
                yield session
        else:
            with super().read() as session:
                yield session

    @contextmanager
    def _rehearsed(self, *, writes: bool) -> Iterator[Session]:
        with Session(self._writing, expire_on_commit=False) as session:
            session.begin()
            self.setting(session)
            before = self._state(session) if writes else ()
            try:
                yield session
            finally:
                if writes:
                    session.flush()
                    self.changed = self._state(session) != before
                session.rollback()

    def _state(self, session: Session) -> State:
        """The end of the trail, the notes, and every column of the complaint."""
        row = session.execute(text("SELECT * FROM complaints WHERE number = :number"), {"number": self.number}).one()
        return (audit.head(session), session.scalars(select(func.count()).select_from(Note)).one(), *row)
