"""Times of other tools: taken only where they can mean one moment alone."""

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.moment import read_time
from consent_service.domain.imports.import_time import TimeForm, is_no_time, read_act_time, write_act_time

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = st.integers(read_time("1975-01-01T00:00:00Z"), read_time("2100-01-01T00:00:00Z"))


def moment_of(text: str, zone=None, form: TimeForm = TimeForm.ZONED) -> int:
    return read_act_time(text, zone=zone, form=form)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-31T08:30:00Z", "2024-01-31T08:30:00Z"),
        ("2024-01-31t08:30:00z", "2024-01-31T08:30:00Z"),
        ("2024-01-31 08:30:00+02:00", "2024-01-31T06:30:00Z"),
        ("2024-01-31 08:30:00-0530", "2024-01-31T14:00:00Z"),
        ("2024-01-31T08:30Z", "2024-01-31T08:30:00Z"),
        ("2024-01-31 08:30:00.123456789 +0000 UTC", "2024-01-31T08:30:00.123456Z"),
        ("2024-01-31 08:30:00,5 +0100 CET", "2024-01-31T07:30:00.5Z"),
        ("2024-01-31 08:30:00 +0545 +0545", "2024-01-31T02:45:00Z"),
        ("2024-01-31 08:30:00 UTC", "2024-01-31T08:30:00Z"),
    ],
)
def test_a_time_with_its_zone_is_one_moment(text, expected):
    assert moment_of(text) == moment_of(text, zone=BERLIN) == read_time(expected)


def test_a_time_without_a_zone_needs_the_one_the_caller_gives():
    with pytest.raises(ValueError, match="names no time zone"):
        moment_of("2024-07-31 08:30:00")
    assert moment_of("2024-07-31 08:30:00", zone=UTC) == read_time("2024-07-31T08:30:00Z")
    assert moment_of("2024-07-31 08:30:00.25", zone=BERLIN) == read_time("2024-07-31T06:30:00.25Z")
    assert moment_of("2024-01-31 08:30", zone=BERLIN) == read_time("2024-01-31T07:30:00Z")


@pytest.mark.parametrize("text", ["2024-03-31 02:30:00", "2024-10-27 02:30:00"])
def test_an_hour_that_the_clocks_show_twice_or_never_is_no_one_moment(text):
    with pytest.raises(ValueError, match="clocks change"):
        moment_of(text, zone=BERLIN)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2024-01-31",
            "31.01.2024 08:30",
            "01/02/2024 08:30:00",
            "2024-01-31 08:30:00 CEST",
            "yesterday",
            "1706689800",
        ),
        *("2024-13-01 00:00:00", "2024-02-30 00:00:00", "2024-01-01 24:00:00", "2024-01-01 00:00:60", "2024-1-1 0:0:0"),
        *(
            "1970-01-01 00:00:01",
            "0001-01-01 00:00:00 +0000 UTC",
            "2024-01-31T08:30:00Z; DROP",
            "9999-12-31 23:59:59 -2359",
            "２０２４-01-31 08:30:00",
        ),
    ],
)
def test_what_could_mean_several_moments_or_none_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        moment_of(text, zone=timezone(timedelta(hours=1)))


def test_unix_seconds_are_taken_only_from_a_tool_that_writes_them():
    assert moment_of("1706689800", form=TimeForm.UNIX) == read_time("2024-01-31T08:30:00Z")
    with pytest.raises(ValueError, match="no date with a time"):
        moment_of("1706689800")


@pytest.mark.parametrize("text", ["", "0", "0000-00-00 00:00:00", "0000-00-00", "00:00", " "])
def test_the_zeros_of_databases_are_no_time(text):
    assert is_no_time(text)


@pytest.mark.parametrize("text", ["2000-01-01 00:00:00", "1000000000", "never"])
def test_anything_else_is_meant_as_a_time(text):
    assert not is_no_time(text)


@given(TIMES, st.sampled_from(list(TimeForm)))
def test_a_time_reads_back_from_every_form_to_the_precision_it_has(at, form):
    precision = {TimeForm.RFC3339: 1, TimeForm.UNIX_MILLISECONDS: 1_000}.get(form, 1_000_000)
    assert read_act_time(write_act_time(at, form), zone=UTC, form=form) == at // precision * precision
