"""What the classifier makes of utterances it has never seen (intents_heldout.yml)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from rasa.core.agent import Agent

HELD_OUT: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "intents_heldout.yml").read_text(encoding="utf-8")
)
# Of utterances it is sure enough about to act on, and of all.
RIGHT_WHEN_SURE, RIGHT_AT_ALL = 0.88, 0.80
UNSURE = "nlu_fallback"


@pytest.fixture(scope="module")
def guesses(agent: Agent, loop: asyncio.AbstractEventLoop) -> list[tuple[str, str, str]]:
    """(intent, utterance, guess) of the whole file, without any reading of the backend."""

    async def parse() -> list[tuple[str, str, str]]:
        return [
            (intent, str(text), (await agent.parse_message(str(text)))["intent"]["name"])
            for intent, texts in HELD_OUT.items()
            for text in texts
        ]

    return loop.run_until_complete(parse())


def test_held_out_utterances_are_not_trained_on() -> None:
    root = Path(__file__).parents[2] / "nlu_data/intents"
    trained = {line[8:].strip() for file in root.glob("*.yml") for line in file.read_text("utf-8").splitlines()}
    assert not trained & {str(text) for texts in HELD_OUT.values() for text in texts}


def test_every_intent_of_the_domain_is_held_out(agent: Agent) -> None:
    own = {intent for intent in agent.domain.intents if intent not in {"back", "restart", "session_start", UNSURE,
           "out_of_scope"}}  # fmt: skip
    assert set(HELD_OUT) == own


def test_accuracy(guesses: list[tuple[str, str, str]]) -> None:
    right = [one for one in guesses if one[0] == one[2]]
    sure = [one for one in guesses if one[2] != UNSURE]
    wrong = [one for one in sure if one[0] != one[2]]
    assert len(right) / len(guesses) >= RIGHT_AT_ALL, wrong
    assert len(right) / len(sure) >= RIGHT_WHEN_SURE, wrong


def test_nothing_strange_is_taken_for_a_yes(guesses: list[tuple[str, str, str]]) -> None:
    assert [one for one in guesses if one[2] == "affirm" and one[0] not in {"affirm", "thanks", "satisfied"}] == []
