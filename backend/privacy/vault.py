"""The vault: personal values become tokens on the way to the bot, and masked values on the way back.

    我叫张三，电话13812348000  ->  我叫〔姓名1〕，电话〔电话1〕  ->  张*，138****8000

Tokens belong to one conversation; the same value always has the same token. A password or code (``secret``) is never
kept: its token is fixed and opens nothing. Brackets that a customer types are replaced, so that nobody can write a
token by hand.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from backend.privacy import store
from backend.privacy.fields import get_cipher
from backend.privacy.masking import mask
from backend.privacy.models import VaultEntry

TOKEN_WORD = {
    "name": "姓名", "employee": "员工", "phone": "电话", "account": "账号",
    "id_card": "证件", "bank_card": "银行卡", "email": "邮箱", "address": "地址",
}  # fmt: skip
SECRET_TOKEN = "〔已隐去〕"
FREE_TEXT = frozenset({"narrative", "demand", "evidence", "reported_elsewhere", "contact_hours"})
TOKEN = re.compile(r"〔(?:" + "|".join(TOKEN_WORD.values()) + r")\d+〕")
TYPED_BRACKETS = str.maketrans({"〔": "（", "〕": "）"})
UNKNOWN = "（未记录）"


class SpanLike(Protocol):
    """A field's place in a text: code-point offsets, end exclusive. An empty value: personal, but no usable answer."""

    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def value(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A span in the tokened text; ``value`` is a token for personal fields, plain otherwise."""

    field: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Tokened:
    """A text that holds no personal data any more, and its spans."""

    text: str
    spans: tuple[TokenSpan, ...]


class Vault:
    """The vault of one conversation within one transaction."""

    def __init__(self, session: Session, conversation_id: str) -> None:
        self._session = session
        self._conversation_id = conversation_id
        cipher = get_cipher()
        self._values = {
            entry.token: (entry.kind, cipher.open(entry.sealed, where=self._where(entry.token)))
            for entry in store.entries(session, conversation_id)
        }

    def tokenise(self, text: str, spans: Sequence[SpanLike], *, now: datetime) -> Tokened:
        """Replace every personal span, and every later mention of a value known already; offsets move along."""
        text = text.translate(TYPED_BRACKETS)
        personal = _without_overlap(s for s in spans if s.field in TOKEN_WORD or s.field == "secret")
        cuts = [(s.start, s.end, self._token(s.field, s.value or s.text, now)) for s in personal]
        cuts += self._known_mentions(text, cuts)
        cuts.sort()
        tokened, shift = _replace(text, cuts)
        moved = []
        for span in spans:
            start, end = shift(span.start), shift(span.end)
            if span.field == "secret" or not span.value:
                continue
            if span.field in TOKEN_WORD:
                value = next((token for s, e, token in cuts if s <= span.start and span.end <= e), None)
                if value is None:
                    continue  # lost against a longer personal span
            else:
                value = tokened[start:end] if span.field in FREE_TEXT else self.cover(span.value)
            moved.append(TokenSpan(span.field, start, end, value))
        return Tokened(tokened, tuple(moved))

    def cover(self, text: str) -> str:
        """The text with every value this vault knows replaced by its token."""
        return _replace(text, sorted(self._known_mentions(text, [])))[0]

    def reveal(self, text: str) -> str:
        """Tokens become values: for the ledger only."""
        return TOKEN.sub(lambda match: self._values.get(match[0], ("", UNKNOWN))[1], text)

    def masked(self, text: str) -> str:
        """Tokens become masked values: for everything that is sent or shown."""
        shown = TOKEN.sub(lambda match: mask(*self._values.get(match[0], ("", UNKNOWN))), text)
        return shown.replace(SECRET_TOKEN, "（已隐去）")

    def _token(self, kind: str, value: str, now: datetime) -> str:
        if kind == "secret":
            return SECRET_TOKEN
        for token, known in self._values.items():
            if known == (kind, value):
                return token
        number = sum(1 for known_kind, _ in self._values.values() if known_kind == kind) + 1
        token = f"〔{TOKEN_WORD[kind]}{number}〕"
        cipher = get_cipher()
        self._session.add(
            VaultEntry(
                conversation_id=self._conversation_id,
                token=token,
                kind=kind,
                sealed=cipher.seal(value, where=self._where(token)),
                value_index=cipher.blind_index(value, kind=kind),
                created_at=now,
            )
        )
        self._values[token] = (kind, value)
        return token

    def _known_mentions(self, text: str, taken: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for token, (_, value) in sorted(self._values.items(), key=lambda item: -len(item[1][1])):
            if len(value) < 2:
                continue
            for match in re.finditer(re.escape(value), text):
                if all(match.end() <= start or end <= match.start() for start, end, _ in taken + found):
                    found.append((match.start(), match.end(), token))
        return found

    def _where(self, token: str) -> str:
        return f"vault_entries.sealed:{self._conversation_id}:{token}"


def _without_overlap(spans: Iterable[SpanLike]) -> list[SpanLike]:
    """The longest of overlapping spans, in order of their start."""
    kept: list[SpanLike] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


class _Shift:
    """Where an offset of the old text stands in the new one; inside a cut it goes to the cut's border."""

    def __init__(self, cuts: Sequence[tuple[int, int, str]]) -> None:
        self._cuts = cuts

    def __call__(self, offset: int) -> int:
        moved = offset
        for start, end, token in self._cuts:
            if end <= offset:
                moved += len(token) - (end - start)
            elif start < offset:
                moved += start + len(token) - offset
        return moved


def _replace(text: str, cuts: Sequence[tuple[int, int, str]]) -> tuple[str, _Shift]:
    pieces, at = [], 0
    for start, end, token in cuts:
        pieces += [text[at:start], token]
        at = end
    return "".join([*pieces, text[at:]]), _Shift(cuts)
