"""What the bot's actions send and get. Slots hold tokens; the answers hold nothing personal."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Sender(BaseModel):
    """``conversation_id`` is the bot's sender: conversation and epoch, ``<32 hex>.<n>``."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: str = Field(pattern=r"^[0-9a-f]{32}(\.\d{1,6})?$")

    @property
    def conversation(self) -> str:
        return self.conversation_id.partition(".")[0]

    @property
    def epoch(self) -> int | None:
        epoch = self.conversation_id.partition(".")[2]
        return int(epoch) if epoch else None


class BotTurn(Sender):
    turn: int = Field(ge=0, description="last customer line of the turn")


class ConfirmedComplaint(BotTurn):
    fields: dict[str, str]
    refused: list[str] = []


class Registered(BaseModel):
    number: str
    number_spoken: str
    category_label: str
    days: int
    due_on: date
    due_text: str
    stage_label: str


class Handover(BotTurn):
    reason: str = Field(max_length=16)


class HandedOver(BaseModel):
    open: bool
    callback_text: str | None


class StatusQuestion(Sender):
    number: str = Field(max_length=40)
    phone: str | None = Field(None, max_length=40)


class StatusAnswer(BaseModel):
    found: bool
    number: str = ""
    stage_label: str = ""
    since_text: str = ""
    due_text: str = ""


class Withdrawal(BotTurn):
    number: str | None = Field(None, max_length=40)


class Withdrawn(BaseModel):
    withdrawn: bool
    number: str | None = None
