"""Plays customers against the running system through its public door, as ``anfu play`` and ``anfu chat``.

{"id", "channel", "turns": [...]}  ->  {"id", "transcript": [{"from", "text"}], "outcome": {...}}
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress

from backend.audit.actor import SYSTEM
from backend.clock import now
from backend.db.session import Database
from backend.errors import Refusal, Unavailable
from backend.ledger import service as ledger
from backend.ledger import store as ledger_store
from backend.settings import Settings

ANSWER_WITHIN = 30.0
QUIET = 0.3


def local_url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


@dataclass
class Customer:
    """One customer in one conversation: says something, hears what comes back."""

    client: httpx.Client
    conversation_id: str = ""
    owner: str = "bot"
    heard: list[dict[str, Any]] = field(default_factory=list)

    def open(self) -> list[dict[str, Any]]:
        """Begin; returns the opening lines."""
        try:
            answer = self.client.post("/api/chat/sessions", json={}).raise_for_status().json()
        except httpx.ConnectError as error:
            raise Unavailable("not_running", f"{self.client.base_url} 没有服务在运行，请先运行 anfu up。") from error
        self.conversation_id = answer["conversation_id"]
        self.client.headers["Authorization"] = f"Bearer {answer['token']}"
        return self.listen(after=0, until=1)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send one message; returns what was said in answer, in order. Refusals of the door are a Refusal."""
        message = {"client_message_id": str(uuid.uuid4()), "text": text}
        answer = self.client.post("/api/chat/messages", json=message)
        if answer.is_error:
            problem = answer.json()
            raise Refusal(problem["code"], problem["detail"])
        return self.listen(after=answer.json()["seq"] - 1, until=answer.json()["seq"] + 1)

    def listen(self, *, after: int, until: int) -> list[dict[str, Any]]:
        """What others said after ``after``, once line ``until`` is there and the stream falls quiet."""
        lines: list[dict[str, Any]] = []
        waited = 0.0
        while waited < ANSWER_WITHIN:
            try:
                for event, data in self.events(lines[-1]["seq"] if lines else after):
                    if event == "message":
                        lines.append(data)
                    elif event == "state":
                        self.owner = data["owner"]
            except httpx.ReadTimeout:
                waited += QUIET
            if (lines and lines[-1]["seq"] >= until) or self.owner == "agent":
                break
        self.heard += lines
        return [line for line in lines if line["from"] != "customer"]

    def events(self, after: int) -> Iterator[tuple[str, dict[str, Any]]]:
        timeout = httpx.Timeout(5.0, read=QUIET)
        headers = {"Last-Event-ID": str(after)}
        with self.client.stream("GET", "/api/chat/events", headers=headers, timeout=timeout) as stream:
            event = ""
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield event, json.loads(line.removeprefix("data: "))


def play_all(
    url: str, scripts: Sequence[dict[str, Any]], database: Database, *, progress: Progress
) -> Iterator[dict[str, Any]]:
    """Play every script, one conversation after the other."""
    for script in progress.track(scripts, description="对话"):
        yield play(url, script, database)


def play(url: str, script: dict[str, Any], database: Database) -> dict[str, Any]:
    """One scripted customer, to the end of the script."""
    with httpx.Client(base_url=url, timeout=10.0, trust_env=False) as client:
        customer = Customer(client)
        customer.open()
        for text in script["turns"]:
            customer.say(text)
        transcript = [{"from": line["from"], "text": line["text"]} for line in customer.heard]
        return {"id": script["id"], "transcript": transcript, "outcome": _outcome(database, customer)}


def _outcome(database: Database, customer: Customer) -> dict[str, Any]:
    """Where the conversation ended, read from the ledger."""
    with database.read() as session:
        found = ledger_store.of_conversation(session, customer.conversation_id)
    if not found:
        ended = "handover" if customer.owner in ("waiting", "agent") else "abandoned"
        return {"ended_in": ended, "number": None, "kind": None, "category": None, "urgent": [], "fields": {}}
    complaint = found[-1]
    with database.write() as session:
        facts = ledger.export(session, complaint.number, reveal="anfu play", by=SYSTEM, now=now())
    return {
        "ended_in": "withdrawn" if complaint.stage == "withdrawn" else "ticket",
        "number": complaint.number,
        "kind": complaint.kind,
        "category": complaint.category,
        "urgent": list(complaint.triggers),
        "fields": facts["fields"],
    }


def chat(url: str, console: Console) -> None:
    """A conversation in the terminal; an empty line ends it."""
    with httpx.Client(base_url=url, timeout=10.0, trust_env=False) as client:
        customer = Customer(client)
        answers = customer.open()
        while True:
            for answer in answers:
                console.print(f"[cyan]客服[/cyan] {answer['text']}")
                if answer["choices"]:
                    console.print("      " + "  ".join(f"[dim]〔{c['label']}〕[/dim]" for c in answer["choices"]))
            text = console.input("[green]您[/green] ").strip()
            if not text:
                return
            try:
                answers = customer.say(text)
            except Refusal as refusal:
                console.print(f"[red]{refusal.say}[/red]")
                answers = []
