"""Complaints as a conversation would bring them; every part can be said differently."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from backend.audit.actor import BOT, Actor
from backend.db.session import Database
from backend.ledger import service
from backend.ledger.models import Complaint
from backend.ledger.store import by_number
from backend.ledger.values import NewComplaint, Receipt
from tests.people import ACCOUNT, CUSTOMER, NOW, PHONE

_serial = count(1)

STORY = "昨天早上开盘你们APP一直登不上，卖不出去亏了好几万，我的电话是13812348000，我叫王敏。"


def new_complaint(**different: Any) -> NewComplaint:
    """王敏's complaint about the trading app, with an idempotency key of its own."""
    serial = next(_serial)
    usual = NewComplaint(
        source_key=f"c{serial:06d}:1",
        conversation_id=f"c{serial:06d}",
        channel="web_chat",
        kind="complaint",
        category="info_system",
        category_certain=True,
        ranking=(("info_system", 0.91), ("trading_asset", 0.06)),
        triggers=("system_failure",),
        emotion="angry",
        fields={"name": CUSTOMER, "phone": PHONE, "account": ACCOUNT, "amount": "30000元", "demand": "赔偿损失"},
        refused=(),
        narrative=STORY,
        evidence=({"label": "info_system", "seq": 2, "start": 8, "end": 16, "weight": 0.8},),
        received_at=NOW,
        rulebook_version="2026.1",
    )
    return replace(usual, **different)


def enter(database: Database, *, by: Actor = BOT, now: datetime = NOW, **different: Any) -> Receipt:
    with database.write() as session:
        return service.enter(session, new=new_complaint(**different), by=by, now=now)


def find(database: Database, number: str) -> Complaint:
    with database.read() as session:
        found = by_number(session, number)
    assert found is not None
    return found
