"""Turns what the backend has read in an utterance into Rasa's entities and, where it must, its intent.

The backend reads each utterance before Rasa hears it and sends its reading as metadata. Promises: every
span becomes one entity of the field's name; a judged danger, a wish for a person and a told grievance
overrule the classifier; a message without metadata passes through untouched. Works at prediction only:
nothing here is learnt.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA
from rasa.shared.nlu.training_data.message import Message

# Kinds that open a file: all three are heard by the same form, the backend keeps them apart.
FILED_KINDS = frozenset({"complaint", "report", "suggestion"})
# What a customer may ask while telling the grievance again: these intents keep precedence when they are clear.
# Not ask_human: a wish for a person inside a story (客服还挂我电话) is for the backend's rules to find.
KEPT_INTENTS = frozenset({"file_complaint", "ask_status", "urge_progress", "withdraw_complaint"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TurnSpans(GraphComponent):
    """metadata {spans, kind, danger, wants_human} -> entities and intent of the message."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """``grievance_confidence``: how sure of the kind the reader must be to overrule the classifier."""
        return {"grievance_confidence": 0.6, "clear_intent": 0.5}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TurnSpans:
        """Nothing to load: the reading travels with the message."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds entities and settles the intent, in place; returns the same messages."""
        for message in messages:
            reading = message.get(METADATA) or {}
            spans = [_entity(span) for span in reading.get("spans") or ()]
            message.set(ENTITIES, message.get(ENTITIES, []) + spans, add_to_output=True)
            intent = self._ruled_intent(reading, message.get(INTENT) or {})
            if intent:
                message.set(INTENT, {"name": intent, "confidence": 1.0}, add_to_output=True)
        return messages

    def _ruled_intent(self, reading: Dict[str, Any], guess: Dict[str, Any]) -> Optional[str]:
        """The intent the backend's reading commands, or None where the classifier's guess stands."""
        if reading.get("danger"):
            return "threaten"
        if reading.get("wants_human"):
            return "ask_human"
        told = any(span["field"] == "narrative" for span in reading.get("spans") or ())
        sure = reading.get("kind_confidence", 0.0) >= self._config["grievance_confidence"]
        kept = guess.get("name") in KEPT_INTENTS and guess.get("confidence", 0.0) >= self._config["clear_intent"]
        if told and sure and reading.get("kind") in FILED_KINDS and not kept:
            return "file_complaint"
        return None


def _entity(span: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "entity": span["field"],
        "start": span["start"],
        "end": span["end"],
        "value": span["value"],
        "extractor": TurnSpans.__name__,
    }
