"""Fictional people and complaints for somebody who tries the product: ``anfu up --demo``.

The stories are training narratives of ``nlu_data/complaints`` (invented people and figures); they enter through the
same doors as real ones: transcript, intake draft, ledger, each step by a person who may take it. Filled once.
"""

import heapq
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts import store as people
from backend.audit.actor import BOT, SYSTEM, Actor
from backend.errors import Refusal
from backend.guideline.rulebook import Rulebook
from backend.intake.draft import GRIEVANCES
from backend.ledger import service as ledger
from backend.ledger import store as ledger_store
from backend.ledger.values import NewComplaint, Receipt
from backend.settings import ROOT
from backend.transcripts import service as transcripts
from backend.transcripts.values import Utterance

COMPLAINTS = ROOT / "nlu_data" / "complaints"
PASSWORD = "anfu-demo-2026"
SEED = 961303
COUNT = 60
DAYS_BACK = 40
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("敏", "伟", "丽华", "建国", "秀英", "志强", "晓燕", "海涛", "玉兰", "国平", "婷", "明", "桂芳", "俊杰")
CUSTOMER_FIELDS = ("name", "phone")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    login: str
    name: str
    unit: str
    role: str


PEOPLE = (
    DemoPerson("liqiang", "李强", "service_centre", "handler"),
    DemoPerson("hejing", "何静", "service_centre", "officer"),
    DemoPerson("linfang", "林芳", "service_centre", "revisit_agent"),
    DemoPerson("zhaolei", "赵磊", "tianhe", "handler"),
    DemoPerson("liangwei", "梁伟", "tianhe", "branch_head"),
    DemoPerson("chenyu", "陈瑜", "yuexiu", "handler"),
    DemoPerson("hexin", "何欣", "yuexiu", "officer"),
    DemoPerson("qianfang", "钱芳", "tianhe", "marketer"),
    DemoPerson("sunli", "孙丽", "compliance", "supervisor"),
    DemoPerson("wuming", "吴明", "retail_hq", "approver"),
)
HANDLERS = {"service_centre": ("liqiang", "hejing"), "tianhe": ("zhaolei", "liangwei"), "yuexiu": ("chenyu", "hexin")}
STAGE_WEIGHTS = {"registered": 4, "accepted": 3, "assigned": 6, "closed": 5, "withdrawn": 1, "declined": 1}
WAY_TO = {
    "registered": (),
    "accepted": ("accepted",),
    "assigned": ("accepted", "assigned"),
    "closed": ("accepted", "assigned", "closed"),
    "withdrawn": ("withdrawn",),
    "declined": ("declined",),
}
RESULTS = (
    "已调取操作记录并向客户逐项说明，客户表示认可。",
    "当面向客户致歉，对当班人员进行了提醒，客户表示满意。",
    "已为客户补办业务并回电确认，客户表示接受。",
    "与客户协商一致，已告知后续改进措施和其他解决途径。",
)

type Act = Callable[[datetime], Sequence[Planned]]
type Planned = tuple[datetime, Act]


def fill(session: Session, *, rulebook: Rulebook, now: datetime) -> bool:
    """Fill an empty ledger; False when the demo people are there already. ``now``: the end of the invented history.

    Everything happens in the order of its time, as in a real ledger: the trail never goes back.
    """
    if people.person_by_login(session, PEOPLE[0].login) is not None:
        return False
    dice = random.Random(SEED)
    begin = now - timedelta(days=DAYS_BACK)
    staff = {person.login: _hire(session, person, begin) for person in PEOPLE}
    stories = list(_stories())
    dice.shuffle(stories)
    diary: list[tuple[datetime, int, Act]] = []
    for number, story in enumerate(stories[:COUNT]):
        moment = begin + timedelta(seconds=dice.random() * (DAYS_BACK * 86_400 - 3_600))
        told: Act = partial(_complain, session, story, number, staff, rulebook, random.Random(SEED + number))
        heapq.heappush(diary, (moment, number, told))
    count = len(diary)
    while diary:
        moment, _, act = heapq.heappop(diary)
        for later, then in act(moment):
            if later < now:
                count += 1
                heapq.heappush(diary, (later, count, then))
    return True


def _hire(session: Session, person: DemoPerson, at: datetime) -> Actor:
    account = accounts.create_person(
        session, login=person.login, name=person.name, unit=person.unit, roles=(person.role,), by=SYSTEM, now=at
    )
    viewer = accounts.viewer_of(session, account.person_id, at)
    assert viewer is not None
    accounts.change_password(session, viewer=viewer, old=account.one_time_password, new=PASSWORD, now=at)
    return viewer.actor


def _stories() -> Iterator[dict[str, Any]]:
    for path in sorted(COMPLAINTS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            story = json.loads(line)
            if story["split"] == "train" and story["kind"] in GRIEVANCES:
                yield story


def _complain(
    session: Session,
    story: dict[str, Any],
    number: int,
    staff: dict[str, Actor],
    rulebook: Rulebook,
    dice: random.Random,
    at: datetime,
) -> Sequence[Planned]:
    """A customer complains; returns what the house will do about it, and when."""
    name = dice.choice(SURNAMES) + dice.choice(GIVEN)
    phone = f"199{dice.randrange(10**8):08d}"
    conversation, _ = transcripts.open_conversation(
        session,
        channel=story["channel"],
        notice_version=rulebook.notices["personal_data_notice"].version,
        rulebook_version=rulebook.version,
        now=at,
    )
    talk = [
        ("bot", rulebook.notices["opening"].say()),
        ("bot", rulebook.notices["personal_data_notice"].say()),
        ("customer", story["text"]),
        ("bot", "您说的我都听到了，遇到这样的事，换谁心里都不好受。我先帮您登记，请问怎么称呼您？"),
        ("customer", name),
        ("bot", "谢谢您。请留一个方便联系的电话，好让同事把处理结果告诉您。"),
        ("customer", phone),
    ]
    for turn, (sender, text) in enumerate(talk):
        moment = at + timedelta(seconds=20 * turn)
        if sender == "customer":
            transcripts.keep(session, Utterance(conversation.id, f"demo-{turn}", text, moment))
        else:
            transcripts.append(session, conversation.id, sender=sender, text=text, now=moment)
    told = at + timedelta(seconds=20 * len(talk))
    transcripts.finish_turn(session, conversation.id, answered_seq=conversation.last_seq)
    fields = {item["field"]: item["text"] for item in story["fields"] if item["field"] not in CUSTOMER_FIELDS}
    incomplete = number % 11 == 0
    new = NewComplaint(
        source_key=f"demo:{number}",
        conversation_id=conversation.id,
        channel=story["channel"],
        kind=story["kind"],
        category=story["category"],
        category_certain=number % 9 != 0,
        secondary=tuple(story["secondary"]),
        ranking=((story["category"], 0.9),),
        triggers=tuple(story["triggers"]),
        emotion=story["emotion"],
        fields=fields if incomplete else {**fields, "name": name, "phone": phone},
        narrative=story["text"],
        incomplete=incomplete,
        received_at=at,
        rulebook_version=rulebook.version,
    )
    receipt = ledger.enter(session, new=new, by=BOT, now=told)
    transcripts.append(
        session, conversation.id, sender="bot", now=told,
        text=f"已为您登记，编号{receipt.number}。受理之日起{receipt.days}个工作日内办结并告知您结果。",
    )  # fmt: skip
    return _plan(session, receipt, staff, dice, told)


def _plan(
    session: Session, receipt: Receipt, staff: dict[str, Actor], dice: random.Random, since: datetime
) -> Sequence[Planned]:
    """How far this complaint will get; each step some working hours after the one before."""
    complaint = ledger_store.by_number(session, receipt.number)
    assert complaint is not None
    handler, decider = (staff[login] for login in HANDLERS.get(complaint.unit.key, HANDLERS["service_centre"]))
    wanted = dice.choices(list(STAGE_WEIGHTS), weights=list(STAGE_WEIGHTS.values()))[0]
    acts: dict[str, Callable[[int, datetime], object]] = {
        "accepted": lambda version, at: ledger.accept(
            session, receipt.number, expected_version=version, by=decider, now=at
        ),
        "assigned": lambda version, at: ledger.assign(
            session, receipt.number, to=handler.person_id or 0, expected_version=version, by=decider, now=at
        ),
        "closed": lambda version, at: ledger.close(
            session, receipt.number, result=dice.choice(RESULTS), result_told_at=at, expected_version=version,
            by=handler, now=at,
        ),
        "withdrawn": lambda version, at: ledger.withdraw(
            session, receipt.number, customer_statement="问题已经解决，我不投诉了。", expected_version=version,
            by=handler, now=at,
        ),
        "declined": lambda version, at: ledger.decline(
            session, receipt.number, reason="不属于证券经纪业务", expected_version=version, by=decider, now=at,
            reasoned_notice="您反映的事项不属于证券经纪业务，我们已将您引导到相应的受理单位，并告知了联系方式。",
        ),
    }  # fmt: skip
    planned: list[Planned] = []
    at = since
    for stage in WAY_TO[wanted]:
        at += timedelta(hours=dice.uniform(1, 60))
        planned.append((at, partial(_step, session, receipt.number, acts[stage])))
    return planned


def _step(session: Session, number: str, act: Callable[[int, datetime], object], at: datetime) -> Sequence[Planned]:
    """One step, unless the duties of this complaint forbid it to the person chosen (involved staff, for instance)."""
    complaint = ledger_store.by_number(session, number)
    assert complaint is not None
    with suppress(Refusal):
        act(complaint.version, at)
    return ()
