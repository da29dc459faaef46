"""How often one address may try to sign in. Counted per address and never per login, so nobody can lock others out."""

from limits import RateLimitItemPerMinute, storage, strategies

from backend.errors import TooMany
from backend.settings import Settings


class SignInThrottle:
    """A moving window of one minute, in memory (one process) or in Redis (many)."""

    def __init__(self, settings: Settings) -> None:
        store = storage.storage_from_string(settings.redis_url or "memory://")
        self._limiter = strategies.MovingWindowRateLimiter(store)
        self._rate = RateLimitItemPerMinute(settings.sign_ins_per_minute, namespace="sign_ins")

    def attempt(self, address: str) -> None:
        """Count one attempt; TooMany when there were too many in the last minute."""
        if not self._limiter.hit(self._rate, address):
            raise TooMany("too_many_sign_ins", "登录尝试过于频繁，请一分钟后再试。")
