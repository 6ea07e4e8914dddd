"""Times as other tools write them into their exports."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum

from consent_service.domain.basics.moment import EPOCH, SECOND, make_datetime, write_time

_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,](?P<rest>[0-9]{1,9}))?"
    r" ?(?P<zone>Z|UTC|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?)?(?P<name> (?:[A-Z]{3,5}|[+-][0-9]{2,4}))?",
    re.IGNORECASE,
)
_UNIX = re.compile(r"[0-9]{9,11}")
_UNIX_MILLISECONDS = re.compile(r"[0-9]{12,14}")
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})?:?([0-9]{2})?")
_NOTHING = re.compile(r"[0\s:.TZ-]*")


class TimeForm(StrEnum):
    """How a tool writes times."""

    RFC3339 = "rfc3339"
    ZONED = "zoned"
    BARE = "bare"
    UNIX = "unix"
    UNIX_MILLISECONDS = "unix-ms"


def is_no_time(text: str) -> bool:
    """Say whether a cell holds no time: empty, or one of the zeros by which databases say so."""
    return not _NOTHING.sub("", text) and not _UNIX.fullmatch(text)


def read_act_time(text: str, *, zone: tzinfo | None, form: TimeForm) -> int:
    """Read a time into microseconds; Unix times are taken only from a tool that writes them.

    ``zone`` is for times that name none. Raises ValueError for a time that could mean several moments or none: a
    date without a time, a time without a zone, an hour that the clocks show twice or never.
    """
    if form is TimeForm.UNIX and _UNIX.fullmatch(text):
        return int(text) * SECOND
    if form is TimeForm.UNIX_MILLISECONDS and _UNIX_MILLISECONDS.fullmatch(text):
        return int(text) * 1_000
    if not (found := _TIME.fullmatch(text)):
        raise ValueError("is no date with a time, such as 2026-01-31T08:30:00Z")
    fraction = timedelta(microseconds=int((found["rest"] or "").ljust(6, "0")[:6]))
    local = datetime.fromisoformat(f"{found['day']} {found['clock']}") + fraction
    if found["zone"]:
        return count_moment(local.replace(tzinfo=_read_offset(found["zone"].upper())), zone)
    return count_moment(local, None if found["name"] else zone)


def count_moment(local: datetime, zone: tzinfo | None) -> int:
    """Count the microseconds of a time that has its zone or else needs this one; raises ValueError."""
    if local.year <= EPOCH.year:
        raise ValueError("lies before 1971")
    if local.tzinfo is None and zone is None:
        raise ValueError("names no time zone")
    return _count_microseconds(_place_in_zone(local, zone) if local.tzinfo is None and zone else local)


def write_act_time(at: int, form: TimeForm) -> str:
    """Write a time in microseconds the way a tool does; all but RFC 3339 to the second."""
    match form:
        case TimeForm.RFC3339:
            return write_time(at)
        case TimeForm.UNIX:
            return str(at // SECOND)
        case TimeForm.UNIX_MILLISECONDS:
            return str(at // 1_000)
        case TimeForm.ZONED:
            return make_datetime(at).isoformat(sep=" ", timespec="seconds")
        case TimeForm.BARE:
            return make_datetime(at).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _read_offset(text: str) -> tzinfo:
    found = _OFFSET.fullmatch(text)
    if not found:
        return UTC
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError("names a time zone that there is not")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if found[1] == "-" else offset)


def _place_in_zone(local: datetime, zone: tzinfo) -> datetime:
    there = local.replace(tzinfo=zone)
    if there.utcoffset() != there.replace(fold=1).utcoffset():
        raise ValueError("falls into the hour in which the clocks change")
    return there


def _count_microseconds(at: datetime) -> int:
    # Differences of two times in one zone would ignore a change of its clocks.
    try:
        return (at.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        raise ValueError("lies after the year 9999") from None
