"""What the bot learns from the labelled narratives: every example as it would see it, nobody's data in it."""

import json
from pathlib import Path

import yaml

from backend.training import COMPLAINTS, tokened, write_narratives


def test_personal_words_become_numbered_tokens_and_the_same_words_the_same_token() -> None:
    text = "我是李桂芳，电话19912345678，李桂芳就是我，李国强是我爱人"
    fields = [
        {"field": "name", "text": "李桂芳", "start": 2, "end": 5},
        {"field": "phone", "text": "19912345678", "start": 8, "end": 19},
        {"field": "name", "text": "李桂芳", "start": 20, "end": 23},
        {"field": "name", "text": "李国强", "start": 27, "end": 30},
    ]
    assert tokened(text, fields) == "我是〔姓名1〕，电话〔电话1〕，〔姓名1〕就是我，〔姓名2〕是我爱人"


def test_what_is_not_personal_stays() -> None:
    fields = [{"field": "branch", "text": "天河营业部", "start": 0, "end": 5}]
    assert tokened("天河营业部的柜员态度很差", fields) == "天河营业部的柜员态度很差"


def test_marks_of_the_training_format_and_line_breaks_are_neutralised() -> None:
    assert tokened("他说[不行]{走}\n- 然后\\n就挂了", []) == "他说［不行］｛走｝ - 然后＼n就挂了"


def test_the_written_file_holds_the_train_lines_by_intent_and_no_personal_value(tmp_path: Path) -> None:
    files = sorted(COMPLAINTS.glob("*.jsonl"))
    out = tmp_path / "narratives.yml"
    counted = write_narratives(files, out)
    read = yaml.safe_load(out.read_text(encoding="utf-8"))
    examples = {block["intent"]: block["examples"].splitlines() for block in read["nlu"]}
    assert {intent: len(lines) for intent, lines in examples.items()} == dict(counted)
    assert all(line.startswith("- ") for lines in examples.values() for line in lines)

    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    learned = [line for line in lines if line["split"] == "train" and line["kind"] != "suggestion"]
    assert sum(counted.values()) == len(learned)
    numbers = {
        span["text"]
        for line in learned
        for span in line["fields"]
        if span["field"] in ("phone", "account") and span["text"].isdigit()
    }
    assert numbers
    assert not [number for number in numbers if number in out.read_text(encoding="utf-8")]


def test_no_file_gives_a_file_that_rasa_can_still_read(tmp_path: Path) -> None:
    assert sum(write_narratives([], tmp_path / "narratives.yml").values()) == 0
    assert yaml.safe_load((tmp_path / "narratives.yml").read_text()) == {"version": "3.1"}
