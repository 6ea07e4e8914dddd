"""Durations as site files write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.duration import (
    Duration,
    Unit,
    add_duration,
    count_least_days,
    may_end_before,
    parse_duration,
)
from consent_service.domain.basics.moment import read_time


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("session", Duration(0, Unit.SESSION)),
        ("30 minutes", Duration(30, Unit.MINUTE)),
        ("1 hour", Duration(1, Unit.HOUR)),
        ("2 days", Duration(2, Unit.DAY)),
        ("3 weeks", Duration(3, Unit.WEEK)),
        ("13 months", Duration(13, Unit.MONTH)),
        ("10 years", Duration(10, Unit.YEAR)),
    ],
)
def test_a_duration_is_session_or_a_number_and_a_unit(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", "0 days", "13", "months", "13months", "13  months", " 1 day", "1 day ", "1.5 days", "-1 days", "forever"),
        *("1 day\n", "\u0661 day", "1 fortnight", "Session", "123456 days", "01 days"),
    ],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(1, 99_999), st.sampled_from(list(Unit)))
def test_a_duration_reads_back_from_its_text(count: int, unit: Unit) -> None:
    duration = Duration(0 if unit is Unit.SESSION else count, unit)
    assert parse_duration(str(duration)) == duration


def test_durations_of_different_units_compare_by_days() -> None:
    written = [
        "session",
        "90 minutes",
        "23 hours",
        "1 day",
        "6 days",
        "1 week",
        "1 month",
        "5 weeks",
        "12 months",
        "2 years",
    ]
    days = [duration.days for text in written if (duration := parse_duration(text))]
    assert days == sorted(set(days))
    assert len(days) == len(written)


def test_thirteen_months_are_about_four_hundred_days() -> None:
    assert Duration(13, Unit.MONTH).days == pytest.approx(395.7, abs=0.1)


@pytest.mark.parametrize(
    ("begin", "text", "end"),
    [
        ("2026-01-01T12:00:00Z", "6 months", "2026-07-01T12:00:00Z"),
        ("2025-08-31T23:59:59.999999Z", "6 months", "2026-02-28T23:59:59.999999Z"),
        ("2027-08-31T00:00:00Z", "6 months", "2028-02-29T00:00:00Z"),
        ("2028-02-29T00:00:00Z", "1 year", "2029-02-28T00:00:00Z"),
        ("2026-11-30T08:00:00Z", "13 months", "2027-12-30T08:00:00Z"),
        ("2026-12-31T08:00:00Z", "2 months", "2027-02-28T08:00:00Z"),
        ("2026-01-01T12:00:00Z", "180 days", "2026-06-30T12:00:00Z"),
        ("2026-01-01T12:00:00Z", "2 weeks", "2026-01-15T12:00:00Z"),
        ("2026-01-01T12:00:00Z", "session", "2026-01-01T12:00:00Z"),
    ],
)
def test_months_are_those_of_the_calendar(begin: str, text: str, end: str) -> None:
    duration = parse_duration(text)
    assert duration
    assert add_duration(read_time(begin), duration) == read_time(end)


@pytest.mark.parametrize(("text", "days"), [("6 months", 181), ("1 month", 28), ("1 year", 365), ("180 days", 180)])
def test_the_least_days_are_those_of_the_shortest_months(text: str, days: int) -> None:
    duration = parse_duration(text)
    assert duration
    assert count_least_days(duration) == days


@pytest.mark.parametrize(("days", "short"), [(180, True), (183, True), (184, False), (365, False)])
def test_only_184_days_are_six_months_whenever_they_begin(days: int, short: bool) -> None:
    assert may_end_before(Duration(days, Unit.DAY), Duration(6, Unit.MONTH)) is short
