"""What the chat's doors take and give."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.errors import TooLarge, Unprocessable

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Emoji are joined by U+200D, and some keyboards leave these marks behind: they are dropped, not refused.
HARMLESS = re.compile(r"[\u200b-\u200f\ufeff]")


class NewSession(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Literal["web_chat"] = "web_chat"


class Session(BaseModel):
    conversation_id: str
    token: str = Field(description="bearer token of this conversation; only its customer holds it")


class NewMessage(BaseModel):
    """``client_message_id``: the sender's own id; the same id twice is one message."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={
        "example": {"client_message_id": "5f0c7c1e-0d0f-4a58-9f64-0b0c2d4e1a11", "text": "你们APP登不上去了"}
    })  # fmt: skip

    client_message_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
    text: str


class Accepted(BaseModel):
    seq: int = Field(description="place of the message in the conversation, from 1")


class Message(BaseModel):
    """``data`` of an SSE ``message`` event."""

    seq: int
    sender: str = Field(serialization_alias="from")
    text: str
    choices: list[dict[str, str]]
    at: datetime


def clean(text: str, *, limit: int) -> str:
    """The words as they may be kept, or a refusal: blank, with control characters, or over ``limit`` code points."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limit:
        raise TooLarge("message_too_long", f"一条消息最多 {limit} 个字，请分成几条发送，已写的内容不会丢失。")
    if CONTROL.search(HARMLESS.sub("", text)):
        raise Unprocessable("control_characters", "消息里有无法显示的控制字符，请删去后再发送。")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unprocessable("broken_characters", "消息里有残缺的字符，请重新输入后再发送。") from error
    if not HARMLESS.sub("", text).strip():
        raise Unprocessable("message_blank", "消息是空的，请写下您想说的话再发送。")
    return text
