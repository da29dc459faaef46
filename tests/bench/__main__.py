"""``make bench``: the performance table. Every row says how it was measured; ratios are taken within one run.

chat turn     POST /api/chat/messages until the bot's first line arrives by SSE, against the same turns put
              straight to the same Rasa process (same model, same metadata), in alternation
memory        resident memory (PSS where the kernel tells it) of every process of ``anfu up``, after the turns
reading       Reader.read on the test split, one core
trail         entries verified per second on SQLite
training      both models from nothing, wall time
"""

import argparse
import asyncio
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from backend import training
from backend.accounts import service as accounts
from backend.channels.bot import Bot, Decision
from backend.channels.conversation import Turns
from backend.channels.wakeups import Wakeups
from backend.clock import now
from backend.db import migrate
from backend.db.session import make_database
from backend.guideline import calendar as calendars
from backend.guideline import rulebook as rulebooks
from backend.reading import evaluate as evaluation
from backend.reading.reader import Reader
from backend.settings import ROOT, Settings
from backend.transcripts import service as transcripts
from backend.transcripts.values import Utterance
from tests.bench.trail import entries_verified_per_second
from tests.stack import Stack, running_stack, trained_models

SCRIPT = (
    "昨天早上开盘你们APP一直登不上，卖不出去亏了好几万，气死我了，我要投诉",
    "我要你们给个说法，尽快处理",
    "王敏",
    "19912345678",
    "天河营业部",
    "这个不太方便说",
)
MB = 1024 * 1024


@dataclass
class Recorded:
    """What one conversation puts to the bot."""

    questions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class RecordingBot(Bot):
    """Passes every turn on to the real Rasa and remembers it."""

    def __init__(self, url: str, recorded: Recorded) -> None:
        super().__init__(url, deadline=20.0)
        self._recorded = recorded

    async def ask(self, sender: str, message: str, metadata: Any) -> Decision:
        self._recorded.questions.append((message, dict(metadata)))
        return await super().ask(sender, message, metadata)


async def record(rasa_url: str, home: Path) -> Recorded:
    """The script as the turn puts it to Rasa: taken from the turn itself, in this process, on a scratch database."""
    recorded = Recorded()
    migrate.upgrade(f"sqlite:///{home / 'scratch.db'}")
    database = make_database(f"sqlite:///{home / 'scratch.db'}")
    rulebook = rulebooks.load()
    bot = RecordingBot(rasa_url, recorded)
    turns = Turns(
        database, Reader.load(trained_models() / "reader"), bot, Wakeups(),
        rulebook=rulebook, calendar=calendars.load_calendar(), lease=20.0, clock=now,
    )  # fmt: skip
    with database.write() as session:
        accounts.seed_organisation(session, now=now())
        conversation, _ = transcripts.open_conversation(
            session, channel="web_chat", notice_version="1", rulebook_version=rulebook.version, now=now()
        )
    for number, text in enumerate(SCRIPT):
        with database.write() as session:
            transcripts.keep(session, Utterance(conversation.id, str(number), text, now()))
        await turns.take(conversation.id)
    await bot.close()
    database.dispose()
    return recorded


def bare_turns(client: httpx.Client, recorded: Recorded, sender: str) -> list[float]:
    """Seconds of each turn put straight to Rasa."""
    seconds = []
    for message, metadata in recorded.questions:
        body = {"sender": sender, "message": message, "metadata": metadata}
        begin = time.perf_counter()
        client.post("/webhooks/turn/webhook", json=body).raise_for_status()
        seconds.append(time.perf_counter() - begin)
    return seconds


async def whole_turns(url: str) -> list[float]:
    """Seconds from sending a message to the bot's first line in the stream, for each message of the script."""
    async with httpx.AsyncClient(base_url=url, timeout=20.0, trust_env=False) as client:
        opened = (await client.post("/api/chat/sessions", json={})).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {opened['token']}"
        seconds = []
        async with client.stream("GET", "/api/chat/events") as stream:
            events = _messages(stream)
            await anext(events)
            for number, text in enumerate(SCRIPT):
                begin = time.perf_counter()
                message = {"client_message_id": str(number), "text": text}
                seq = (await client.post("/api/chat/messages", json=message)).raise_for_status().json()["seq"]
                async for at in events:
                    if at > seq:
                        break
                seconds.append(time.perf_counter() - begin)
        return seconds


async def _messages(stream: httpx.Response) -> Any:
    async for line in stream.aiter_lines():
        if line.startswith("id: "):
            yield int(line.removeprefix("id: "))


def memory(stack: Stack) -> dict[str, float]:
    """MB of each process below ``anfu up``; PSS, so that shared pages count once."""
    whole = psutil.Process(stack.process.pid)
    parts = {}
    for process in [whole, *whole.children(recursive=True)]:
        words = " ".join(process.cmdline())
        names = ("rasa_sdk", "rasa run", "anfu serve", "celery", "supervisor")
        name = next((part for part in names if part in words), "other")
        parts[name] = parts.get(name, 0.0) + process.memory_full_info().pss / MB
    return parts


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=20, help="conversations of each kind")
    arguments.add_argument("--train", action="store_true", help="train both models from nothing as well")
    chosen = arguments.parse_args()
    console = Console()
    table = Table("what", "figure", "against", "ratio", title=f"{platform.machine()}, {psutil.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if chosen.train:
            begin = time.perf_counter()
            training.train(Settings(home=home / "train"), force=True)
            table.add_row("training both models", f"{time.perf_counter() - begin:.0f} s", "180 s", "")
        _turns(table, home, chosen.rounds)
        reader = Reader.load(trained_models() / "reader")
        files = sorted((ROOT / "nlu_data" / "complaints").glob("*.jsonl"))
        reading = statistics.median(evaluation.evaluate(reader, file).milliseconds for file in files)
        table.add_row("reading one message, p50", f"{reading:.1f} ms", "15 ms", f"{reading / 15:.2f}")
        table.add_row("trail entries verified", f"{entries_verified_per_second(home):,.0f}/s", "10,000/s", "")
    console.print(table)


def _turns(table: Table, home: Path, rounds: int) -> None:
    begin = time.perf_counter()
    with running_stack(home / "stack", ANFU_MESSAGES_PER_MINUTE="6000") as stack:
        table.add_row("start to ready (models there)", f"{time.perf_counter() - begin:.1f} s", "60 s", "")
        rasa_url = f"http://127.0.0.1:{stack.environment['ANFU_RASA_PORT']}"
        recorded = asyncio.run(record(rasa_url, home))
        whole: list[float] = []
        bare: list[float] = []
        with httpx.Client(base_url=rasa_url, timeout=20.0, trust_env=False) as client:
            for number in range(rounds):
                bare += bare_turns(client, recorded, f"{number:032x}.900000")
                whole += asyncio.run(whole_turns(stack.url))
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            ours, theirs = _quantile(whole, share), _quantile(bare, share)
            table.add_row(
                f"chat turn through everything, {name}", f"{ours * 1000:.1f} ms", f"bare Rasa {theirs * 1000:.1f} ms",
                f"{ours / theirs:.2f}",
            )  # fmt: skip
        used = memory(stack)
        for name, mb in sorted(used.items()):
            table.add_row(f"memory: {name}", f"{mb:,.0f} MB", "", "")
        total = sum(used.values())
        table.add_row("memory of everything", f"{total:,.0f} MB", "2,500 MB", f"{total / 2500:.2f}")


def _quantile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(share * 100) - 1]


if __name__ == "__main__":
    main()
