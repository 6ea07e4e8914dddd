"""Durations as a site file writes them: ``session``, or a whole number and a unit, such as ``13 months``."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from consent_service.domain.basics.moment import DAY, EPOCH, HOUR, MINUTE, make_datetime


class Unit(StrEnum):
    """What a duration counts; a session ends with the browser and has no length."""

    SESSION = "session"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


DAYS = {
    Unit.SESSION: 0.0,
    Unit.MINUTE: 1 / 1440,
    Unit.HOUR: 1 / 24,
    Unit.DAY: 1.0,
    Unit.WEEK: 7.0,
    Unit.MONTH: 30.44,
    Unit.YEAR: 365.25,
}
MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
"""The units that the calendar counts, in months."""
LENGTHS = {Unit.SESSION: 0, Unit.MINUTE: MINUTE, Unit.HOUR: HOUR, Unit.DAY: DAY, Unit.WEEK: 7 * DAY}
"""The others, in microseconds."""
FIRST_START = (date(2001, 1, 1) - EPOCH.date()).days
STARTS = tuple(day * DAY for day in range(FIRST_START, FIRST_START + 4 * 365 + 1))
"""Every day from which months can begin: those of four years, one of them a leap year."""
_COUNTED = re.compile(r"([1-9][0-9]{0,4}) (minute|hour|day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in the unit it was written in; ``count`` is 0 for a session."""

    count: int
    unit: Unit

    @property
    def days(self) -> float:
        """About how many days this is, to compare durations; a month counts 30.44 days."""
        return self.count * DAYS[self.unit]

    def __str__(self) -> str:
        if self.unit is Unit.SESSION:
            return str(self.unit)
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def parse_duration(text: str) -> Duration | None:
    """Read a duration, or answer None where the text is none."""
    if text == Unit.SESSION:
        return Duration(0, Unit.SESSION)
    if found := _COUNTED.fullmatch(text):
        return Duration(int(found[1]), Unit(found[2]))
    return None


def add_duration(at: int, duration: Duration) -> int:
    """Tell when a duration ends that begins at a time, both in microseconds; months and years by the calendar in UTC.

    What has no day of that number ends on the last of the month: six months after 31 August is the end of February.
    """
    if duration.unit not in MONTHS:
        return at + duration.count * LENGTHS[duration.unit]
    return at + _count_days(at // DAY, duration) * DAY


@lru_cache(maxsize=256)
def _count_days(day: int, duration: Duration) -> int:
    """Count the days that a duration of months has if it begins on a day, which is told by its number since 1970."""
    begin = make_datetime(day * DAY).date()
    year, month = divmod(begin.year * 12 + begin.month - 1 + duration.count * MONTHS[duration.unit], 12)
    end = date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))
    return (end - begin).days


@lru_cache(maxsize=256)
def count_least_days(duration: Duration) -> int:
    """Count the whole days that a duration has at least, whenever it begins."""
    return min(add_duration(start, duration) - start for start in STARTS) // DAY


def may_end_before(duration: Duration, other: Duration) -> bool:
    """Say whether there is a day from which on a duration ends before another."""
    return any(add_duration(start, duration) < add_duration(start, other) for start in STARTS)
