"""How often a caller may ask: a sliding window of one minute."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_WINDOW = 60.0
_CALLERS = 10_000


class Rate:
    """At most ``limit`` requests of one caller in any 60 seconds. For one event loop."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that never go back."""
        self._limit = limit
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, caller: str) -> float:
        """Seconds until ``caller`` may ask again; 0 if now, and then the request counts."""
        now = self._clock()
        if caller not in self._times:
            self._forget(now)
        times = self._times.setdefault(caller, deque())
        while times and times[0] <= now - _WINDOW:
            times.popleft()
        if len(times) >= self._limit:
            return times[0] + _WINDOW - now
        times.append(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Keep memory bounded: drop who hasn't asked for a minute, and if need be the oldest."""
        if len(self._times) < _CALLERS:
            return
        recent = {c: times for c, times in self._times.items() if times[-1] > now - _WINDOW}
        self._times = dict(sorted(recent.items(), key=lambda i: i[1][-1])[-_CALLERS // 2 :])
