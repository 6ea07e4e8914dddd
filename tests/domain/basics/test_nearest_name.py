"""The nearest name: what was probably meant, or what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.nearest_name import suggest_name

KNOWN = ("analytics", "marketing", "offers_email", "offers_sms")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("offer_email", "; the nearest is 'offers_email'"),
        ("OFFERS_EMAIL", "; the nearest is 'offers_email'"),
        ("Analytic", "; the nearest is 'analytics'"),
        ("xyz", "; there are analytics, marketing, offers_email, offers_sms"),
        ("", "; there are analytics, marketing, offers_email, offers_sms"),
    ],
)
def test_a_name_that_is_near_is_told_and_else_all_of_them(asked, hint):
    assert suggest_name(asked, KNOWN) == hint


def test_no_name_one_name_and_very_many_are_told_as_such():
    assert suggest_name("x", ()) == "; there is none"
    assert suggest_name("x", ["news"]) == "; there is news"
    told = suggest_name("x", [f"topic{number:02}" for number in range(30)])
    assert told.endswith("topic09 and 20 more")


@given(st.text(), st.lists(st.text()))
def test_looking_for_a_name_never_fails(asked, known):
    assert suggest_name(asked, known).startswith("; ")


def test_a_name_of_any_length_costs_little():
    assert suggest_name("a" * 1_000_000, KNOWN).startswith("; ")
