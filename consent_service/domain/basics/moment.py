"""Times: microseconds UTC in tables, RFC 3339 in JSON."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
"""Lengths of time in microseconds, as everything in tables."""
FLOAT_TELLS = 2**32 * SECOND
"""Below this (in 2106) a float of seconds is nearer to each microsecond than to any other."""


def make_datetime(microseconds: int) -> datetime:
    """Make a datetime in UTC of a time in microseconds since 1970."""
    if 0 <= microseconds < FLOAT_TELLS:
        return datetime.fromtimestamp(microseconds / SECOND, UTC)
    return EPOCH + timedelta(microseconds=microseconds)


def write_time(microseconds: int) -> str:
    """Write a time in microseconds since 1970 as RFC 3339 in UTC, always with six digits."""
    seconds, fraction = divmod(microseconds, SECOND)
    return f"{_write_seconds(seconds)}.{fraction:06d}Z"


def write_page_time(microseconds: int) -> str:
    """Write a time for the attribute of an HTML ``time``, which takes three digits of a second at most."""
    return f"{write_time(microseconds)[:-4]}Z"


def write_time_or_none(microseconds: int | None) -> str | None:
    """Write a time as ``write_time`` does; None and 0 stand for no time."""
    return write_time(microseconds) if microseconds else None


@lru_cache(maxsize=4096)
def _write_seconds(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat()[:-6]


def read_time(text: str) -> int:
    """Read an RFC 3339 time; raises ValueError where there is no zone or no time."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time needs its zone")
    return (read - EPOCH) // timedelta(microseconds=1)
