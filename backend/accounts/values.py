"""What the rest of the house knows of a person at work: frozen values, read fresh from the tables."""

from dataclasses import dataclass

from backend.audit.actor import Actor


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person as they act today: their unit and the roles they hold there. ``csrf`` is empty outside a browser.

    ``must_enrol``: this installation demands a second step, and they have none yet.
    """

    person_id: int
    login: str
    name: str
    roles: frozenset[str]
    unit_id: int | None
    unit: str | None  # the rulebook's id of the unit
    unit_name: str | None
    unit_kind: str | None
    must_change_password: bool = False
    must_enrol: bool = False
    csrf: str = ""

    @property
    def actor(self) -> Actor:
        return Actor.person(self.person_id)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result of a sign-in: ``token`` goes into the cookie and is never stored."""

    token: str
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A freshly made account; the one-time password is shown once and must be changed at first sign-in."""

    person_id: int
    login: str
    one_time_password: str
