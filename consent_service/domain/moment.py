"""Times: microseconds UTC in tables, RFC 3339 in JSON."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
"""One day in microseconds."""


@lru_cache(maxsize=4096)
def moment(microseconds: int) -> datetime:
    """Make a datetime in UTC of a time in microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)


def rfc3339(microseconds: int) -> str:
    """Write a time in microseconds since 1970 as RFC 3339 in UTC, always with six digits."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    return f"{_to_the_second(seconds)}.{fraction:06d}Z"


@lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat()[:-6]


def microseconds(text: str) -> int:
    """Read an RFC 3339 time; raises ValueError where there is no zone or no time."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time needs its zone")
    return (read - EPOCH) // timedelta(microseconds=1)
