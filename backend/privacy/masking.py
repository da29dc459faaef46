"""How personal data looks on a screen until somebody gives a reason to see it (JR/T 0171-2020: masked by default)."""

import re

HIDDEN = "****"
LONG_NUMBER = re.compile(r"(?<![\dA-Za-z])\d{7,}(?!\d)")


def mask(kind: str, value: str) -> str:
    """``mask("phone", "13812348000") -> "138****8000"``; a kind that is not personal comes back as it is."""
    if not value:
        return value
    match kind:
        case "name" | "employee":
            return value[0] + "*" * min(len(value) - 1, 2) if len(value) > 1 else "*"
        case "phone":
            return value[:3] + HIDDEN + value[-4:] if len(value) >= 9 else HIDDEN + value[-2:]
        case "account" | "bank_card":
            return HIDDEN + value[-4:] if len(value) > 6 else HIDDEN
        case "id_card":
            return value[:3] + "*" * 11 + value[-4:] if len(value) >= 15 else HIDDEN
        case "email":
            user, at, host = value.partition("@")
            return f"{user[:1]}***{at}{host}"
        case "address":
            return value[:6] + HIDDEN
        case "secret":
            return HIDDEN
        case _:
            return value


def mask_numbers(text: str) -> str:
    """Hide every run of seven digits or more, whatever it is: for texts in which something may have gone unnoticed.

    A complaint number begins with letters and stays.
    """
    return LONG_NUMBER.sub(lambda found: found[0][:3] + HIDDEN + found[0][-4:], text)
