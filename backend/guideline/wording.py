"""What must not be said to a customer (第十七条、证券法第一百三十五条), found in any sentence on its way out.

text | normalise | patterns - safe uses - quotations -> hits, each with clause and a sentence to say instead
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from backend.guideline.normal import CLAUSE, SENTENCE, Normal, normalise
from backend.guideline.rulebook import Rulebook
from backend.guideline.values import WordRule

SHORTEST_QUOTATION = 6  # characters; a shorter run may as well be one's own sentence


@dataclass(frozen=True, slots=True)
class Hit:
    """One forbidden phrase. ``start``, ``end``: code points of the original. ``rewrite``: what may be said instead."""

    rule: str
    phrase: str
    clause: str
    start: int
    end: int
    rewrite: str
    list: str


def check(
    text: str, rulebook: Rulebook, *, speaker: str = "agent", quoted: Sequence[tuple[int, int]] = ()
) -> tuple[Hit, ...]:
    """第十七条（二）（三）：禁止使用的用语；证券法第一百三十五条：不得承诺收益或赔偿损失。

    ``speaker``: bot or agent; the bot, which has investigated nothing, must not admit fault either. ``quoted``: spans
    of the customer's own words inside the text, which may say anything. Hits in the order of the text, at most one a
    rule and place; empty means the sentence may go out. KeyError for a speaker there is not.
    """
    if not any(speaker in words.speakers for words in rulebook.wording.lists.values()):
        raise KeyError(f"no speaker {speaker}")
    normal = normalise(text, rulebook.wording.traditional)
    general, rules = _compiled(rulebook)
    always_safe = [match.span() for safe in general for match in safe.finditer(normal.text)]
    hits: list[Hit] = []
    for rule, patterns, safe in rules:
        if speaker not in rulebook.wording.lists[rule.list].speakers:
            continue
        spared = always_safe + [match.span() for pattern in safe for match in pattern.finditer(normal.text)]
        spared = [span for span in spared if not normal.broken(*span, CLAUSE)]
        for start, end in _longest(_found(normal, rule, patterns)):
            first, last = normal.origin[start], normal.origin[end - 1] + 1
            if any(begin <= start and end <= stop for begin, stop in spared):
                continue
            if any(begin <= first and last <= stop for begin, stop in quoted):
                continue
            hits.append(Hit(rule.id, text[first:last], rule.clause, first, last, rule.rewrite, rule.list))
    return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end)))


def quotations(text: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where the customer's own ``words`` stand in a text that repeats them (read-back, reply), for ``check(quoted=…)``.

    What is too short to be recognised as a quotation is not counted: a customer who said 不可能 lends it to nobody.
    """
    return tuple(
        match.span()
        for said in {word.strip() for word in words}
        if len(said) >= SHORTEST_QUOTATION
        for match in re.finditer(re.escape(said), text)
    )


def _found(normal: Normal, rule: WordRule, patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    """Where the patterns match without reaching over a mark that parts the meaning (您看行不？可能要等)."""
    mark = SENTENCE if rule.spans_clauses else CLAUSE
    for pattern in patterns:
        for match in pattern.finditer(normal.text):
            start, end = match.span()
            if start < end and (not normal.broken(start, end, mark) or normal.spaced_out(start, end)):
                yield start, end


def _longest(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of spans that overlap, the one that begins first and reaches furthest."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


type _Rules = tuple[tuple[WordRule, tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]], ...]


@cache
def _compiled(rulebook: Rulebook) -> tuple[tuple[re.Pattern[str], ...], _Rules]:
    """The regular expressions, once a rulebook."""

    def compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in patterns)

    wording = rulebook.wording
    return compiled(wording.safe), tuple((rule, compiled(rule.patterns), compiled(rule.safe)) for rule in wording.rules)
