"""Customers who answer what they are asked, as real ones do."""

import re
from collections.abc import Mapping
from functools import cache

import yaml

from backend.player import Customer
from backend.settings import ROOT

MOST_TURNS = 14
NUMBER_START = "TS"

ASK = re.compile(r"utter_ask_(?:complaint_form_)?(\w+)")
BLANK = re.compile(r"\{\w+\}")


@cache
def questions() -> dict[str, str]:
    """Every way the bot asks -> the field it asks for, from the bot's own responses; of a text with blanks, its end."""
    found = {}
    for path in sorted((ROOT / "bot" / "domain").glob("*.yml")):
        for name, variants in (yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}).items():
            asks = ASK.fullmatch(name)
            if asks:
                found |= {BLANK.split(variant["text"])[-1].strip(): asks[1] for variant in variants}
    return {words: field for words, field in found.items() if words}


def question_in(text: str) -> str | None:
    """The field a sentence of the bot asks for."""
    asked = [(text.rfind(words), field) for words, field in questions().items() if words in text]
    return max(asked)[1] if asked else None


def complain(customer: Customer, opening: str, answers: Mapping[str, str]) -> tuple[str, list[str]]:
    """Say ``opening``, answer every question from ``answers``; returns the number and the fields asked for."""
    heard = customer.say(opening)
    asked: list[str] = []
    for _ in range(MOST_TURNS):
        words = "\n".join(line["text"] for line in heard)
        number = number_in(words)
        if number:
            return number, asked
        field = question_in(heard[-1]["text"])
        assert field is not None, f"no question in: {words}"
        asked.append(field)
        heard = customer.say(answers[field])
    raise AssertionError(f"no number after {MOST_TURNS} turns; asked {asked}")


def number_in(text: str) -> str | None:
    """The complaint number in a sentence, as it is written in the ledger."""
    start = text.find(NUMBER_START)
    if start < 0:
        return None
    digits = ""
    for sign in text[start + len(NUMBER_START) :]:
        if sign.isdigit():
            digits += sign
        elif sign not in "- ":
            break
    return NUMBER_START + digits if digits else None
