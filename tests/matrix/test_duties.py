"""Every role x act x involvement x unit, over HTTP, against the table of duties as a person reads it.

The table is read here by a dozen lines of its own, not by ``guideline.duties``: two readers must come to the same.
Units that the table treats alike stand for each other, and so do the involvements it does not name for an act, which
are tried all at once: everything else is tried with everything else. What
is not allowed is refused with a named reason and its clause, and has changed nothing even before it was undone; what is
allowed is done. Whoever may not even read a complaint is told nothing but that there is none.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from backend.accounts import guards, passwords
from backend.accounts.values import SignedIn, Viewer
from backend.clock import now
from backend.db.session import Database, make_database
from backend.ledger.routes import router
from backend.settings import ROOT
from tests.databases import CHEAP, Prepared
from tests.doors import door, signed_in
from tests.matrix import stage
from tests.people import hire

BOOK = ROOT / "backend" / "guideline" / "rulebook" / "2026.1"
DUTIES: dict[str, Any] = yaml.safe_load((BOOK / "duties.yml").read_text(encoding="utf-8"))
KINDS = {one["id"]: one["kind"] for one in yaml.safe_load((BOOK / "units.yml").read_text(encoding="utf-8"))["units"]}
ACTS = {one["id"]: one for one in DUTIES["acts"]}
ROLES = [one["id"] for one in DUTIES["roles"] if one["id"] != "system"]
SEVERAL = [
    ("handler", "marketer"),
    ("officer", "supervisor"),
    ("branch_head", "revisit_agent"),
    ("approver", "officer"),
]
HOLDERS = [frozenset({role}) for role in ROLES] + [frozenset(both) for both in SEVERAL]


@dataclass(frozen=True)
class Door:
    """Where an act is done over HTTP: on a complaint of which stage, under which path, with what."""

    stage: str
    path: str
    body: dict[str, Any]


DOORS = {
    "reveal": Door("registered", "reveal", {"reason": "致电核实"}),
    "supplement": Door("registered", "facts", {"narrative": "补充说明"}),
    "edit": Door("registered", "category", {"category": "service", "reason": "更正"}),
    "accept": Door("registered", "accept", {}),
    "decline": Door("registered", "decline", {"reason": "不属于本公司", "reasoned_notice": "已书面说明"}),
    "assign": Door("accepted", "assign", {"to": "officer"}),
    "hand_over": Door(
        "registered", "hand-over",
        {"unit": "yuexiu", "reason": "开户在该部", "understanding": "理解", "to": "elsewhere"},
    ),
    "investigate": Door("assigned", "investigate", {}),
    "resolve": Door("investigating", "resolve", {"findings": "属实", "solution": "致歉"}),
    "reply": Door(
        "resolving", "reply",
        {"result": "已说明情况", "told_to": "本人", "told_by": "by_phone", "result_told_at": "now"},
    ),
    "close": Door("replied", "close", {"result": "已说明情况", "result_told_at": "now"}),
    "revisit": Door("closed", "revisit/start", {}),
    "reopen": Door("revisited", "reopen", {"reason": "客户不满意"}),
    "archive": Door("revisited", "archive", {"summary": "已完善流程"}),
    "withdraw": Door("registered", "withdraw", {"customer_statement": "我不投诉了"}),
    "merge": Door("assigned", "merge", {"merged_into": "accepted", "reason": "同一事项"}),
    "convert": Door(
        "registered", "convert", {"kind": "inquiry", "reason": "客户接受解释", "customer_statement": "明白了"}
    ),
    "request_extension": Door(
        "investigating", "extension/request", {"workdays": 5, "reason": "尚待回复", "plan": "收到后答复"}
    ),
    "approve_extension": Door("asked", "extension/decide", {"approved": True, "reason": "同意"}),
    "mark_malicious": Door("worked", "malicious", {"reason": "解释、协调均无效"}),
    "record_accountability": Door(
        "closed", "accountability", {"unit": stage.OWNER, "finding": "未及时办理", "sanction": "通报批评"}
    ),
    "complete_task": Door("assigned", "tasks/{task}/done", {"text": "已办"}),
}  # fmt: skip
READING = {"read"}  # by GET, and changes nothing
# Acts about no complaint, or with a door of their own, and where that door is tried.
ELSEWHERE = {
    "comment", "register", "be_assigned", "converse", "acknowledge_trigger", "report_authority", "view_reports",
    "verify_trail", "manage_people",
}  # fmt: skip


def alike(unit: str) -> tuple[object, ...]:
    """All that the table asks of a unit."""
    return (unit == stage.OWNER, *(KINDS[unit] in rule["anywhere"] for rule in ACTS.values()))


UNITS = list({alike(unit): unit for unit in reversed(KINDS)}.values())


def involvements(act: str) -> list[frozenset[str]]:
    """Not involved; each way that a separation names for this act; all the others at once, which must not matter."""
    named = {kind for one in DUTIES["separations"] if act in one["acts"] for kind in one["involvement"]}
    others = frozenset(DUTIES["involvement"]) - named
    return [frozenset(), *(frozenset({kind}) for kind in sorted(named)), *([others] if others else [])]


def allowed(act: str, roles: frozenset[str], unit: str | None, involvement: frozenset[str]) -> tuple[bool, str]:
    """The table, read once more: may they, and if a separation forbids it, its clause."""
    for one in DUTIES["separations"]:
        if act in one["acts"] and (roles & set(one["roles"]) or involvement & set(one["involvement"])):
            return False, one["clause"]
    rule = ACTS[act]
    held = roles & set(rule["roles"])
    near = rule["scope"] == "all_units" or unit == stage.OWNER or KINDS.get(unit or "") in rule["anywhere"]
    return bool(held) and (bool(held & set(DUTIES["unbound"])) or near), rule["clause"]


@dataclass
class Theatre:
    """The application over a rehearsal, and somebody of every role in every unit, signed in."""

    client: TestClient
    rehearsal: stage.Rehearsal
    cast: stage.Cast
    people: dict[tuple[frozenset[str], str | None], tuple[Viewer, SignedIn]]
    chooser: tuple[Viewer, SignedIn]

    def ask(
        self, who: tuple[Viewer, SignedIn], act: str, involvement: frozenset[str], about: Viewer | None = None,
        **more: Any,
    ) -> Any:  # fmt: skip
        """The answer to ``who`` doing ``act`` while they (or ``about``) are so involved."""
        viewer, signed = about or who[0], who[1]
        place = DOORS.get(act, Door("registered", "", {}))
        number, moment = self.cast.numbers[place.stage], now()
        self.rehearsal.number, self.rehearsal.changed = number, False
        self.rehearsal.setting = lambda session: stage.involve(session, number, viewer.person_id, involvement, moment)
        headers = {"Cookie": f"{guards.cookie_name()}={signed.token}", guards.CSRF_HEADER: signed.viewer.csrf}
        self.rehearsal.reads_too = act in READING
        if act in READING:
            return self.client.get(f"/api/complaints/{number}", headers=headers)
        path = place.path.format(task=self.cast.tasks[place.stage])
        words = {
            "now": moment.isoformat(), "officer": self.cast.officer.person_id,
            "elsewhere": self.cast.elsewhere.person_id, **self.cast.numbers,
        }  # fmt: skip
        body = {
            name: words.get(value, value) if isinstance(value, str) else value for name, value in place.body.items()
        }
        body |= more
        if act != "reveal":
            body["expected_version"] = self.cast.versions[place.stage]
        return self.client.post(f"/api/complaints/{number}/{path}", headers=headers, json=body)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Theatre]:
    file: Path = tmp_path_factory.mktemp("matrix") / "anfu.db"
    shutil.copy(prepared.sqlite(True), file)
    database = make_database(f"sqlite:///{file}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", CHEAP)
        cast = stage.engage(database)
        people = {(roles, unit): enlist(database, roles, unit) for roles, unit in places()}
    for name in stage.WAYS:
        stage.bring(database, cast, name)
    chooser = (cast.officer, signed_in(database, cast.officer))
    rehearsal = stage.Rehearsal(database)
    with TestClient(door(rehearsal, router)) as client:
        yield Theatre(client, rehearsal, cast, people, chooser)
    database.dispose()


def places() -> list[tuple[frozenset[str], str | None]]:
    """Every role in every unit; the administrator, bound to none, stands once."""
    unbound = set(DUTIES["unbound"])
    return [(roles, unit) for roles, unit in product(HOLDERS, (None, *UNITS)) if (unit is None) == (roles <= unbound)]


def enlist(database: Database, roles: frozenset[str], unit: str | None) -> tuple[Viewer, SignedIn]:
    login = f"{'.'.join(sorted(roles))}.{unit or 'nowhere'}".replace("_", "-")
    viewer = hire(database, login, login, unit, sorted(roles))
    return viewer, signed_in(database, viewer)


@pytest.mark.parametrize("act", [*DOORS, *sorted(READING)])
def test_the_door_keeps_to_the_table(theatre: Theatre, act: str) -> None:
    tried = wrong = 0
    told: list[str] = []
    for (roles, unit), who in theatre.people.items():
        for involvement in involvements(act):
            answer = theatre.ask(who, act, involvement)
            fault = judge(act, roles, unit, involvement, answer.status_code, answer.json(), theatre.rehearsal.changed)
            tried += 1
            if fault:
                wrong += 1
                told.append(f"{'+'.join(sorted(roles))} @ {unit}, {'+'.join(involvement) or 'not involved'}: {fault}")
    assert not wrong, f"{wrong} of {tried}:\n" + "\n".join(told[:20])
    assert tried == len(places()) * len(involvements(act))


def judge(
    act: str, roles: frozenset[str], unit: str | None, involvement: frozenset[str], status: int, told: Any,
    changed: bool,
) -> str:  # fmt: skip
    """What is wrong with an answer; nothing, if it is as the table says."""
    reads, _ = allowed("read", roles, unit, involvement)
    may, clause = allowed(act, roles, unit, involvement)
    if not reads:
        if changed or (status, told.get("code")) != (404, "no_such_complaint"):
            return f"may not know of it and got {status} {told.get('code')}, changed: {changed}"
    elif not may:
        if changed or (status, told.get("code")) != (403, f"may_not_{act}"):
            return f"may not and got {status} {told.get('code')}, changed: {changed}"
        if told["clause"] != clause or len(told["detail"]) < 8:
            return f"refused without its reason: {told}"
    elif status != 200 or (not changed and act not in READING):
        return f"may and got {status} {told.get('code')} {told.get('detail')}, changed: {changed}"
    return ""


def test_every_act_of_the_table_has_its_door() -> None:
    """An act added to the table is tried here, or its door is named."""
    assert set(DOORS) | READING | ELSEWHERE == set(ACTS)


@pytest.mark.parametrize(
    "involvement", involvements("be_assigned"), ids=lambda kinds: "+".join(sorted(kinds)) or "none"
)
def test_nobody_is_made_handler_who_may_not_be(theatre: Theatre, involvement: frozenset[str]) -> None:
    """第十四条: the table judges the person chosen, too, whoever chooses them."""
    involvement -= {"handler"}  # who is it already is refused for another reason
    for (roles, unit), (chosen, _) in theatre.people.items():
        answer = theatre.ask(theatre.chooser, "assign", involvement, about=chosen, to=chosen.person_id)
        may, clause = allowed("be_assigned", roles, unit, involvement)
        if may:
            assert (answer.status_code, theatre.rehearsal.changed) == (200, True), (roles, unit, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (422, "may_not_be_assigned"), (roles, unit)
            assert answer.json()["clause"] == clause
            assert not theatre.rehearsal.changed
