"""The vault: nothing personal passes it on the way to the bot, and only masked values come back."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.db.session import Database
from backend.privacy.models import VaultEntry
from backend.privacy.vault import SECRET_TOKEN, Vault

NOW = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)
CONVERSATION = "c" * 32


@dataclass(frozen=True)
class Heard:
    """A span as a reader gives it."""

    field: str
    start: int
    end: int
    text: str
    value: str


def heard(text: str, field: str, words: str, value: str | None = None) -> Heard:
    start = text.index(words)
    return Heard(field, start, start + len(words), words, words if value is None else value)


def test_personal_spans_become_tokens_and_offsets_move_along(database: Database) -> None:
    text = "我叫王敏，电话138 1234 8000，昨天在天河营业部开户"
    spans = [
        heard(text, "name", "王敏"),
        heard(text, "phone", "138 1234 8000", "13812348000"),
        heard(text, "branch", "天河营业部"),
    ]
    with database.write() as session:
        tokened = Vault(session, CONVERSATION).tokenise(text, spans, now=NOW)
    assert tokened.text == "我叫〔姓名1〕，电话〔电话1〕，昨天在天河营业部开户"
    assert [(s.field, s.value, tokened.text[s.start : s.end]) for s in tokened.spans] == [
        ("name", "〔姓名1〕", "〔姓名1〕"),
        ("phone", "〔电话1〕", "〔电话1〕"),
        ("branch", "天河营业部", "天河营业部"),
    ]


def test_a_value_known_from_an_earlier_turn_is_covered_without_a_span(database: Database) -> None:
    with database.write() as session:
        Vault(session, CONVERSATION).tokenise("王敏", [heard("王敏", "name", "王敏")], now=NOW)
    with database.write() as session:
        tokened = Vault(session, CONVERSATION).tokenise("就写王敏吧", [], now=NOW)
    assert tokened.text == "就写〔姓名1〕吧"


def test_the_same_value_keeps_its_token_and_the_way_back_is_masked(database: Database) -> None:
    text = "13812348000"
    with database.write() as session:
        first = Vault(session, CONVERSATION).tokenise(text, [heard(text, "phone", text)], now=NOW)
        again = Vault(session, CONVERSATION).tokenise(text, [heard(text, "phone", text)], now=NOW)
        vault = Vault(session, CONVERSATION)
        assert first.text == again.text == "〔电话1〕"
        assert vault.masked("电话：〔电话1〕") == "电话：138****8000"
        assert vault.reveal("〔电话1〕") == text


def test_the_demand_loses_the_name_inside_it(database: Database) -> None:
    text = "要求李强给我道歉"
    spans = [heard(text, "employee", "李强"), heard(text, "demand", text)]
    with database.write() as session:
        tokened = Vault(session, CONVERSATION).tokenise(text, spans, now=NOW)
    assert {s.field: s.value for s in tokened.spans} == {"employee": "〔员工1〕", "demand": "要求〔员工1〕给我道歉"}


def test_a_password_is_never_kept(database: Database) -> None:
    text = "密码是s3cret99"
    with database.write() as session:
        vault = Vault(session, CONVERSATION)
        tokened = vault.tokenise(text, [heard(text, "secret", "s3cret99", "")], now=NOW)
        assert tokened.text == f"密码是{SECRET_TOKEN}"
        assert session.query(VaultEntry).count() == 0


def test_a_token_typed_by_hand_opens_nothing(database: Database) -> None:
    with database.write() as session:
        vault = Vault(session, CONVERSATION)
        vault.tokenise("王敏", [heard("王敏", "name", "王敏")], now=NOW)
        assert vault.tokenise("我的电话是〔姓名1〕", [], now=NOW).text == "我的电话是（姓名1）"
        assert "王敏" not in vault.masked("〔姓名9〕〔电话3〕")


def test_another_conversation_opens_nothing(database: Database) -> None:
    with database.write() as session:
        Vault(session, CONVERSATION).tokenise("王敏", [heard("王敏", "name", "王敏")], now=NOW)
        assert Vault(session, "d" * 32).reveal("〔姓名1〕") == "（未记录）"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.one_of(
            st.tuples(st.just(""), st.text("好的吧我要投诉，。 APP1", max_size=6)),
            st.tuples(st.just("phone"), st.from_regex(r"1[3-9]\d{9}", fullmatch=True)),
            st.tuples(st.just("name"), st.sampled_from(["王敏", "欧阳小红", "赵磊"])),
        ),
        max_size=8,
    )
)
def test_whatever_is_marked_is_gone_and_comes_back_whole(database: Database, pieces: list[tuple[str, str]]) -> None:
    text, spans = "", []
    for field, words in pieces:
        if field:
            spans.append(Heard(field, len(text), len(text) + len(words), words, words))
        text += words
    with database.write() as session:
        vault = Vault(session, CONVERSATION)
        tokened = vault.tokenise(text, spans, now=NOW)
        assert vault.reveal(tokened.text) == text
        assert not any(span.text in tokened.text for span in spans)
        assert all(tokened.text[s.start : s.end] == s.value for s in tokened.spans)
        session.rollback()


@pytest.mark.parametrize("brackets", ["〔", "〕"])
def test_brackets_never_survive(database: Database, brackets: str) -> None:
    with database.write() as session:
        assert brackets not in Vault(session, CONVERSATION).tokenise(f"a{brackets}b", [], now=NOW).text
