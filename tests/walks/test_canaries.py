"""Rasa gets tokens, never personal data: canaries go through a whole conversation and are looked for everywhere."""

import re
from pathlib import Path

import psutil
import pytest

from tests.stack import Stack
from tests.walks.customers import complain

NAME, PHONE, ACCOUNT, ID_CARD = "欧阳鹄", "19913572468", "660088123457", "11010519491231002X"
ANSWERS = {
    "occurred_at": "前天下午两点",
    "demand": f"我{NAME}要求拿回自己的股票，查清楚",
    "name": f"我叫{NAME}",
    "phone": PHONE,
    "branch": "天河营业部",
    "account_consent": "同意",
    "account": f"资金账号{ACCOUNT}",
    "confirmed": "确认",
}
CANARIES = [NAME, PHONE, ACCOUNT, ID_CARD]
CHUNK = 16 * 1024 * 1024


def forms(canary: str) -> list[bytes]:
    """How a process may hold a text: UTF-8, Python's two-byte strings, JSON escapes."""
    escaped = canary.encode("unicode_escape")
    return [canary.encode(), canary.encode("utf-16-le"), escaped] if escaped != canary.encode() else [canary.encode()]


@pytest.fixture(scope="module")
def told(stack: Stack) -> str:
    opening = f"我账户里的股票前天下午被人偷偷卖了，身份证{ID_CARD}，打电话没人管，我要投诉"
    number, _ = complain(stack.customer(), opening, ANSWERS)
    return number


def memory_holds(process: psutil.Process, needles: list[bytes]) -> list[bytes]:
    """Which of the needles stand anywhere in the writable memory of a process."""
    found = set()
    longest = max(map(len, needles))
    maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not match or "[vvar]" in line:
                continue
            at, end = int(match[1], 16), int(match[2], 16)
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(CHUNK + longest, end - at))
                except OSError:
                    break
                found |= {needle for needle in needles if needle in piece}
                at += CHUNK
    return sorted(found)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_log_and_no_file_of_the_house_holds_it_in_clear(stack: Stack, told: str, canary: str) -> None:
    assert told
    for path in stack.home.rglob("*"):
        if path.is_file() and not path.is_symlink() and "models" not in path.parts:
            content = path.read_bytes()
            assert not any(form in content for form in forms(canary)), path


def test_the_conversations_memory_of_rasa_holds_tokens_only(stack: Stack, told: str) -> None:
    """The tracker lives in the memory of ``rasa run``: all of it is searched. The actions' memory as well."""
    assert told
    needles = [form for canary in CANARIES for form in forms(canary)]
    for part in ("rasa run -", "rasa_sdk"):
        process = stack.part(part)
        assert memory_holds(process, needles) == [], part
        # The search itself works: what Rasa must hold of the conversation, it finds.
    assert memory_holds(stack.part("rasa run -"), forms("〔姓名1〕")), "the search finds nothing at all"


def test_the_ledger_holds_it_for_those_who_may_see(stack: Stack, told: str) -> None:
    shown = stack.anfu("complaints", "show", told, "--reveal", "测试核对")
    masked = stack.anfu("complaints", "show", told)
    for canary in (NAME, PHONE, ACCOUNT):
        assert canary in shown
        assert canary not in masked
