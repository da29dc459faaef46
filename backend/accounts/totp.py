"""One-time codes by the clock: HOTP (RFC 4226) and TOTP (RFC 6238), as every authenticator application knows them.

secret | HMAC over the number of the half minute | 31 bits from where the last nibble points | six digits -> code
"""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD, DIGITS, SECRET_BYTES = 30, 6, 20
DRIFT = 1  # half minutes by which the person's clock may be off, either way


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code(secret: bytes, step: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of one time step, with leading zeros."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), algorithm)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(moment: datetime) -> int:
    """The number of the half minute since 1970."""
    return int(moment.timestamp()) // PERIOD


def matching_step(secret: bytes, given: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, within the drift and later than ``after`` (no code counts twice); else None.

    Every candidate is compared in constant time and none is left out, so the answer's time tells nothing.
    """
    if not (given.isascii() and given.isdecimal() and len(given) == DIGITS):
        return None
    present = step_of(now)
    candidates = range(present - DRIFT, present + DRIFT + 1)
    found = [step for step in candidates if hmac.compare_digest(code(secret, step), given)]
    return next((step for step in found if step > after), None)


def shown(secret: bytes) -> str:
    """The secret as people type it into an authenticator: base 32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def from_shown(text: str) -> bytes:
    """What ``shown`` gave, read back as an authenticator reads it."""
    text = text.replace(" ", "").upper()
    return b32decode(text + "=" * (-len(text) % 8))


def address(secret: bytes, *, login: str, issuer: str) -> str:
    """``otpauth://totp/…``: what an authenticator on the same telephone opens."""
    query = urlencode({"secret": shown(secret).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": PERIOD})
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"
