"""What came back from a form, read as the types the verbs take; what cannot be read is refused in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend.clock import SHANGHAI
from backend.errors import Unprocessable

MINUTE = timedelta(minutes=1)
PICKED = "{name}.{value}"  # a box ticked among several


@dataclass(frozen=True, slots=True)
class Filled:
    """The version that was on the screen, and the fields as text."""

    version: int
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def many(self, name: str) -> list[str]:
        """The boxes that were ticked."""
        return [key.removeprefix(f"{name}.") for key in self.values if key.startswith(f"{name}.")]

    def moment(self, name: str, *, now: datetime) -> datetime:
        """A local time of the browser's date field, ``2026-11-23T20:31``; the minute that is still running is now."""
        try:
            minute = datetime.fromisoformat(self.text(name)).replace(tzinfo=SHANGHAI)
        except ValueError as error:
            raise Unprocessable("moment_form", "请填写完整的日期和时间。") from error
        return now if minute <= now < minute + MINUTE else minute

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise Unprocessable("day_form", "请填写完整的日期。") from error

    def number(self, name: str) -> int:
        text = self.text(name)
        if not (text.isascii() and text.isdecimal() and len(text) < 5):
            raise Unprocessable("number_form", "请填写数字。")
        return int(text)

    def person(self, name: str) -> int:
        found = self.person_or_none(name)
        if found is None:
            raise Unprocessable("person_missing", "请选择人员。")
        return found

    def person_or_none(self, name: str) -> int | None:
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
