"""The spaCy component that finds the facts: every finder, then the rivals settled.

It leaves a tuple of `Found` in `doc.user_data[FIELDS]`; what the conversation knows comes in through
`doc.user_data[CONTEXT]` as `(asked, heard_at)`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from backend.clock import now
from backend.reading.amounts import find_amounts
from backend.reading.found import Found, Heard, settle
from backend.reading.moments import find_moments
from backend.reading.names import find_names
from backend.reading.numbers import find_numbers
from backend.reading.places import find_places, find_products
from backend.reading.private import find_private
from backend.reading.wishes import find_wishes

FIELDS, CONTEXT = "anfu_fields", "anfu_context"

FINDERS: tuple[Callable[[Heard], Iterator[Found]], ...] = (
    find_numbers,
    find_private,
    find_names,
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
        doc.user_data[FIELDS] = tuple(_sensible(settle(found for finder in FINDERS for found in finder(heard))))
        return doc

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Nothing to keep."""

    def from_disk(self, path: str | Path, **_: Any) -> "FieldFinder":
        return self


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
