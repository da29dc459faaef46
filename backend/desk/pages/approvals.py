"""What waits for this person's decision: the requests for an extension (第二十二条).

GET  /desk/approvals
"""

from fastapi import APIRouter
from fastapi.responses import Response

from backend.clock import now
from backend.desk.pages.answers import Reader, Store, page
from backend.ledger.life.views import approvals

router = APIRouter(include_in_schema=False)


@router.get("/desk/approvals")
def waiting(database: Store, viewer: Reader) -> Response:
    """The oldest first; the decision itself is a form on the complaint's page."""
    moment = now()
    with database.read() as session:
        rows = approvals(session, viewer=viewer, now=moment)
    return page("approvals.html", viewer=viewer, rows=rows)
