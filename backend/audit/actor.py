"""Who acts: a person of the house, the bot, the system itself, or the customer."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "bot", "system", "customer"]


@dataclass(frozen=True, slots=True)
class Actor:
    """``id`` identifies and never describes: a person's number, a process name, a conversation id; no name."""

    kind: ActorKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def person_id(self) -> int | None:
        return int(self.id) if self.kind == "person" else None

    @classmethod
    def person(cls, person_id: int) -> "Actor":
        return cls("person", str(person_id))


BOT = Actor("bot", "rasa")
SYSTEM = Actor("system", "anfu")
