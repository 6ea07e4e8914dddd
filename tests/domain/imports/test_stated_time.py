"""Stated forms of times: what the operator says of a file, and never what somebody guessed."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from consent_service.domain.basics.moment import read_time
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_time import TimeForm, read_act_time
from consent_service.domain.imports.stated_time import read_stated_act_time, read_time_form

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str, form: str, *, ends: bool = False, zone=UTC) -> int:
    return read_stated_act_time(text, read_time_form(form), zone=zone, otherwise=TimeForm.ZONED, ends=ends)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("12-04-2022 09:30", "DD-MM-YYYY HH:mm", "2022-04-12T09:30:00Z"),
        ("12-04-2022 09:30", "%d-%m-%Y %H:%M", "2022-04-12T09:30:00Z"),
        ("04/12/2022 09:30 PM", "MM/DD/YYYY hh:mm AM", "2022-04-12T21:30:00Z"),
        ("Apr 12 2022, 9:30pm", "%b %d %Y, %I:%M%p", "2022-04-12T21:30:00Z"),
        ("12.04.22", "DD.MM.YY", "2022-04-12T00:00:00Z"),
        ("1649755800", "unix", "2022-04-12T09:30:00Z"),
        ("1649755800123", "unix-ms", "2022-04-12T09:30:00.123Z"),
        ("12-04-2022 09:30 +0200", "%d-%m-%Y %H:%M %z", "2022-04-12T07:30:00Z"),
        ("2022-04-12T09:30:00Z", "DD-MM-YYYY HH:mm", "2022-04-12T09:30:00Z"),
    ],
)
def test_a_time_is_read_by_the_form_that_was_stated_or_else_as_it_stands(text, form, expected):
    assert moment(text, form) == read_time(expected)


def test_a_stated_form_needs_a_zone_as_every_time_does():
    assert moment("12-07-2022 09:30", "DD-MM-YYYY HH:mm", zone=BERLIN) == read_time("2022-07-12T07:30:00Z")
    with pytest.raises(ValueError, match="zone"):
        moment("12-07-2022 09:30", "DD-MM-YYYY HH:mm", zone=None)
    with pytest.raises(ValueError, match="clocks change"):
        moment("30-10-2022 02:30", "DD-MM-YYYY HH:mm", zone=BERLIN)


@pytest.mark.parametrize("form", ["YYYY-MM-DDTHH:mm:ssZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"])
def test_a_z_in_a_form_is_utc_and_not_the_stated_zone(form):
    assert moment("2022-07-12T09:30:00Z", form, zone=BERLIN) == read_time("2022-07-12T09:30:00Z")
    assert moment("2022-07-12T09:30:00Z", form, zone=None) == read_time("2022-07-12T09:30:00Z")


def test_a_no_of_a_day_counts_to_its_end_and_a_yes_from_its_begin():
    assert moment("12.04.2022", "DD.MM.YYYY") == read_time("2022-04-12T00:00:00Z")
    assert moment("12.04.2022", "DD.MM.YYYY", ends=True) == read_time("2022-04-12T23:59:59.999999Z")


@pytest.mark.parametrize("text", ["31-13-2022 09:30", "12/04/2022", "yesterday", "32-01-2022 10:00"])
def test_what_does_not_have_the_form_is_no_time(text):
    with pytest.raises(ValueError, match="is no date"):
        moment(text, "DD-MM-YYYY HH:mm")


@pytest.mark.parametrize("form", ["DD-MM", "YYYY", "%H:%M", "DD-MM-YYYY hh:mm", "%q", "%Y-%m-%d %Z", "nonsense", "%"])
def test_a_form_that_leaves_the_day_or_the_hour_open_is_refused(form):
    with pytest.raises(ImportFault) as caught:
        read_time_form(form)
    assert caught.value.code == "time_form_malformed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-31 08:30:00.123456+00", "2024-01-31T08:30:00.123456Z"),
        ("2024-01-31 08:30:00+02", "2024-01-31T06:30:00Z"),
        ("2024-01-31 08:30:00-03:30", "2024-01-31T12:00:00Z"),
        ("1975-01-31 08:30:00+00:19:32", "1975-01-31T08:10:28Z"),
    ],
)
def test_the_times_of_postgresql_are_each_one_moment(text, expected):
    assert read_act_time(text, zone=BERLIN, form=TimeForm.ZONED) == read_time(expected)


@pytest.mark.parametrize("text", ["2024-01-31 08:30:00+99", "infinity", "2024-01-31 08:30:00+00 BC", "-infinity"])
def test_what_postgresql_writes_for_no_moment_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        read_act_time(text, zone=UTC, form=TimeForm.ZONED)
