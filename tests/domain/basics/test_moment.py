"""Times: microseconds in, RFC 3339 out, and back."""

import re
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.moment import (
    DAY,
    EPOCH,
    FLOAT_TELLS,
    make_datetime,
    read_time,
    write_time,
)

YEAR_9999 = 253_402_300_799_999_999


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_767_268_800_123_456, "2026-01-01T12:00:00.123456Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (YEAR_9999, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_six_digits(moment, text):
    assert write_time(moment) == text
    assert read_time(text) == moment


@given(st.integers(0, YEAR_9999))
def test_every_moment_is_read_back_exactly(moment):
    written = write_time(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", written)
    assert read_time(written) == moment


@given(st.integers(-YEAR_9999 // 200, YEAR_9999) | st.integers(FLOAT_TELLS - DAY, FLOAT_TELLS + DAY))
def test_every_microsecond_has_a_datetime_of_its_own(number):
    assert (make_datetime(number) - EPOCH) // timedelta(microseconds=1) == number
    assert make_datetime(number).tzinfo is UTC


@given(st.integers(0, YEAR_9999), st.integers(0, YEAR_9999))
def test_written_moments_sort_as_they_happened(one, other):
    assert (write_time(one) < write_time(other)) == (one < other)


@pytest.mark.parametrize("text", ["2026-01-01T13:00:00+01:00", "2026-01-01T04:30:00-07:30", "2026-01-01T12:00:00Z"])
def test_a_moment_in_any_zone_is_the_same_moment(text):
    assert read_time(text) == 1_767_268_800_000_000


@pytest.mark.parametrize("text", ["", "noon", "2026-01-01T12:00:00", "2026-01-01", "2026-13-01T00:00:00Z", "12:00:00Z"])
def test_what_is_no_moment_or_lacks_its_zone_is_refused(text):
    with pytest.raises(ValueError, match=r"zone|Invalid|month"):
        read_time(text)


def test_a_day_has_86400_seconds():
    assert read_time("2026-03-30T00:00:00Z") - read_time("2026-03-29T00:00:00Z") == DAY
