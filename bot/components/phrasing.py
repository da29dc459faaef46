"""Chooses the wording of a response: by channel, by what is known, and never the same words twice running.

Promises, on top of Rasa's templates: conditions and placeholders see the facts of the turn (emotion,
category, ...) as well as the slots; the variation uttered last in the conversation is not uttered again
while another fits; the choice depends only on conversation and turn, so that a test can repeat it; a line
with an empty placeholder is left out; ``{utter_x}`` stands for the wording of another response.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, Dict, List, Mapping, Optional, Sequence

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

TURN_FACTS = ("emotion", "category", "category_label", "channel")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# A long story is read back by its beginning; the whole of it is kept by the backend.
LONGEST_VALUE = 80


class Phrasing(TemplatedNaturalLanguageGenerator):
    """Rasa's ``nlg`` endpoint, in process; Rasa sets ``responses`` anew with each model it loads."""

    def __init__(self, endpoint_config: Optional[EndpointConfig], domain: Domain) -> None:
        super().__init__(domain.responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[Dict[str, Any]]:
        """One worded variation, ``{"text", "buttons", ...}``; None if the response is unknown or nothing fits."""
        turn = _turn(tracker)
        known = {**tracker.current_slot_values(), **_facts(turn), **kwargs}
        return self._worded(utter_action, known, _said(tracker), output_channel, _seed(tracker, turn))

    def _worded(
        self, name: str, known: Mapping[str, Any], said: Sequence[str], channel: str, seed: int
    ) -> Optional[Dict[str, Any]]:
        if name not in self.responses:
            return None
        variations = ResponseVariationFilter(self.responses).responses_for_utter_action(name, channel, dict(known))
        if not variations:
            return None
        worded = []
        for step in range(len(variations)):
            variation = variations[(seed + step) % len(variations)]
            text = self._filled(variation["text"], known, said, channel, seed)
            worded.append({**variation, "text": text, "buttons": list(variation.get("buttons") or ())})
        # Unsaid first, then the one said longest ago: `index` of the last time, -1 for never.
        last = {text: index for index, text in enumerate(said)}
        return min(worded, key=lambda one: last.get(one["text"], -1))

    def _filled(self, text: str, known: Mapping[str, Any], said: Sequence[str], channel: str, seed: int) -> str:
        def value(name: str) -> Optional[str]:
            if name in self.responses:
                inner = self._worded(name, known, said, channel, seed)
                return inner["text"] if inner else None
            found = known.get(name)
            return None if found is None else _shortened(str(found))

        lines: List[str] = []
        for line in text.splitlines():
            # Split at placeholders, the odd pieces are their names. A value is put in once and never read again.
            pieces: List[Optional[str]] = list(PLACEHOLDER.split(line))
            pieces[1::2] = [value(str(name)) for name in pieces[1::2]]
            if None not in pieces:
                lines.append("".join(str(piece) for piece in pieces))
        return "\n".join(lines).strip()


def _shortened(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= LONGEST_VALUE else flat[:LONGEST_VALUE] + "……"


def _facts(turn: Mapping[str, Any]) -> Dict[str, Any]:
    """What the wording may depend on; a category that is only guessed is not spoken of."""
    facts = {fact: turn.get(fact) for fact in TURN_FACTS}
    return facts if turn.get("category_certain") else {**facts, "category": None}


def _turn(tracker: DialogueStateTracker) -> Mapping[str, Any]:
    return (tracker.latest_message.metadata if tracker.latest_message else None) or {}


def _seed(tracker: DialogueStateTracker, turn: Mapping[str, Any]) -> int:
    return zlib.crc32(tracker.sender_id.encode()) + int(turn.get("turn", 0))


def _said(tracker: DialogueStateTracker) -> List[str]:
    return [event.text for event in tracker.events if isinstance(event, BotUttered) and event.text]
