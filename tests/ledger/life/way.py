"""A complaint brought some way along, by the people of the tests, and one call that does a verb as it stands now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from backend.accounts.values import Viewer
from backend.db.session import Database
from backend.ledger import service, views
from backend.ledger.models import Complaint
from backend.ledger.values import ComplaintView
from tests.factories import enter, find
from tests.people import NOW, House

LATER = NOW + timedelta(days=2)
REPLY = {
    "result": "我们已查明当日登录中断的原因，给您带来不便深表歉意。",
    "told_to": "投诉人本人",
    "told_by": "by_phone",
    "result_told_at": LATER,
}


def do(
    database: Database, verb: Callable[..., Complaint], number: str, who: Viewer, now: datetime = LATER, **given: Any
) -> Complaint:
    """Call a verb for the version that stands now, in a transaction of its own."""
    version = find(database, number).version
    with database.write() as session:
        return verb(session, number, expected_version=version, by=who.actor, now=now, **given)


def look(database: Database, number: str, who: Viewer, now: datetime = LATER) -> ComplaintView:
    with database.read() as session:
        return views.view(session, number, viewer=who, now=now)


def assigned(database: Database, house: House, **different: Any) -> str:
    number = enter(database, **different).number
    do(database, service.accept, number, house.liqiang, NOW)
    do(database, service.assign, number, house.liqiang, NOW, to=house.liqiang.person_id)
    return number


def replied(database: Database, house: House, *found: str) -> str:
    number = assigned(database, house)
    do(database, service.investigate, number, house.liqiang)
    do(database, service.resolve, number, house.liqiang, findings="升级所致", solution="说明并致歉", found=found)
    do(database, service.reply, number, house.liqiang, **REPLY)
    return number


def closed(database: Database, house: House) -> str:
    number = replied(database, house)
    do(database, service.close, number, house.liqiang)
    return number
