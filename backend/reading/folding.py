"""One shape for reading: simplified, half-width, lower case, and exactly as long as what was said.

Everything after this works on the folded text; offsets stay those of the original because each
code point is folded alone and into exactly one.
"""

import unicodedata
from functools import lru_cache

from opencc import OpenCC

_SIMPLIFY = OpenCC("t2s")


def fold(text: str) -> str:
    """The folded text; `len(fold(text)) == len(text)`."""
    return "".join(map(_fold_one, text))


def simplify(text: str) -> str:
    """Traditional characters as simplified ones, everything else as it is; the length stays."""
    return "".join(map(_simplify_one, text))


@lru_cache(maxsize=16_384)
def _simplify_one(char: str) -> str:
    simple = char if char.isascii() else str(_SIMPLIFY.convert(char))
    return simple if len(simple) == 1 else char


@lru_cache(maxsize=16_384)
def _fold_one(char: str) -> str:
    """One code point to one code point; anything that would grow, shrink or vanish stays as it is."""
    if char.isascii():
        return " " if char in "\t\r\n\v\f" else char.lower()
    narrow = unicodedata.normalize("NFKC", char)
    if len(narrow) != 1:
        return char
    simple = str(_SIMPLIFY.convert(narrow)).lower()
    return simple if len(simple) == 1 else char
