"""The spaCy component that finds the facts: every finder, then the rivals settled.

It leaves a tuple of `Found` in `doc.user_data[FIELDS]`; what the conversation knows comes in through
`doc.user_data[CONTEXT]` as `(asked, heard_at)`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from backend.clock import now
from backend.reading.amounts import find_amounts
from backend.reading.employees import find_employees
from backend.reading.found import Found, Heard, settle
from backend.reading.moments import find_moments
from backend.reading.names import find_names
from backend.reading.numbers import find_numbers
from backend.reading.places import find_places, find_products
from backend.reading.private import find_private
from backend.reading.wishes import find_wishes

#: Longer texts are searched in pages of at most this many characters.
PAGE = 600
FIELDS, CONTEXT = "anfu_fields", "anfu_context"

FINDERS: tuple[Callable[[Heard], Iterator[Found]], ...] = (
    find_numbers,
    find_private,
    find_names,
    find_employees,
    find_places,
    find_moments,
    find_amounts,
    find_products,
    find_wishes,
)


class FieldFinder:
    """Rules only: nothing is learnt, nothing is stored."""

    def __call__(self, doc: Doc) -> Doc:
        asked, heard_at = doc.user_data.get(CONTEXT) or (None, now())
        heard = Heard(doc.text, asked, heard_at, {token.idx: token.idx + len(token) for token in doc})
        doc.user_data[FIELDS] = tuple(_sensible(settle(found for page in _pages(heard) for found in page)))
        return doc

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Nothing to keep."""

    def from_disk(self, path: str | Path, **_: Any) -> "FieldFinder":
        return self


def _pages(heard: Heard) -> Iterator[Iterator[Found]]:
    """What the finders find, page by page, so that a very long text costs no more than its length."""
    start = 0
    while start < len(heard.text):
        end = _page_end(heard.text, start)
        words = {at - start: to - start for at, to in heard.words.items() if start <= at and to <= end}
        page = Heard(heard.text[start:end], heard.asked, heard.heard_at, words)
        yield (
            replace(found, start=found.start + start, end=found.end + start)
            for finder in FINDERS
            for found in finder(page)
        )
        start = end


def _page_end(text: str, start: int) -> int:
    """Behind the last full stop of the page, else behind its last mark; never inside a number if it can be helped."""
    end = start + PAGE
    if end >= len(text):
        return len(text)
    for marks in (r"[。！？!?;；\n]", r"[,， 、](?!\d)"):
        if breaks := [match.end() for match in re.compile(marks).finditer(text, start + PAGE // 2, end)]:
            return breaks[-1]
    return end


def _sensible(found: Iterator[Found]) -> Iterator[Found]:
    """A time inside 上周打过12386 or 晚上七点以后联系 tells when that was or will be, not when it happened."""
    everything = list(found)
    elsewhere = [f for f in everything if f.field in ("reported_elsewhere", "contact_hours")]
    for one in everything:
        if one.field == "occurred_at" and any(f.start <= one.start < f.end for f in elsewhere):
            continue
        yield one


@Language.factory("anfu_fields")
def create_fields(nlp: Language, name: str) -> FieldFinder:
    return FieldFinder()
