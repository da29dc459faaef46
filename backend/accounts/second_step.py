"""The second step of signing in: a code from the person's authenticator, or a recovery code when it is gone.

    begin | secret, sealed            confirm(code) | from now on it is asked | recovery codes, shown once
    right password | challenge(token) | check(token, code) | taken: challenge gone -> person
                                                           | wrong: counted; five in a row rest for a quarter of an hour

No code counts twice. ``check`` returns instead of raising, so that its caller's transaction keeps the failures' count.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from backend.accounts import passwords, store, totp
from backend.accounts.models import Person, RecoveryCode, SecondStep, SignInChallenge
from backend.accounts.values import Viewer
from backend.audit import trail
from backend.audit.actor import Actor
from backend.audit.tags import Tag
from backend.errors import Conflict, Forbidden, NotSignedIn, Refusal, TooMany, Unprocessable
from backend.settings import get_settings, kept_secret

ISSUER = "anfu"
CODES, CODE_GROUPS = 10, 3
WRONG_IN_A_ROW, REST = 5, timedelta(minutes=15)
CHALLENGE_LIVES = timedelta(minutes=5)
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the person types or opens in an authenticator; shown while enrolling and never again."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Checked:
    """``refusal`` is None when the code was good."""

    person_id: int | None
    refusal: Refusal | None = None


def enrolled(session: Session, person_id: int) -> bool:
    """Must this person give a code?"""
    row = store.second_step(session, person_id)
    return row is not None and row.confirmed_at is not None


def begin(session: Session, *, viewer: Viewer, password: str, now: datetime) -> Enrolment:
    """A new secret for the person's authenticator; nothing changes until ``confirm``. Begun again, another one."""
    trail.hold(session)
    _demand_password(session, viewer, password)
    if enrolled(session, viewer.person_id):
        raise Conflict("second_step_there", "您已启用动态口令；要换手机，请先停用再重新启用。")
    secret = totp.new_secret()
    store.drop_second_step(session, viewer.person_id)
    sealed = _seal(secret, viewer.person_id)
    session.add(SecondStep(person_id=viewer.person_id, secret=sealed, begun_at=now, last_step=0, failures=0))
    session.flush()
    return _enrolment(secret, viewer.login)


def pending(session: Session, *, viewer: Viewer) -> Enrolment | None:
    """The enrolment that was begun and not confirmed."""
    row = store.second_step(session, viewer.person_id)
    if row is None or row.confirmed_at is not None:
        return None
    return _enrolment(_open(row.secret, viewer.person_id), viewer.login)


def confirm(session: Session, *, viewer: Viewer, code: str, now: datetime) -> tuple[str, ...]:
    """The authenticator shows the right code: from now on it is asked. Returns the recovery codes, shown once."""
    trail.hold(session)
    row = store.second_step(session, viewer.person_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict("second_step_not_begun", "请先点「开始启用」，再输入动态口令。")
    step = totp.matching_step(_open(row.secret, viewer.person_id), _typed(code), now=now, after=row.last_step)
    if step is None:
        raise Unprocessable("code_wrong", "动态口令不正确，请核对手机时间后输入最新的 6 位数字。")
    row.confirmed_at, row.last_step = now, step
    codes = _new_codes(session, viewer.person_id)
    subject = f"person:{viewer.person_id}"
    trail.record(session, Tag.PERSON_SECOND_STEP_SET, actor=viewer.actor, subject=subject, data={}, now=now)
    return codes


def renew_codes(session: Session, *, viewer: Viewer, password: str, now: datetime) -> tuple[str, ...]:
    """New recovery codes; the old ones are void."""
    trail.hold(session)
    _demand_password(session, viewer, password)
    if not enrolled(session, viewer.person_id):
        raise Conflict("second_step_not_begun", "您还没有启用动态口令。")
    codes, subject = _new_codes(session, viewer.person_id), f"person:{viewer.person_id}"
    trail.record(session, Tag.PERSON_RECOVERY_RENEWED, actor=viewer.actor, subject=subject, data={}, now=now)
    return codes


def remove(session: Session, *, viewer: Viewer, password: str, now: datetime) -> None:
    """The person gives it up themselves; without their password nobody does it on their open screen."""
    trail.hold(session)
    _demand_password(session, viewer, password)
    drop(session, person_id=viewer.person_id, by=viewer.actor, now=now)


def drop(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """Secret and codes are gone; there being none is nothing to do. The caller has asked who may."""
    trail.hold(session)
    there = enrolled(session, person_id)
    store.drop_second_step(session, person_id)
    if there:
        subject = f"person:{person_id}"
        trail.record(session, Tag.PERSON_SECOND_STEP_REMOVED, actor=by, subject=subject, data={}, now=now)


def challenge(session: Session, *, person_id: int, now: datetime) -> str:
    """The password was right: a token of a few minutes with which a code may be tried."""
    token = secrets.token_urlsafe(32)
    session.add(SignInChallenge(token_hash=_hash(token), person_id=person_id, created_at=now))
    session.flush()
    return token


def challenged(session: Session, *, token: str, now: datetime) -> int:
    """Whose code is awaited; NotSignedIn when the challenge is unknown, used or too old."""
    row = store.challenge(session, _hash(token))
    if row is None or now - row.created_at > CHALLENGE_LIVES:
        raise NotSignedIn("challenge_over", "等待时间过长，请重新输入登录名和密码。")
    return row.person_id


def check(session: Session, *, token: str, code: str, now: datetime) -> Checked:
    """Try a code. Taken, it ends the challenge; wrong, it is counted, and too many wrong ones in a row must rest.

    A recovery code is too long to be guessed and is accepted while the authenticator's codes rest.
    """
    trail.hold(session)
    person_id = challenged(session, token=token, now=now)
    row = store.second_step(session, person_id)
    if row is None or row.confirmed_at is None:
        raise NotSignedIn("challenge_over", "登录设置已变更，请重新输入登录名和密码。")
    typed, subject, actor = _typed(code), f"person:{person_id}", Actor.person(person_id)
    if store.use_recovery_code(session, person_id, _hash(typed), now):
        trail.record(session, Tag.PERSON_RECOVERY_USED, actor=actor, subject=subject, data={}, now=now)
        return _taken(session, row, token)
    resting = row.last_failure_at is not None and now - row.last_failure_at < REST
    if row.failures >= WRONG_IN_A_ROW and resting:
        said = "动态口令连续输错次数过多，请十五分钟后再试，或使用恢复码。"
        return Checked(None, TooMany("second_step_resting", said))
    step = totp.matching_step(_open(row.secret, person_id), typed, now=now, after=row.last_step)
    if step is not None:
        row.last_step = step
        return _taken(session, row, token)
    row.failures = row.failures + 1 if resting else 1
    row.last_failure_at = now
    told = {"in_a_row": row.failures}
    trail.record(session, Tag.PERSON_SECOND_STEP_FAILED, actor=actor, subject=subject, data=told, now=now)
    return Checked(None, NotSignedIn("code_wrong", "动态口令或恢复码不正确，请输入最新的 6 位数字，或未用过的恢复码。"))


def codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes are unused."""
    return store.recovery_codes_left(session, person_id)


def _taken(session: Session, row: SecondStep, token: str) -> Checked:
    row.failures, row.last_failure_at = 0, None
    store.drop_challenge(session, _hash(token))
    return Checked(row.person_id)


def _new_codes(session: Session, person_id: int) -> tuple[str, ...]:
    codes = tuple(passwords.one_time(CODE_GROUPS) for _ in range(CODES))
    store.replace_recovery_codes(session, [_recovery_row(person_id, code) for code in codes], person_id)
    return codes


def _recovery_row(person_id: int, code: str) -> RecoveryCode:
    return RecoveryCode(code_hash=_hash(_typed(code)), person_id=person_id)


def _demand_password(session: Session, viewer: Viewer, password: str) -> None:
    person = session.get_one(Person, viewer.person_id, populate_existing=True)
    if not passwords.matches(person.password_hash, password):
        raise Forbidden("wrong_password", "密码不正确，请重新输入。")


def _enrolment(secret: bytes, login: str) -> Enrolment:
    return Enrolment(totp.shown(secret), totp.address(secret, login=login, issuer=ISSUER))


def _typed(code: str) -> str:
    """As people type it: with blanks or dashes between the groups."""
    return "".join(code.split()).replace("-", "")


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _cipher() -> AESGCM:
    """Of a key of its own: whoever has a copy of the database alone has nobody's authenticator."""
    return AESGCM(sha256(kept_secret(get_settings().keys_dir / "second_step").encode()).digest())


def _seal(secret: bytes, person_id: int) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret, f"second_steps.secret:{person_id}".encode())


def _open(blob: bytes, person_id: int) -> bytes:
    return _cipher().decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], f"second_steps.secret:{person_id}".encode())
