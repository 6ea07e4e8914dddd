"""The waiting room: how many requests may wait for something new at a time, as each takes up a thread."""

import threading
import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


class LongPolls:
    """Lets so many wait and no more, so that a thread is always left for those who want an answer at once."""

    def __init__(self, seats: int) -> None:
        self._seats = threading.BoundedSemaphore(seats)

    def wait(self, seconds: float, until: Callable[[], bool]) -> bool:
        """Wait until something holds or the time is over, and return True; False at once where no seat is free."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            ends = time.monotonic() + seconds
            while not until() and time.monotonic() < ends:
                time.sleep(LOOK_SECONDS)
            return True
        finally:
            self._seats.release()
