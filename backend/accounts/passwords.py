"""Passwords: argon2id, a one-time password for new people, and what a password of one's own must be."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.errors import Unprocessable

SHORTEST, LONGEST = 10, 128
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"  # nothing that reads alike
HASHER = PasswordHasher()
NOBODY = HASHER.hash(secrets.token_urlsafe(16))  # an unknown login costs as much time as a known one


def hashed(password: str) -> str:
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Constant work whether or not there is such a person; a password longer than any of ours is never tried."""
    try:
        fits = HASHER.verify(password_hash or NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def one_time(groups: int = 4) -> str:
    """Groups of four characters, about 23 bits each: ``h3Kd-Qm7v-…``; four groups for a password."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def demand_good(password: str, *, login: str, old: str) -> None:
    """Length, not riddles: raise Unprocessable unless it is 10 to 128 characters, new, and not the login name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unprocessable("password_length", f"新密码须为 {SHORTEST} 至 {LONGEST} 个字符，请重新设置。")
    if password == old or password.casefold() == login.casefold() or len(set(password)) < 5:
        raise Unprocessable("password_weak", "新密码过于简单或与原密码相同，请换一个。")
