"""Recording on forms of another day: what they told counts, and no cookie outlives its yes."""

from dataclasses import replace

import pytest

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.ledger.notice import read_notice
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.reading_records import read_history
from tests.cast import HALF_YEAR, NOON, SECOND, change_purpose, choose, make_notice_for


@pytest.fixture
def records(resources, site):
    return lambda visitor: [statement.record for statement in read_history(resources, site, visitor).statements][::-1]


def test_a_refusal_of_a_purpose_that_left_holds_when_it_returns(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    without = replace(site, purposes=tuple(p for p in site.purposes if p.key != "marketing"))
    choose(resources, without, "reject", visitor=visitor, notice=make_notice_for(site))
    assert check_visitor(resources, site, visitor, ["marketing"], signal=False)["marketing"].reason == "withdrawn"


def test_a_record_names_the_policy_and_validity_that_its_form_told(resources, site, records):
    shown = make_notice_for(site)
    longer = replace(site, valid_days=700, policy=replace(site.policy, version="later"))
    visitor = choose(resources, longer, "accept", notice=shown).cookie.visitor
    [record] = records(visitor)
    assert record.policy == site.policy.version
    assert record.valid_until == write_time(NOON + HALF_YEAR)


def test_a_shorter_validity_of_the_site_counts_for_older_forms_too(resources, site, records):
    shorter = replace(site, valid_days=30)
    visitor = choose(resources, shorter, "accept", notice=make_notice_for(site)).cookie.visitor
    assert records(visitor)[0].valid_until == write_time(NOON + 30 * DAY)


def test_the_cookie_never_outlives_a_yes_it_carries(resources, site, clock):
    first = choose(resources, site, "save", yes=["analytics"])
    assert first.max_age == 181 * 86_400
    clock.advance(170 * DAY)
    newer = change_purpose(site, "preferences", revision=2)
    notice = make_notice_for(newer, "preferences")
    second = choose(resources, newer, "reject", visitor=first.cookie.visitor, notice=notice)
    assert (second.cookie.letters, second.max_age) == ("a", 11 * 86_400)


def test_a_cookie_without_letters_lasts_as_long_as_the_newest_refusal(resources, site, clock):
    first = choose(resources, site, "reject")
    clock.advance(170 * DAY)
    second = choose(resources, site, "reject", visitor=first.cookie.visitor)
    assert (second.cookie.letters, second.max_age) == ("", 183 * 86_400)


def test_a_choice_is_valid_from_now_after_a_clock_that_was_ahead(resources, site, clock, records):
    clock.advance(3650 * DAY)
    visitor = choose(resources, site, "reject").cookie.visitor
    clock.now = NOON
    again = choose(resources, site, "accept", visitor=visitor)
    assert (again.cookie.issued, again.max_age) == (NOON // SECOND, HALF_YEAR // SECOND)
    assert again.cookie.letters == "amp"
    assert records(visitor)[1].valid_until == write_time(NOON + HALF_YEAR)
    clock.advance(HALF_YEAR)
    assert check_visitor(resources, site, visitor, ["marketing"], signal=False)["marketing"].reason == "expired"


def test_a_form_of_before_that_told_days_is_valid_for_these(resources, site, records):
    document = {name: value for name, value in make_notice_for(site).content().items() if name != "validity"}
    shown = read_notice(write_canonical_json(document | {"valid_days": 180}))
    visitor = choose(resources, site, "accept", notice=shown).cookie.visitor
    assert records(visitor)[0].valid_until == write_time(NOON + 180 * DAY)
