"""The door of the room: a trained model, loaded once, read with many times.

text | fold | words | facts | verdicts -> Reading
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock

from spacy.language import Language

from backend.clock import local
from backend.reading.fields import CONTEXT, FIELDS
from backend.reading.folding import fold
from backend.reading.found import Found
from backend.reading.heads import VERDICTS, Verdicts
from backend.reading.pipeline import load
from backend.reading.values import CLAUSES, PERSONAL, Reading, Span

#: Kinds whose words are put on file; an inquiry is answered instead.
TELLING = frozenset({"complaint", "report", "suggestion"})
_CALLS = re.compile(
    r"我?(?:现在|就|今天)?(?:是)?(?:想|要|来)?(?:进行)?(?:投诉|举报|反映|反应)"
    r"(?:一下|个?情况|个?问题|你们|一个事?)*|你好|您好|喂|请问|在吗|转人工|人工(?:客服|服务)?|有人吗|谢谢|再见"
)
_SUBSTANCE = 6


class Reader:
    """Thread-safe; one utterance at a time, since the work is bound to one core anyway."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._lock = Lock()

    @classmethod
    def load(cls, path: Path) -> "Reader":
        """The model under `path`, warmed up. OSError where there is none."""
        reader = cls(load(path))
        reader.read("昨天上午APP登不上", asked=None, heard_at=datetime(2026, 1, 5, 9, 30).astimezone())
        return reader

    def read(self, text: str, *, asked: str | None, heard_at: datetime, channel: str = "web_chat") -> Reading:
        """Read one utterance. `asked`: the field just asked for; `heard_at`: aware, for 昨天 and 刚才.

        `channel` is taken for the day the phone needs a reading of its own; today both read alike. Text of any
        length and content gets an answer; what is not understood has few spans and low confidence.
        """
        folded = fold(text)
        # The zone gives words back afterwards: neither memory nor customers' names pile up in the string store.
        with self._lock, self._nlp.memory_zone():
            doc = self._nlp.make_doc(folded)
            doc.user_data[CONTEXT] = (asked, local(heard_at))
            doc = self._nlp(doc)
            found: tuple[Found, ...] = doc.user_data[FIELDS]
            verdicts: Verdicts = doc.user_data[VERDICTS]
        scores = verdicts.scores
        kind, confidence = _best(scores["kind"])
        emotion, _ = _best(scores["emotion"])
        spans = [_span(text, one) for one in found]
        if kind in TELLING and _tells(folded, found, asked):
            spans.insert(0, Span("narrative", 0, len(text), text, text))
        return Reading(
            text=text,
            spans=tuple(spans),
            kind=kind,
            kind_confidence=confidence,
            ranking=tuple(sorted(scores["category"].items(), key=lambda pair: (-pair[1], pair[0]))),
            triggers=scores["triggers"],
            emotion=emotion,
            emotion_scores=scores["emotion"],
            evidence=verdicts.evidence,
        )


def _best(scores: Mapping[str, float]) -> tuple[str, float]:
    label = max(scores, key=lambda name: (scores[name], name))
    return label, scores[label]


def _span(text: str, found: Found) -> Span:
    """A value belongs to whoever it identifies: another person's name or number is masked but answers nothing."""
    usable = found.field not in PERSONAL - {"employee"} or found.whose == "customer"
    said = text[found.start : found.end]
    as_said = found.field in CLAUSES or found.value == said.lower()  # a wish, or APP: folded, but not normalised
    value = said if as_said and found.value == fold(said) else found.value
    return Span(found.field, found.start, found.end, said, value if usable else "", found.whose)


def _tells(folded: str, found: tuple[Found, ...], asked: str | None) -> bool:
    """Whether there is a story besides the facts asked for and the wish to complain."""
    plain = {
        "name",
        "phone",
        "account",
        "branch",
        "id_card",
        "bank_card",
        "email",
        "address",
        "secret",
        "complaint_number",
        "contact_hours",
    }
    told = set(range(len(folded)))
    for one in found:
        if one.field in plain or (asked is not None and one.field == asked):
            told -= set(range(one.start, one.end))
    rest = _CALLS.sub("", "".join(char if place in told else " " for place, char in enumerate(folded)))
    rest = re.sub(r"我的?|电话|手机号?|号码|账号|资金|姓名|名字|叫|姓|是|的|营业部|好的?|嗯|哦|不对|对|，|。", "", rest)
    return sum(char.isalnum() for char in rest) >= _SUBSTANCE
