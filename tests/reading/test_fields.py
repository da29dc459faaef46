"""What a sentence says, case by case; the table is cases/fields.yml and can be read without reading code."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.reading.reader import Reader
from backend.reading.values import PERSONAL
from tests.reading.conftest import HEARD_AT

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "fields.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['说']}←{case.get('问', '')}" for case in CASES])
def test_facts_are_read_as_the_table_says(reader: Reader, case: dict[str, Any]) -> None:
    reading = reader.read(case["说"], asked=case.get("问"), heard_at=HEARD_AT)
    found = [(span.field, span.text, span.value, span.whose) for span in reading.spans if span.field != "narrative"]
    for expected in case.get("有", ()):
        assert any(given[: len(expected)] == tuple(expected) for given in found), f"{expected} not in {found}"
    unwanted = [given for given in found if given[0] in case.get("无", ())]
    assert not unwanted


def test_the_table_covers_every_kind_of_fact() -> None:
    covered = {expected[0] for case in CASES for expected in case.get("有", ())}
    vocabulary = set(
        "name phone account branch employee product_or_security occurred_at amount demand contact_hours "
        "reported_elsewhere evidence on_behalf_of".split()
    )
    assert len(CASES) >= 80
    assert vocabulary | PERSONAL <= covered


def test_a_grievance_is_a_narrative_and_a_bare_fact_is_none(reader: Reader) -> None:
    told = reader.read("昨天开盘APP一直登不上，卖不出去亏了好几万", asked=None, heard_at=HEARD_AT)
    assert [span.text for span in told.spans if span.field == "narrative"] == [told.text]
    for text, asked in (
        ("我要投诉", None),
        ("张三", "name"),
        ("我叫张三，电话19912345678", None),
        ("昨天下午", "occurred_at"),
    ):
        reading = reader.read(text, asked=asked, heard_at=HEARD_AT)
        assert not [span for span in reading.spans if span.field == "narrative"], text


def test_several_facts_in_one_sentence_are_all_found(reader: Reader) -> None:
    text = "我叫李敏，手机199-1234-5678，账号6620012345，昨天下午在天河营业部被客户经理刘伟骗了三万多，要求退还"
    fields = {span.field for span in reader.read(text, asked=None, heard_at=HEARD_AT).spans}
    assert {"name", "phone", "account", "occurred_at", "branch", "employee", "amount", "demand"} <= fields


def test_tokens_of_the_vault_are_not_read_as_facts(reader: Reader) -> None:
    reading = reader.read("我叫〔姓名1〕，电话〔电话1〕，账号〔账号1〕", asked=None, heard_at=HEARD_AT)
    assert not [span for span in reading.spans if span.field in PERSONAL]
