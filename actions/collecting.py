"""How a complaint is collected: which slot an utterance fills, what is said to it, what is asked next.

    turn + slots | fill | answer the question asked | calm | choose the next question -> Step

Pure: values in, a Step out. Promises: a field that is known is never asked; a refused one is not asked again;
a value stands until the customer corrects it; name and phone come from the reader only, never from raw text;
the first grievance is answered with feeling before any question; one way to reach the customer remains.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.turn import Turn

FIELDS = (
    "narrative", "occurred_at", "demand", "name", "phone", "branch", "account", "amount", "employee",
    "product_or_security", "evidence", "on_behalf_of", "investor_class", "reported_elsewhere", "contact_hours",
)  # fmt: skip
REFUSABLE = frozenset({"occurred_at", "demand", "name", "phone", "branch", "account"})
# Asked for in these words only, the whole answer may be the value, if it sounds like such an answer.
UNSURE = "nlu_fallback"
FREE_ANSWERS: Mapping[str, set[str]] = {
    "narrative": {"file_complaint", "provide_demand", "provide_amount", "provide_time", UNSURE},
    "occurred_at": {"provide_time", UNSURE},
    "demand": {"provide_demand", "provide_amount", "file_complaint", UNSURE},
    "branch": {"provide_branch", UNSURE},
}
LONGEST_ANSWER: Mapping[str, int] = {"narrative": 4000, "occurred_at": 40, "demand": 400, "branch": 30}
SHORTEST_ANSWER = 2
LONGEST_NARRATIVE = 8000
# These are acted on whatever else the sentence holds; the others only if the question was not answered.
FIRST_OF_ALL = frozenset({"ask_human", "threaten", "withdraw_complaint"})
DIGRESSIONS = frozenset(
    {"inquiry", "chitchat", "greet", "thanks", "goodbye", "urge_progress", "ask_status", "satisfied", "abuse",
     "nonsense", "dissatisfied_with_reply"}
)  # fmt: skip
# A yes that submits must be a clear one: a doubtful one is asked again.
CLEAR_YES = 0.5
READ_BACK = frozenset({"confirmed", "correction"})
EMOTIONS = ("calm", "upset", "angry", "extreme")


@dataclass
class Step:
    """What follows from an utterance. ``ask`` None ends the form; ``interrupt`` leaves the answer to the rules
    or to the action named in ``follow``."""

    slots: dict[str, Any] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    ask: str | None = None
    interrupt: bool = False
    follow: str | None = None


def collect(turn: Turn, slots: Mapping[str, Any]) -> Step:
    """The step for an utterance just heard; ``slots`` are the tracker's before it."""
    collecting = _Collecting(turn, slots)
    if turn.answered:  # back from a digression: only the question is due
        return collecting.resume()
    return collecting.hear()


class _Collecting:
    """One utterance being worked in: reads through its own changes, so that later steps see earlier ones."""

    def __init__(self, turn: Turn, slots: Mapping[str, Any]) -> None:
        self.turn = turn
        self.before = slots
        self.step = Step()
        self.refused: list[str] = list(slots.get("refused") or ())
        self.asked = None if turn.opening else turn.asked
        self.ask_first: str | None = None
        if turn.opening:
            self._take_up_draft()

    def get(self, name: str) -> Any:
        return self.step.slots[name] if name in self.step.slots else self.before.get(name)

    def set(self, name: str, value: Any) -> None:
        self.step.slots[name] = value
        if value is not None and name in self.refused:
            self.refused.remove(name)

    def refuse(self, name: str) -> None:
        if name not in self.refused:
            self.refused.append(name)

    # -- the two ways in ------------------------------------------------------------------------------------

    def resume(self) -> Step:
        still_open = self.asked in READ_BACK or self.asked == "contact_choice" or self._missing(self.asked)
        return self._finish(self.asked if self.asked and still_open else self._next())

    def hear(self) -> Step:
        filled = self._fill()
        if self.turn.intent in FIRST_OF_ALL:
            return self._interrupt()
        answered = self.asked in filled or self._answer(filled)
        corrected = self.turn.intent == "correct_previous" and self._correct(filled)
        if not (answered or corrected) and (self.turn.intent in DIGRESSIONS or not filled) and self.asked:
            return self._interrupt()
        self._settle_category()
        self._keep_one_way_of_reply()
        self._calm()
        return self._finish(self.ask_first or self._next())

    def _interrupt(self) -> Step:
        self.step.slots["refused"] = self.refused
        self.step.interrupt = True
        return self.step

    def _finish(self, ask: str | None) -> Step:
        self.step.slots["refused"] = self.refused
        self.step.ask = ask
        return self.step

    # -- filling --------------------------------------------------------------------------------------------

    def _take_up_draft(self) -> None:
        for name, value in (self.turn.draft.get("fields") or {}).items():
            if name in FIELDS and value and self.get(name) is None:
                self.set(name, value)

    def _fill(self) -> builtins.set[str]:
        """Takes the reader's spans; the later of two values is the corrected one (不是昨天，是前天)."""
        filled: set[str] = set()
        correcting = self.turn.intent == "correct_previous" or self.asked in READ_BACK
        for name, value in self.turn.spans:
            if name == "narrative":
                self._tell(value)
                filled.add(name)
            elif name in FIELDS and (name in filled or name == self.asked or correcting or self.get(name) is None):
                self.set(name, value)
                filled.add(name)
        if "account" in filled:
            self.set("account_consent", True)
        return filled

    def _tell(self, words: str) -> None:
        told = self.get("narrative")
        if told is None or self.asked == "narrative":
            self.set("narrative", words)
        elif words not in told:
            self.set("narrative", f"{told}；{words}"[:LONGEST_NARRATIVE])

    # -- answers to the question asked ----------------------------------------------------------------------

    def _answer(self, filled: builtins.set[str]) -> bool:
        asked, intent = self.asked, self.turn.intent
        if asked is None:
            return False
        if asked == "confirmed":
            return self._answer_read_back(filled)
        if asked == "correction":
            return bool(filled) or self._reset(self.turn.corrected_fields)
        if asked == "same_matter" and intent in {"affirm", "deny"}:
            self.set("same_matter", intent == "affirm")
            return True
        if asked == "account_consent" and intent in {"affirm", "provide_account", "deny", "refuse_to_say"}:
            willing = intent in {"affirm", "provide_account"}
            self.set("account_consent", willing)
            if not willing:
                self.refuse("account")
            return True
        if asked == "category" and intent not in DIGRESSIONS:
            self.refuse("category")  # asked once; what is unclear now is for a person to settle
            return True
        if asked == "contact_choice" and intent == "affirm":
            self.step.follow = "action_handover"
            return False
        if intent == "deny" and self._reset(self.turn.corrected_fields):
            return True
        if asked in REFUSABLE and intent in {"refuse_to_say", "deny"} and not filled:
            self.refuse(asked)
            self.step.says.append("utter_noted")
            return True
        return not filled and self._free_answer(asked)

    def _answer_read_back(self, filled: builtins.set[str]) -> bool:
        if filled:
            return True  # a corrected value: read back again
        if self.turn.intent == "affirm" and self.turn.confidence >= CLEAR_YES:
            self.set("confirmed", str(self.turn.number))
            return True
        if self.turn.intent in {"deny", "correct_previous"} and not self._reset(self.turn.corrected_fields):
            self.ask_first = "correction"
        return self.turn.intent in {"deny", "correct_previous"}

    def _free_answer(self, asked: str) -> bool:
        words = self.turn.text.strip()
        sounds_right = self.turn.intent in FREE_ANSWERS.get(asked, ())
        if not sounds_right or not SHORTEST_ANSWER <= len(words) <= LONGEST_ANSWER[asked]:
            return False
        self.set(asked, words)
        return True

    # -- corrections ----------------------------------------------------------------------------------------

    def _correct(self, filled: builtins.set[str]) -> bool:
        if self.ask_first:
            return True
        if filled:
            self.step.says.append("utter_corrected")
        elif not self._reset(self.turn.corrected_fields):
            self.ask_first = "correction"
        return True

    def _reset(self, names: tuple[str, ...]) -> bool:
        """Forgets the fields that were called wrong and asks for the first of them."""
        known = [name for name in names if self.get(name) is not None or (name in FIELDS and self.asked in READ_BACK)]
        for name in known:
            self.set(name, None)
            if name in self.refused:
                self.refused.remove(name)
        if known:
            self.ask_first = known[0]
        return bool(known)

    # -- after the answer -----------------------------------------------------------------------------------

    def _settle_category(self) -> None:
        if self.turn.category and self.turn.category_certain:
            self.set("category", self.turn.category)

    def _keep_one_way_of_reply(self) -> None:
        """Name or phone is needed to answer the customer: explained once, then a person is offered."""
        if self.get("name") or self.get("phone") or not {"name", "phone"} <= set(self.refused):
            return
        self.step.says = [said for said in self.step.says if said != "utter_noted"]
        if self.get("contact_explained"):
            self.ask_first = "contact_choice"
            return
        self.set("contact_explained", True)
        self.refused.remove("phone")
        self.step.says.append("utter_need_contact")

    def _calm(self) -> None:
        calmed, emotion = self.before.get("calmed"), self.turn.emotion
        first_told = self.before.get("narrative") is None and self.get("narrative") is not None
        if first_told:
            response = "utter_calm"
        elif calmed is None:
            response = "utter_ready"
        elif EMOTIONS.index(emotion) > EMOTIONS.index(calmed):
            response = "utter_calm_again"
        else:
            return
        self.step.says = [response, *(said for said in self.step.says if said != "utter_noted")]
        self.step.slots["calmed"] = emotion

    # -- the next question ----------------------------------------------------------------------------------

    def _next(self) -> str | None:
        if self.get("confirmed") or self.get("same_matter") is True:
            return None
        if self.asked == "contact_choice" and not (self.get("name") or self.get("phone")):
            return "contact_choice"
        order = ("same_matter", "narrative", "category", "occurred_at", "demand", "name", "phone", "branch",
                 "account_consent", "account")  # fmt: skip
        return next((slot for slot in order if self._missing(slot)), "confirmed")

    def _missing(self, slot: str | None) -> bool:
        if slot == "same_matter":
            return self.get("complaint_number") is not None and self.get("same_matter") is None
        if slot == "category":
            return not (self.turn.category_certain or self.get("category") or "category" in self.refused)
        if slot == "account_consent":
            wanted = self.turn.asks_account and self.get("account") is None
            return wanted and self.get("account_consent") is None and "account" not in self.refused
        if slot == "account":
            return bool(self.get("account_consent")) and self.get("account") is None and "account" not in self.refused
        return slot in FIELDS and self.get(slot) is None and slot not in self.refused
