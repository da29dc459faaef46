"""Idempotency keys: a request that is sent again because its answer got lost is answered and not done again.

    key, who | claim in the request's own transaction | new -> do it      known, same request -> answer as it stands now
                                                                           known, another request -> Conflict

The claim commits with the act or not at all: a request that was refused may be sent again under its key. Kept is only a
digest; the answer is made anew, because it may hold what only the asker may see and the table must not.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from backend.accounts import store
from backend.errors import Conflict, Malformed

KEY = re.compile(r"[\x21-\x7e]{8,80}")
REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OnceKey:
    """The key of one request, None where its sender gave none (then it is always new)."""

    person_id: int
    key: str | None
    digest: str

    def is_new(self, session: Session, *, now: datetime) -> bool:
        """Claim the key. False: this very request was done already. Conflict: the key was used for another one."""
        if self.key is None:
            return True
        store.lock_key(session, self.person_id, self.key)
        known = store.answered(session, self.person_id, self.key)
        if known is None:
            store.remember_answered(session, self.person_id, self.key, self.digest, now)
            return True
        if known != self.digest:
            raise Conflict(
                "idempotency_key_reused",
                "同一 Idempotency-Key 已用于另一个请求，请核对内容；确需提交请换一个新的编号。",
                extra={"key": self.key},
            )
        return False


def once_key(person_id: int, key: str | None, *, method: str, address: str, body: bytes) -> OnceKey:
    """Malformed unless the key is 8 to 80 visible ASCII characters."""
    if key is not None and not KEY.fullmatch(key):
        raise Malformed("idempotency_key_form", "Idempotency-Key 须为 8 至 80 个可见的英文字符，请修改后重新提交。")
    text = b"\0".join((method.encode(), address.encode(), body))
    return OnceKey(person_id, key, sha256(text).hexdigest())


def forget(session: Session, *, now: datetime) -> None:
    """Keys older than a day may be used anew."""
    store.forget_answered(session, now - REMEMBERED)
