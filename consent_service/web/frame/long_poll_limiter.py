"""Long polling: how many requests may wait for something new at a time, as each takes up a thread."""

import threading
import time
from collections.abc import Callable

INTERVAL_SECONDS = 0.05


class LongPollLimiter:
    """Lets a number of requests wait and no more, so that a thread is left for those who want an answer at once."""

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)

    def wait(self, seconds: float, until: Callable[[], bool]) -> bool:
        """Wait until something holds or the time is over, and return True; False at once where no place is free."""
        if not self._places.acquire(blocking=False):
            return False
        try:
            ends = time.monotonic() + seconds
            while not until() and time.monotonic() < ends:
                time.sleep(INTERVAL_SECONDS)
            return True
        finally:
            self._places.release()
