"""How the desk answers: a page with its frame, a redirect after a change, and who is asking."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.accounts.administration import may_manage
from backend.accounts.guards import get_database, ready_checked_viewer, ready_viewer
from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.guideline.rulebook import load
from backend.web.headers import page_headers
from backend.web.templates import Pages

PAGES = Pages(Path(__file__).parents[1] / "templates")
SIGN_IN, HOME = "/desk/sign-in", "/desk"

Reader = Annotated[Viewer, Depends(ready_viewer)]
Doer = Annotated[Viewer, Depends(ready_checked_viewer)]
Store = Annotated[Database, Depends(get_database)]


def page(
    name: str, *, viewer: Viewer | None, block: str | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the desk, or one block of it for htmx. ``viewer`` is None only before sign-in."""
    manages = viewer is not None and may_manage(viewer).allowed
    html = PAGES.render(
        name, block=block, viewer=viewer, role_labels=role_labels(viewer), manages_people=manages, **values
    )
    return HTMLResponse(html, status_code=status, headers={**page_headers(), "Vary": "HX-Request"})


def see_other(path: str, query: Mapping[str, str] | None = None) -> RedirectResponse:
    """After a change the browser fetches a page anew, so that reloading it changes nothing again."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)


def wants_fragment(request: Request) -> bool:
    """htmx asks for a block; going back in the history asks it for the whole page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def role_labels(viewer: Viewer | None) -> str:
    roles = load().roles
    held = sorted(viewer.roles, key=list(roles).index) if viewer else []
    return "、".join(roles[role].label for role in held)
