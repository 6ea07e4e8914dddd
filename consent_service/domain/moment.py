"""Times: microseconds UTC in tables, RFC 3339 in JSON."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
"""One day in microseconds."""


def rfc3339(microseconds: int) -> str:
    """Write a time in microseconds since 1970 as RFC 3339 in UTC, always with six digits."""
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds")[:-6] + "Z"


def microseconds(text: str) -> int:
    """Read an RFC 3339 time; raises ValueError where there is no zone or no time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return (moment - EPOCH) // timedelta(microseconds=1)
