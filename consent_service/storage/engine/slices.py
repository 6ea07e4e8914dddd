"""Slices: a change of any size is made in many short writes, so that nobody who writes meanwhile waits for long."""

import time
from collections.abc import Callable, Iterable

from consent_service.storage.engine.claims import Claim
from consent_service.storage.engine.database import Database

FIRST_SLICE, LARGEST_SLICE = 25, 2_000
SLICE_SECONDS = 0.01
"""For how long a change of many rows may hold the turn of writers at a time."""
PAUSE_SECONDS = 0.005


def claim_nothing(_: int) -> Iterable[Claim]:
    """Claim nothing, for rows that nobody changes any more."""
    return ()


def change_in_slices(
    database: Database, change: Callable[[int], int], claim: Callable[[int], Iterable[Claim]] = claim_nothing
) -> int:
    """Make a change of any size in writes that are short, with a pause after each, and return how many rows it was.

    ``change`` changes at most so many rows and returns how many those were; fewer means that all is done. ``claim``
    names what it will need for that many.
    """
    most, total = FIRST_SLICE, 0
    while True:
        with database.write(*claim(most)):
            began = time.monotonic()
            changed = change(most)
        took = time.monotonic() - began
        total += changed
        if changed < most:
            return total
        most = max(FIRST_SLICE, min(most * 2, LARGEST_SLICE)) if took < SLICE_SECONDS / 2 else max(1, most // 2)
        time.sleep(PAUSE_SECONDS)
