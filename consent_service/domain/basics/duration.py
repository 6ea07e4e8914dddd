"""Durations as a site file writes them: ``session``, or a whole number and a unit, such as ``13 months``."""

import re
from dataclasses import dataclass
from enum import StrEnum


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
