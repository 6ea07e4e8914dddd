"""Site turns: whose job is done next, so that a flood of one site's jobs keeps no other site waiting."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MAX_JOBS_PER_SITE = 4
"""How many jobs of one site are done at a time in one process: so few that threads are left for the others."""


class SiteTurns:
    """Gives a turn to the site that has the fewest jobs in hand, and among equals to the next in the circle."""

    def __init__(self) -> None:
        self._choosing = threading.Lock()
        self._in_hand: Counter[str] = Counter()
        self._last = ""

    @contextmanager
    def take(self, waiting: Sequence[str]) -> Iterator[str | None]:
        """Choose one of the sites that wait, until the block is left; None where each has all it may have."""
        with self._choosing:
            site = self._choose(waiting)
        try:
            yield site
        finally:
            if site is not None:
                with self._choosing:
                    self._in_hand[site] -= 1

    def _choose(self, waiting: Sequence[str]) -> str | None:
        free = [site for site in waiting if self._in_hand[site] < MAX_JOBS_PER_SITE]
        if not free:
            return None
        site = min(free, key=lambda one: (self._in_hand[one], one <= self._last, one))
        self._in_hand[site] += 1
        self._last = site
        return site
