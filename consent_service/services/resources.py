"""What every use case works with: the database, the keys, a clock and randomness."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from consent_service.domain.identifier import make_uuid7
from consent_service.keys.key_ring import KeyRing
from consent_service.storage.engine.database import Database


def read_system_clock() -> int:
    """Tell the time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Resources:
    """The things a use case may touch; ``clock`` tells microseconds, ``randomness`` gives that many bytes.

    ``denials_copy`` is the second place of the journal of denials, which goes back ``backup_days``.
    """

    database: Database
    keys: KeyRing
    clock: Callable[[], int] = read_system_clock
    randomness: Callable[[int], bytes] = os.urandom
    denials_copy: Path | None = None
    backup_days: int = 90

    def new_id(self, now: int) -> str:
        """Make a time-ordered id."""
        return make_uuid7(now, self.randomness(10))
