"""The draft takes in what was read, turn by turn; pure."""

import json
from dataclasses import dataclass, field

from backend.guideline.rulebook import load
from backend.intake import draft as drafts
from backend.intake.draft import Draft, Mark

LEVELS = tuple(load().emotions)
RANKING = (("info_system", 0.9), ("service", 0.05))


@dataclass
class Heard:
    kind: str = "complaint"
    kind_confidence: float = 0.9
    ranking: tuple[tuple[str, float], ...] = RANKING
    triggers: dict[str, float] = field(default_factory=dict)
    emotion: str = "calm"


@dataclass
class Span:
    field: str
    value: str


STORY = Span("narrative", "APP登不上")


def hear(draft: Draft, reading: Heard, *spans: Span, seq: int = 1, text: str = "APP登不上") -> Draft:
    marks = [Mark("info_system", seq, 0, 3, 1.0)]
    return drafts.hear(draft, reading, seq=seq, text=text, spans=spans, marks=marks, levels=LEVELS)


def test_a_grievance_is_told_and_its_facts_are_heard() -> None:
    draft = hear(Draft(), Heard(emotion="angry"), STORY, Span("occurred_at", "2026-11-22"))
    assert draft.tells_grievance
    assert draft.heard == {"occurred_at": "2026-11-22"}
    assert draft.ranking == RANKING
    assert draft.emotion_peak == "angry"


def test_hearing_the_same_line_again_changes_nothing() -> None:
    once = hear(Draft(), Heard(), STORY)
    assert hear(once, Heard(), STORY) == once


def test_small_talk_after_a_grievance_does_not_make_it_an_inquiry() -> None:
    draft = hear(Draft(), Heard(), STORY)
    draft = hear(draft, Heard(kind="inquiry", emotion="calm"), Span("name", "〔姓名1〕"), seq=3, text="〔姓名1〕")
    assert draft.kind == "complaint"
    assert draft.story == "APP登不上"
    assert draft.heard == {"name": "〔姓名1〕"}


def test_the_peak_of_emotion_stays() -> None:
    draft = hear(hear(Draft(), Heard(emotion="extreme"), STORY), Heard(emotion="calm"), seq=3)
    assert (draft.emotion, draft.emotion_peak) == ("calm", "extreme")


def test_a_second_piece_of_the_story_is_added_in_order() -> None:
    draft = hear(hear(Draft(), Heard(), STORY), Heard(), Span("narrative", "客服也不接"), seq=5, text="客服也不接")
    assert draft.story == "APP登不上\n客服也不接"


def test_the_strongest_sign_of_a_trigger_counts() -> None:
    draft = hear(Draft(), Heard(triggers={"system_failure": 0.9}), STORY)
    draft = hear(draft, Heard(triggers={"system_failure": 0.1}), seq=3)
    assert draft.triggers["system_failure"] == 0.9


def test_the_answer_settles_what_was_heard() -> None:
    draft = hear(Draft(), Heard(), STORY, Span("phone", "〔电话1〕"))
    draft = drafts.settle(draft, slots={"phone": "〔电话1〕"}, refused=["name"], asked="branch", active=True, misses=0)
    assert (draft.fields, draft.heard, draft.asked) == ({"phone": "〔电话1〕"}, {}, "branch")


def test_a_failed_turn_begins_a_new_epoch() -> None:
    assert (drafts.fail(Draft()).epoch, drafts.fail(Draft()).attempts) == (1, 1)


def test_it_survives_json() -> None:
    draft = hear(Draft(), Heard(triggers={"accident": 0.4}), STORY, Span("name", "〔姓名1〕"))
    assert drafts.from_dict(json.loads(json.dumps(draft.to_dict()))) == draft


def test_after_filing_only_who_and_how_they_feel_is_left() -> None:
    draft = drafts.after(hear(Draft(epoch=2), Heard(emotion="angry"), STORY), number="TS1", turn=9)
    assert (draft.ordinal, draft.epoch, draft.numbers, draft.filed_turn) == (2, 2, ("TS1",), 9)
    assert not draft.tells_grievance
