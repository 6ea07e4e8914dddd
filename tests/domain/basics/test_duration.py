"""Durations as site files write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.duration import Duration, Unit, parse_duration


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
