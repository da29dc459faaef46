"""Customers who answer what they are asked, as real ones do."""

from collections.abc import Mapping

from backend.player import Customer

MOST_TURNS = 14
CONFIRM_WORDS = "确认"
NUMBER_START = "TS"

#: What is asked for, told from the words of the question.
ASKED_BY = {
    "confirmed": ("确认", "核对"),
    "account_consent": ("同意",),
    "phone": ("电话", "手机", "联系方式", "号码"),
    "name": ("称呼", "姓名", "贵姓"),
    "branch": ("营业部",),
    "demand": ("希望", "诉求", "怎么处理", "怎样处理"),
    "occurred_at": ("什么时候", "时间", "哪天", "何时"),
    "account": ("资金账号", "账号"),
}


def question_in(text: str) -> str | None:
    """The field a sentence asks for, as a customer would understand it."""
    if "？" not in text and "?" not in text and "吗" not in text and "请" not in text:
        return None
    for field, words in ASKED_BY.items():
        if any(word in text for word in words):
            return field
    return None


def complain(customer: Customer, opening: str, answers: Mapping[str, str]) -> tuple[str, list[str]]:
    """Say ``opening``, answer every question from ``answers``; returns the number and the fields asked for."""
    heard = customer.say(opening)
    asked: list[str] = []
    for _ in range(MOST_TURNS):
        words = "\n".join(line["text"] for line in heard)
        number = number_in(words)
        if number:
            return number, asked
        field = question_in(heard[-1]["text"])
        assert field is not None, f"no question in: {words}"
        asked.append(field)
        heard = customer.say(answers[field])
    raise AssertionError(f"no number after {MOST_TURNS} turns; asked {asked}")


def number_in(text: str) -> str | None:
    """The complaint number in a sentence, as it is written in the ledger."""
    start = text.find(NUMBER_START)
    if start < 0:
        return None
    digits = ""
    for sign in text[start + len(NUMBER_START) :]:
        if sign.isdigit():
            digits += sign
        elif sign not in "- ":
            break
    return NUMBER_START + digits if digits else None
