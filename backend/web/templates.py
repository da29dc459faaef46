"""The templates' environment: a page is a template, its htmx fragment a block of the same template.

    pages = Pages(Path(__file__).parent / "templates")
    pages.render("queue.html", viewer=viewer, page=page)                    the whole page
    pages.render("queue.html", block="results", viewer=viewer, page=page)   only that block

Every room has its own folder; names not found there come from ``backend/web/templates``. Everything is escaped; a
name that is not given is an error, not an empty place. Filters: ``time``, ``day``, ``in_words``.
A block rendered alone does not see imports made outside it, so blocks import their macros themselves.
"""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend import clock

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
WEEKDAYS = "一二三四五六日"


class Pages:
    """The templates of one room."""

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([folder, HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = asset
        self._environment.filters["time"] = clock.show
        self._environment.filters["day"] = show_day
        self._environment.filters["in_words"] = clock.in_words

    def render(self, name: str, *, block: str | None = None, **values: object) -> str:
        """HTML of the page, or of one block of it. Raises jinja2's errors: they are bugs, not a user's mistake."""
        template = self._environment.get_template(name)
        if block is None:
            return template.render(values)
        return "".join(template.blocks[block](template.new_context(values)))


def asset(name: str) -> str:
    """``/static/chat/chat.css?v=1f2e3d4c``: the address changes with the content, so it may be cached for ever."""
    path = STATIC / name
    return f"/static/{name}?v={_digest(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=256)
def _digest(path: Path, _modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def show_day(value: date | datetime | None) -> str:
    """``12月2日 周三``, with the year when it is not this one; empty for None."""
    if value is None:
        return ""
    day = clock.local_date(value) if isinstance(value, datetime) else value
    year = "" if day.year == clock.local_date(clock.now()).year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"
