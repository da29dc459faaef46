"""The rulebook on file is whole; a broken one is refused with the file and the line that is wrong."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from backend.guideline import rulebook, wording
from backend.guideline.rulebook import RulebookError, load, read, versions
from backend.guideline.stages import first, steps
from backend.guideline.values import Notice

BOOK = load()

VOCABULARY = {
    "categories": "marketing counter trading_asset info_system service suitability other",
    "kinds": "complaint inquiry report suggestion",
    "emotions": "calm upset angry extreme",
    "triggers": "system_failure accident unrest compensation_or_litigation account_theft mass_incident "
    "self_harm_or_violence_threat media_or_regulator_threat",
    "fields": "name phone account branch employee product_or_security occurred_at amount demand narrative channel "
    "evidence on_behalf_of investor_class reported_elsewhere contact_hours",
    "stages": "registered accepted declined assigned investigating resolving replied revisiting closed archived "
    "withdrawn merged",
}


@pytest.mark.parametrize("table", VOCABULARY)
def test_vocabulary_is_that_of_the_house(table: str) -> None:
    assert list(getattr(BOOK, table)) == VOCABULARY[table].split()


def test_newest_version_is_loaded_once() -> None:
    assert load() is load(versions()[-1]) is load()
    assert load().version == versions()[-1]


def test_unknown_version_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no rulebook"):
        load("1999.1")


def test_rulebook_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        BOOK.version = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        BOOK.categories["new"] = BOOK.categories["other"]  # type: ignore[index]


def test_only_categories_that_need_it_ask_for_the_account() -> None:
    assert [category.id for category in BOOK.categories.values() if "account" in category.asks] == [
        "counter",
        "trading_asset",
    ]


def test_every_stage_is_reached_and_every_open_stage_has_a_way_on() -> None:
    reached = {first(BOOK)}
    while True:
        further = reached | {step.target for stage in reached for step in steps(stage, BOOK)}
        if further == reached:
            break
        reached = further
    assert reached == set(BOOK.stages)
    assert all(steps(stage.id, BOOK) for stage in BOOK.stages.values() if stage.open)


def test_closing_always_needs_the_result_to_have_been_told() -> None:
    """第二十二条：办结并向投诉人告知处理结果。"""
    closing = [step for step in BOOK.transitions if step.act == "close"]
    assert closing and all("result_told_at" in step.requires for step in closing)


def test_every_act_of_facts_is_closed_to_marketing_involved_and_supervisors() -> None:
    """第十四条、第四条: a new act cannot be forgotten in the separations."""
    facts = {act.id for act in BOOK.acts.values() if act.facts}
    for name in ("marketing_staff", "involved_staff", "supervisors_change_nothing"):
        assert facts <= BOOK.separations[name].acts


@pytest.mark.parametrize("notice", BOOK.notices.values(), ids=list(BOOK.notices))
def test_notice_may_be_said_by_the_machine(notice: Notice) -> None:
    said = notice.say(**dict.fromkeys(notice.fills, "某某"))
    assert wording.check(said, BOOK, speaker="bot") == ()
    assert "{" not in said


def test_first_words_say_machine_what_it_does_and_a_person() -> None:
    opening = BOOK.notices["opening"].say()
    assert all(word in opening for word in ("智能客服", "机器人", "人工", "投诉"))
    told = BOOK.notices["personal_data_notice"].say()
    assert all(word in told for word in (BOOK.version, BOOK.hotline.phone, "20年", "更正", "密码"))


BROKEN = [
    ("categories.yml", "id: counter", "id: marketing", "stands twice"),
    ("categories.yml", "reports_to: [it_centre]", "reports_to: [it_center]", "no unit kind 'it_center'"),
    ("categories.yml", "asks: [account]", "asks: [acount]", "no field"),
    ("categories.yml", "owner: it_centre, due: immediate", "owner: it_centre, due: at_once", "no deadline"),
    ("categories.yml", "floor: 0.30", "floor: 30", "probability"),
    ("categories.yml", "handled_by: service_centre", "handled_by: it_centre", "handling unit kind"),
    ("categories.yml", "plain: 其他方面的问题", "plian: 其他方面的问题", "unknown key 'plian'"),
    ("triggers.yml", "authorities: [police]", "authorities: [polcie]", "no authority"),
    ("triggers.yml", "label: 意外事故", "label: 意外事故, label: 事故", "stands twice"),
    (
        "deadlines.yml",
        "value: 20, unit: workday, clause: 第二十二条",
        "value: 20, unit: week, clause: 第二十二条",
        "none of",
    ),
    ("deadlines.yml", "value: 10, unit: workday", "value: -10, unit: workday", "negative"),
    ("deadlines.yml", "value: 10, unit: workday", "value: ten, unit: workday", "int expected"),
    ("deadlines.yml", "{from: 2016-01-01, value: 6, ", "{from: 2016-13-01, value: 6, ", "day YYYY-MM-DD"),
    ("deadlines.yml", "value: not_counted", "value: maybe", "none of"),
    ("units.yml", 'code: "12"', 'code: "11"', "belongs to 'tianhe'"),
    ("units.yml", 'code: "12"', "code: 12", "str expected"),
    ("units.yml", "kind: audit_hq", "kind: audit", "no unit kind"),
    (
        "duties.yml",
        "label: 批注, clause: 第四条, roles: [handler,",
        "label: 批注, clause: 第四条, roles: [handlers,",
        "no role",
    ),
    ("duties.yml", "involvement: [requester, handler]", "involvement: [asker]", "no involvement"),
    (
        "stages.yml",
        "to: investigating, act: investigate, label: 开始调查",
        "to: nowhere, act: investigate, label: 开始调查",
        "no stage",
    ),
    (
        "stages.yml",
        "act: archive, label: 归档, roles: [officer,",
        "act: archive, label: 归档, roles: [handler,",
        "lets others",
    ),
    ("stages.yml", "requires: [summary]", "requires: [sumary]", "no requirement"),
    ("routing.yml", "default: service_centre", "default: nobody", "no unit"),
    ("routing.yml", "- 跳楼(价", "- 跳楼((价", "regular expression"),
    ("wording.yml", "list: admission", "list: admissions", "no list"),
    ("wording.yml", "- 兜底\n", "- '['\n", "regular expression"),
    ("notices.yml", "在{opening}给您回电。这", "在{when}给您回电。这", "nobody fills"),
    ("channels.yml", '["08:30", "17:30"]', '["17:30", "08:30"]', "in order"),
    ("channels.yml", '["08:30", "17:30"]', '["8点", "17:30"]', "two times"),
    ("meta.yml", 'version: "2026.1"', 'version: "2026.2"', "stands in the folder"),
    ("labels.yml", "kinds:", "kinds: [", "not YAML"),
    ("deadlines.yml", "stages: [closed, revisiting]", "stages: [over]", "no stage"),
    ("deadlines.yml", "choices: {counted: 计入, not_counted: 不计入}", "choices: [counted, not_counted]", "mapping"),
    ("watch.yml", "before: clock_warning", "before: clock_warnings", "no deadline"),
    ("watch.yml", "before: clock_warning", "before: page_again", "unit 'workday'"),
    ("watch.yml", "again: page_again", "again: clock_warning", "unit 'minute'"),
    ("watch.yml", "kinds: [retail_hq,", "kinds: [retail,", "no unit kind"),
    ("watch.yml", "order: [officer,", "order: [marketer,", "may acknowledge"),
    ("watch.yml", "at_most: 12", "at_most: 1", "exceed"),
]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "what"), BROKEN, ids=[f"{file}-{wrong}" for file, _, wrong, _ in BROKEN]
)
def test_broken_rulebook_is_refused_with_file_and_line(
    tmp_path: Path, file: str, right: str, wrong: str, what: str
) -> None:
    folder = tmp_path / BOOK.version
    shutil.copytree(rulebook.HOME / BOOK.version, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    with pytest.raises(RulebookError) as refused:
        read(folder)
    assert what in refused.value.what
    assert refused.value.file == f"{BOOK.version}/{file}"
    if what != "not YAML":  # broken YAML is reported where the parser gives up, later than the slip
        assert refused.value.line == line
    assert str(refused.value).startswith(f"{BOOK.version}/{file}:{refused.value.line}: ")


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / BOOK.version
    shutil.copytree(rulebook.HOME / BOOK.version, folder)
    (folder / "stages.yml").unlink()
    with pytest.raises(RulebookError, match=r"stages\.yml:1: cannot be read"):
        read(folder)


def test_missing_key_is_refused_at_its_place(tmp_path: Path) -> None:
    folder = tmp_path / BOOK.version
    shutil.copytree(rulebook.HOME / BOOK.version, folder)
    text = (folder / "units.yml").read_text(encoding="utf-8")
    gone = 'id: tianhe, code: "11", '
    (folder / "units.yml").write_text(text.replace(gone, "id: tianhe, "), encoding="utf-8")
    with pytest.raises(RulebookError, match="'code' is missing") as refused:
        read(folder)
    assert refused.value.line == text[: text.index(gone)].count("\n") + 1


def test_empty_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / BOOK.version
    shutil.copytree(rulebook.HOME / BOOK.version, folder)
    (folder / "labels.yml").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(RulebookError, match=r"labels\.yml:1: the file is empty"):
        read(folder)
