"""How often one token may call: a token bucket in each process (two workers allow twice as much; documented)."""

import threading
import time

from huying.kernel.errors import Refusal

FORGET_ABOVE = 10_000


class TooFast(Refusal):
    code = "too_fast"

    def __init__(self, wait: float) -> None:
        self.wait = max(1, int(wait + 0.999))
        super().__init__(f"请求过于频繁，请在 {self.wait} 秒后重试")


class Buckets:
    """One bucket per key, holding a minute's allowance and refilled evenly."""

    def __init__(self, per_minute: int) -> None:
        self.size, self.rate = float(per_minute), per_minute / 60
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> float:
        """Take one call out; 0 when there was one, else the seconds until there will be."""
        now = time.monotonic()
        with self._lock:
            if len(self._levels) > FORGET_ABOVE:
                self._levels.clear()
            level, at = self._levels.get(key, (self.size, now))
            level = min(self.size, level + (now - at) * self.rate)
            enough = level >= 1
            self._levels[key] = (level - 1 if enough else level, now)
        return 0 if enough else (1 - level) / self.rate
