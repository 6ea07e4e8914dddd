"""Under the age limit nothing is sent: what somebody says on the form, and what becomes of what was there before."""

from dataclasses import replace

import pytest

from tests.web.newsletter import ANNA, FORM, Newsletter, post
from tests.web.service import TEXT


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def test_somebody_under_age_is_told_so_and_no_request_is_made(newsletter):
    answer = post(newsletter.service, age="no")
    assert answer.status_int == 200
    assert TEXT("subscribe.under_age", age=16) in answer.text
    newsletter.work()
    assert newsletter.reason() == "blocked_minor"
    assert newsletter.subscribe() == ""
    assert newsletter.letters == []


def test_a_declaration_under_age_purges_what_waits_for_its_confirmation(newsletter):
    link = newsletter.subscribe()
    post(newsletter.service, age="no")
    newsletter.work()
    assert newsletter.reason() == "blocked_minor"
    assert newsletter.service.resources.database.rows("SELECT count(*) FROM subscription_request") == [(0,)]
    assert newsletter.service.resources.database.rows("SELECT count(*) FROM record") == [(0,)]
    assert newsletter.browser.get(link, expect_errors=True).status_int == 404


def test_a_declaration_that_nobody_proved_blocks_but_leaves_a_confirmed_history(newsletter):
    newsletter.confirm(newsletter.subscribe())
    waiting = newsletter.subscribe(ANNA, "care_email")
    post(newsletter.service, age="no")
    newsletter.work()
    assert newsletter.reason() == "blocked_minor"
    rows = newsletter.service.resources.database.rows("SELECT principal FROM record ORDER BY principal")
    assert [row[0].count("/") for row in rows] == [2, 2, 3]
    assert newsletter.browser.get(waiting, expect_errors=True).status_int == 410


def test_a_shop_without_age_limit_does_not_ask(own_service):
    own_service.start(replace(own_service.demo, age_limit=0))
    assert not own_service.browser().get(FORM).html.select("input[name=age]")
    assert post(own_service, age=None).status_int == 200
