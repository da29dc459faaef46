"""``/api/complaints/{number}/…``: the verbs of the working life. One request, one transaction.

Each answers with the complaint as it stands afterwards; what was handed over to another unit only with where it went.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from backend.accounts.guards import Once, get_database, ready_checked_viewer, ready_viewer
from backend.accounts.once import OnceKey
from backend.accounts.values import Viewer
from backend.clock import now
from backend.db.session import Database
from backend.ledger import schemas as whole
from backend.ledger import service, steps, store, views
from backend.ledger.life import schemas
from backend.ledger.life.views import approvals

router = APIRouter()

Base = Annotated[Database, Depends(get_database)]
Reader = Annotated[Viewer, Depends(ready_viewer)]
Writer = Annotated[Viewer, Depends(ready_checked_viewer)]
TaskId = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("/approvals")
def waiting_approvals(database: Base, viewer: Reader) -> list[schemas.WaitingApproval]:
    """等待本人审批的延期申请。"""
    with database.read() as session:
        found = approvals(session, viewer=viewer, now=now())
    return [schemas.WaitingApproval(**asdict(one)) for one in found]


def _door(path: str, verb: Callable[..., object], body: type[whole.Versioned], summary: str) -> None:
    """One POST under ``path`` that calls ``verb`` with the fields of ``body``."""

    def act(
        database: Base, viewer: Writer, once: Once, response: Response, number: str, given: Any
    ) -> whole.FullComplaint:
        return _done(database, viewer, once, response, number, verb, given.model_dump())

    act.__annotations__["given"] = body
    act.__doc__ = summary
    router.add_api_route(f"/{{number}}/{path}", act, methods=["POST"], name=path.replace("-", "_"))


_door("investigate", service.investigate, schemas.Investigating, "第十六条：开始或继续调查。")
_door("resolve", service.resolve, schemas.Resolving, "第二十二条：提出处理方案。")
_door("reply", service.reply, schemas.Replying, "第二十二条：将处理结果告知投诉人。")
_door("revisit/start", service.start_revisit, whole.Versioned, "第二十三条：开始回访。")
_door("revisit/finish", service.finish_revisit, schemas.Revisited, "第二十三条：完成回访。")
_door("reopen", service.reopen, schemas.Reopening, "第二十三条：重新办理。")
_door("archive", service.archive, schemas.Archiving, "第三条（五）：总结并归档。")
_door("merge", service.merge, schemas.Merging, "第二十四条：并案。")
_door("extension/request", service.request_extension, schemas.Asking, "第二十二条：申请延期。")
_door("extension/decide", service.decide_extension, schemas.Deciding, "第二十二条：审批延期。")
_door("extension/further", service.extend_further, schemas.Consented, "第二十二条：经投诉人同意再次延期。")
_door("agree", service.agree, schemas.Agreeing, "第三条（三）：与客户约定期限。")
_door("involve", service.mark_involved, schemas.Involving, "第十四条：登记涉事人员。")
_door("work", service.log_work, schemas.Work, "第十七条：记录办理步骤。")
_door("malicious", service.mark_malicious, schemas.Malice, "第十七条（四）：认定恶意投诉。")
_door("convert", service.convert, schemas.Converting, "第十五条：咨询与投诉互转。")
_door("category", service.recategorise, schemas.Categorising, "第十六条：更正类别。")
_door("accountability", service.record_accountability, schemas.Accounting, "第十条：责任追究。")
_door("cause", service.record_cause, schemas.Causing, "第八条：原因和整改措施。")


@router.post("/{number}/tasks/{task}/done")
def complete_task(
    database: Base, viewer: Writer, once: Once, response: Response, number: str, task: TaskId, given: schemas.Done
) -> whole.FullComplaint:
    """第十六条：完成应办事项。"""
    told = {"task": task, **given.model_dump()}
    return _done(database, viewer, once, response, number, service.complete_task, told)


@router.post("/{number}/hand-over")
def hand_over(database: Base, viewer: Writer, once: Once, number: str, given: schemas.HandingOver) -> schemas.Handed:
    """第三条（四）：移交其他单位。"""
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            service.hand_over(session, number, **given.model_dump(), by=viewer.actor, now=moment)
        moved = store.by_number(session, number)
        if moved is None:
            raise steps.not_found()
        return schemas.Handed(number=moved.number, unit=moved.unit.name, version=moved.version)


def _done(
    database: Database, viewer: Viewer, once: OnceKey, response: Response, number: str,
    verb: Callable[..., object], given: dict[str, Any],
) -> whole.FullComplaint:  # fmt: skip
    """What holds personal data is kept by no cache on the way."""
    response.headers["Cache-Control"] = "no-store"
    moment = now()
    with database.write() as session:
        if once.is_new(session, now=moment):
            verb(session, number, **given, by=viewer.actor, now=moment)
        return whole.full(views.view(session, number, viewer=viewer, now=moment))
