"""How much one subject (or one address without a subject) may ask: a token bucket each, filled over time.

A plain request costs one unit and a heavy question ten. Own code, because the libraries count requests in windows and
cannot say when a question of a given cost may come again.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from api.errors import ProblemError

REQUEST, HEAVY = 1, 9  # a heavy question is a request as well
_MAX_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Units that can be spent at once, and how many come back a second."""

    burst: float
    per_s: float


class Rates:
    """Buckets by key; a key that has not been seen for long is full again, and forgotten. O(1) a question."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, cost: float = REQUEST) -> None:
        """Spend ``cost`` units of ``key``.

        Raises:
            ProblemError: 429; says after how many seconds the same question may come again.
        """
        with self._lock:
            now = self._clock()
            left, at = self._buckets.get(key, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - at) * self._rate.per_s)
            enough = left >= cost
            self._buckets[key] = (left - cost if enough else left, now)
            self._buckets.move_to_end(key)
            if len(self._buckets) > _MAX_KEYS:
                self._buckets.popitem(last=False)
        if not enough:
            wait = max(1, math.ceil((cost - left) / self._rate.per_s))
            raise ProblemError(
                429, "rate", "Too many requests: wait, then go on.", headers={"Retry-After": str(wait)}
            )
