"""Waiting conversations: for those who may talk with customers, the longest waiting first."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from backend.clock import now
from backend.db.session import Database
from backend.transcripts import service as transcripts
from backend.transcripts.values import Utterance
from tests.desk.visitor import Visitor


def wait(database: Database, words: str, *, minutes: int) -> str:
    """A conversation that has waited for a person for so long."""
    since = now() - timedelta(minutes=minutes)
    with database.write() as session:
        conversation, _ = transcripts.open_conversation(
            session, channel="web_chat", notice_version="2026.1", rulebook_version="2026.1", now=since
        )
        transcripts.keep(session, Utterance(conversation.id, "m1", words, since))
        transcripts.ask_for_person(session, conversation.id, reason="asked", now=since)
    return conversation.id


def test_who_waits_longest_stands_first(liqiang: Visitor, database: Database) -> None:
    wait(database, "后来的", minutes=3)
    longest = wait(database, "先来的", minutes=75)
    liqiang.get("/desk/conversations")
    assert liqiang.page.index("先来的") < liqiang.page.index("后来的")
    assert "1 小时 15 分" in liqiang.page
    liqiang.get(f"/desk/conversations/{longest}")
    assert "先来的" in liqiang.page
    assert "尚未登记为投诉" in liqiang.page


def test_nobody_waits_is_said(liqiang: Visitor) -> None:
    liqiang.get("/desk/conversations")
    assert "没有客户在等待" in liqiang.page
    assert liqiang.get("/desk/conversations/nowhere").status_code == 404


@pytest.mark.parametrize("login", ["qianfang", "sunli", "zhoujing"])
def test_those_who_may_not_talk_with_customers_see_none(app: FastAPI, database: Database, login: str) -> None:
    waiting = wait(database, "有人吗", minutes=1)
    visitor = Visitor(app, login)
    for path in ("/desk/conversations", f"/desk/conversations/{waiting}"):
        assert visitor.get(path).status_code == 403
        assert "有人吗" not in visitor.page
