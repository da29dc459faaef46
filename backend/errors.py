"""Refusals: what the house will not do, said in Chinese with what to do next.

    Refusal(kind)
      Malformed        400  the request cannot be read
      NotSignedIn      401  no valid session or token
      Forbidden        403  known, but not allowed; names the clause where there is one
      NotFound         404  not there, or not theirs to know of
      Conflict         409  somebody was first, or the same key came with another body
      Gone             410  the conversation is closed
      TooLarge         413  more than the door takes
      Unprocessable    422  well formed, but it cannot be so
      TooMany          429  slow down
      Unavailable      503  a part is down; what was said is kept

``app.py`` alone turns them into HTTP (problem+json, RFC 9457) or a page.
"""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Refusal(Exception):
    """Base of every refusal.

    ``code``: stable English id for programs. ``say``: one Chinese sentence for people that says what to do next.
    ``clause``: the article behind it, where there is one. ``extra``: identifiers only, never personal text.
    """

    code: str
    say: str
    clause: str | None = None
    extra: dict[str, object] = field(default_factory=dict)
    status = 400
    title = "请求无法处理"

    def __str__(self) -> str:
        return f"{self.code}: {self.say}"


class Malformed(Refusal):
    status, title = 400, "请求格式有误"


class NotSignedIn(Refusal):
    status, title = 401, "请先登录"


class Forbidden(Refusal):
    status, title = 403, "没有权限"


class NotFound(Refusal):
    status, title = 404, "没有找到"


class Conflict(Refusal):
    status, title = 409, "与现有情况冲突"


class Gone(Refusal):
    status, title = 410, "会话已结束"


class TooLarge(Refusal):
    status, title = 413, "内容过长"


class Unprocessable(Refusal):
    status, title = 422, "内容无法受理"


class TooMany(Refusal):
    status, title = 429, "操作过于频繁"


class Unavailable(Refusal):
    status, title = 503, "服务暂时不可用"
