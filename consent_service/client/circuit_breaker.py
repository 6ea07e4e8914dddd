"""The circuit breaker: after failures in a row it stops asking for a while, then sends one probe."""

import threading
from collections.abc import Callable

FAILURES = 5
PAUSE_SECONDS = 30.0


class CircuitBreaker:
    """Says whether to ask; whoever was told yes reports the outcome. ``timer`` tells seconds that only grow."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def lets_through(self) -> bool:
        """Say yes while closed; after a pause say yes once, and no to others until that probe has reported."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            now = self._timer()
            if now < self._open_until:
                return False
            self._open_until = now + PAUSE_SECONDS
            return True

    def report(self, *, success: bool) -> None:
        """Count an outcome: success closes, the fifth failure in a row opens, a failed probe opens again."""
        with self._lock:
            if success:
                self._failures = 0
                return
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = self._timer() + PAUSE_SECONDS
