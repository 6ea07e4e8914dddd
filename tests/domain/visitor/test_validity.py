"""Validity: a choice ends with the shorter of two promises, and no cookie outlives a yes that it carries."""

from dataclasses import replace

import pytest

from consent_service.domain.basics.duration import Duration, Unit, add_duration
from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.visitor.validity import find_choice_end, find_cookie_end
from tests.cast import make_notice_for, make_site

SITE = make_site()
NOW = 1_000 * DAY


def decision(purpose: str, valid_until: int) -> Decision:
    return Decision(purpose, State.GRANTED, Method.SAVE, NOW, valid_until, "record", "print", False)


@pytest.mark.parametrize(("on_the_form", "now"), [("6 months", 180), (180, "6 months"), (None, 180), ("1 year", 180)])
def test_months_and_days_end_each_at_its_own_day(on_the_form, now):
    def say(validity):
        return {"valid_days": validity} if isinstance(validity, int) else {"validity": validity}

    notice = make_notice_for(replace(SITE, **say(on_the_form)))
    assert find_choice_end(notice, replace(SITE, **say(now)), NOW) == NOW + 180 * DAY


@pytest.mark.parametrize(("on_the_form", "now", "days"), [(180, 365, 180), (365, 180, 180)])
def test_a_choice_ends_after_the_shorter_of_what_was_told_and_what_holds_now(on_the_form, now, days):
    notice = make_notice_for(replace(SITE, valid_days=on_the_form))
    assert find_choice_end(notice, replace(SITE, valid_days=now), NOW) == NOW + days * DAY


def test_a_cookie_ends_with_the_first_yes_that_it_carries():
    current = {"statistics": decision("statistics", NOW + 5), "marketing": decision("marketing", NOW + 9)}
    assert find_cookie_end(SITE, current, ["statistics", "marketing"], NOW) == NOW + 5
    assert find_cookie_end(SITE, current, ["marketing"], NOW) == NOW + 9


def test_a_cookie_without_a_yes_lasts_as_long_as_the_last_decision():
    current = {"statistics": decision("statistics", NOW + 5), "marketing": decision("marketing", NOW + 9)}
    assert find_cookie_end(SITE, current, [], NOW) == NOW + 9
    assert find_cookie_end(SITE, {}, [], NOW) == add_duration(NOW, Duration(6, Unit.MONTH))
