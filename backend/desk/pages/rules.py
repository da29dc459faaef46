"""The rulebook to read: every value with its date and clause, what waits for compliance, the yearly calendar.

GET /desk/rules         the newest version; ``?version=`` an older one a complaint was opened under
"""

from fastapi import APIRouter
from fastapi.responses import Response

from backend.desk.pages.answers import Reader, page
from backend.errors import NotFound
from backend.guideline import catalogue
from backend.guideline.rulebook import load, versions
from backend.ledger.calendar import load_calendar

router = APIRouter(include_in_schema=False)


@router.get("/desk/rules")
def rules(viewer: Reader, version: str = "") -> Response:
    """Rules are no secret: everybody of the house may read what they are judged by."""
    known = versions()
    if version and version not in known:
        raise NotFound("no_rulebook", f"没有这个版本的规则手册，现有：{'、'.join(known)}。")
    rulebook = load(version or None)
    sections = catalogue.sections(rulebook)
    years = sorted(load_calendar().years.values(), key=lambda year: -year.year)
    return page(
        "rules.html",
        viewer=viewer,
        rulebook=rulebook,
        known=known,
        sections=sections,
        waiting=sum(section.open for section in sections),
        years=years,
    )
