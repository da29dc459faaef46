"""The people of the tests, always the same: 王敏 complains, 李强 handles, 赵磊 of another branch must get 404.

钱芳 sells and may not touch a complaint, 孙丽 supervises and changes nothing, 周静 administers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from backend.accounts import service, store
from backend.accounts.values import Viewer
from backend.audit.actor import SYSTEM
from backend.db.session import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in Guangzhou
MOVED_IN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
PASSWORD = "海珠桥头的榕树-2026"
CUSTOMER, PHONE, ACCOUNT = "王敏", "13812348000", "1040020030"

STAFF = (
    ("liqiang", "李强", "service_centre", ("handler",)),
    ("zhaolei", "赵磊", "yuexiu", ("handler",)),
    ("qianfang", "钱芳", "tianhe", ("marketer",)),
    ("sunli", "孙丽", "compliance", ("supervisor",)),
    ("zhoujing", "周静", None, ("administrator",)),
)


@dataclass(frozen=True)
class House:
    """The organisation with its people; each as they stand today."""

    liqiang: Viewer
    zhaolei: Viewer
    qianfang: Viewer
    sunli: Viewer
    zhoujing: Viewer


def move_in(database: Database, now: datetime = MOVED_IN) -> House:
    """Found the organisation of the rulebook and give everybody their place, in one transaction."""
    with database.write() as session:
        service.seed_organisation(session, now=now)
        return House(**{login: employ(session, login, name, unit, roles, now) for login, name, unit, roles in STAFF})


def at_home(database: Database, now: datetime = NOW) -> House:
    """The people who moved in, as they stand today."""
    with database.read() as session:
        found = {person.login: service.viewer_of(session, person.id, now) for person in store.people(session)}
    return House(**{login: viewer for login, viewer in found.items() if viewer})


def hire(
    database: Database, login: str, name: str, unit: str | None, roles: Iterable[str], now: datetime = NOW
) -> Viewer:
    """A further person, ready to work."""
    with database.write() as session:
        return employ(session, login, name, unit, roles, now)


def employ(
    session: Session, login: str, name: str, unit: str | None, roles: Iterable[str], now: datetime = NOW
) -> Viewer:
    """A person with a password of their own (``PASSWORD``)."""
    made = service.create_person(session, login=login, name=name, unit=unit, roles=roles, by=SYSTEM, now=now)
    person = service.viewer_of(session, made.person_id, now)
    assert person is not None
    service.change_password(session, viewer=person, old=made.one_time_password, new=PASSWORD, now=now)
    return replace(person, must_change_password=False)
