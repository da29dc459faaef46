"""Units, people, who holds which role where and from when, how they sign in, and which requests were answered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.db.base import Base
from backend.db.types import Moment


class Unit(Base):
    """One unit of the brokerage. ``key`` is its id in the rulebook, ``code`` its two digits in complaint numbers."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(2), unique=True)


class Person(Base):
    """A person of the house. Never deleted: entries and complaints point here for ever; leaving is ``disabled_at``."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    password_hash: Mapped[str] = mapped_column(String(160))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class Membership(Base):
    """One role, from a day to a day (both inclusive; None: until further notice).

    ``unit_id`` is None only for roles the rulebook binds to no unit (the administrator).
    """

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date)

    person: Mapped[Person] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(lazy="raise")


class SignInSession(Base):
    """A signed-in browser. Only the hash of its token is kept: the table gives nobody a way in."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_sign_in_sessions_person_id_ended_at", "person_id", "ended_at"),)


class SecondStep(Base):
    """A person's authenticator (TOTP). ``secret`` is sealed; until ``confirmed_at`` it is asked of nobody.

    ``last_step``: the time step of the last code that was taken, so that no code counts twice. ``failures`` counts
    wrong codes in a row; too many of them stop the trying for a while, from ``last_failure_at`` on.
    """

    __tablename__ = "second_steps"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    failures: Mapped[int] = mapped_column(Integer)
    last_failure_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """One of the codes for the day the telephone is gone; only its hash is kept, and it works once."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInChallenge(Base):
    """A sign-in between its two steps: the password was right, the code is still awaited. Lives a few minutes."""

    __tablename__ = "sign_in_challenges"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class AnsweredRequest(Base):
    """An idempotency key that did its work: the same request again is answered and not done again.

    ``digest`` covers method, address and body; nothing of what was sent or answered is kept.
    """

    __tablename__ = "answered_requests"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime] = mapped_column(Moment, index=True)
