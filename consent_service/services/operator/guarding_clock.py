"""Guarding the clock: nothing is dropped, or ended in bulk, by a clock that may be wrong.

What a process can know of the time: a timer that nobody sets says how long it has run, and the store says when it was
last seen. New records say nothing, because they are dated by the same clock.
"""

import time
from collections.abc import Callable

from consent_service.domain.basics.moment import DAY, HOUR, MINUTE, SECOND, write_time
from consent_service.domain.errors import ConsentError
from consent_service.services.resources import Resources
from consent_service.storage.engine.clock_mark import find_clock_mark, set_clock_mark
from consent_service.storage.outbox import reset_due_times

JUMP = 10 * SECOND
"""So far the clock and the timer may part between two looks."""
SETTLED = 10 * MINUTE
"""After a jump it has to go on evenly for so long."""
LATEST = 2 * DAY
"""No job is ever put off for longer than a day and a tenth."""

Timer = Callable[[], int]


class ClockDoubted(ConsentError):
    """The clock may be wrong, and what cannot be undone is left alone."""


def read_timer() -> int:
    """Tell microseconds that only grow, also while the machine sleeps, and that nobody sets."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1000


class ClockWatch:
    """Watches the clock of a process beside its timer, from look to look."""

    def __init__(self, resources: Resources, timer: Timer = read_timer) -> None:
        self._resources, self._timer = resources, timer
        self._even_since = timer()
        self._apart = resources.clock() - self._even_since
        self._jumped = False

    def require_trust(self) -> None:
        """Raise ClockDoubted where the clock has jumped, or is more than a day off when the store was seen last.

        A clock that has gone on evenly for a whole day is believed. One that is trusted marks the store, and brings
        back jobs that a clock which was ahead has put off.
        """
        timer, now = self._timer(), self._resources.clock()
        if abs(now - timer - self._apart) > JUMP:
            self._even_since, self._jumped = timer, True
        self._apart = now - timer
        even = timer - self._even_since
        if self._jumped and even < SETTLED:
            raise ClockDoubted("the clock has jumped; nothing is dropped until it has gone on evenly for ten minutes")
        if even < DAY:
            require_near_mark(self._resources)
        mark_clock(self._resources, anew=self._jumped)
        self._jumped = False


def require_near_mark(resources: Resources) -> None:
    """Raise ClockDoubted where the clock is more than a day off when the store was seen last."""
    now, seen = resources.clock(), find_clock_mark(resources.database)
    if seen and abs(now - seen) > DAY:
        told = f"the clock says {write_time(now)} and the store was last seen at {write_time(seen)}"
        way_out = "set the clock, or, where it is right, run: consent-service prune --clock-is-right"
        raise ClockDoubted(f"{told}; nothing is dropped; {way_out}")


def mark_clock(resources: Resources, *, anew: bool = True) -> None:
    """Note that the store is seen now, by a clock that is trusted, and put right when jobs are due.

    Unless that is to be done ``anew``, a mark of the last hour is enough.
    """
    now, seen = resources.clock(), find_clock_mark(resources.database)
    if anew or not 0 <= now - seen < HOUR:
        with resources.database.write():
            set_clock_mark(resources.database, now)
            reset_due_times(resources.database, now, now + LATEST)
