"""Too many choices from one line: the endpoint and the view behind it refuse them alike, with a page that says so."""

import pytest

from consent_service.services.visitor.limiting_choices import MAX_CHOICES_PER_LINE, WINDOW
from tests.web.service import TEXT

PLAIN = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("content_type", [PLAIN, f"{PLAIN}; charset=utf-8"])
def test_a_line_that_is_used_up_gets_a_page_and_leaves_nothing(own_service, content_type):
    browser = own_service.browser()
    browser.extra_environ["REMOTE_ADDR"] = "8.8.8.8"
    fields = {"choice": "accept", "notice": browser.digest()}
    for _ in range(MAX_CHOICES_PER_LINE):
        own_service.app.extensions["consent_service"].choices.admit(own_service.demo, None, "8.8.8.8", grants=True)
    before = own_service.stored()
    answer = browser.post("/consent/choice", fields, content_type=content_type, status=429)
    assert TEXT("errors.too_many.message") in answer.text
    assert answer.headers["Retry-After"] == "600"
    assert (own_service.stored(), browser.cookie) == (before, "")
    own_service.clock.advance(WINDOW)
    browser.post("/consent/choice", fields, content_type=content_type, status=303)


@pytest.mark.threat("T30")
def test_behind_a_proxy_the_client_is_counted_and_what_it_claims_is_not(own_service):
    own_service.settings = own_service.settings.__class__(
        home=own_service.settings.home, sites=own_service.settings.sites, proxies=1
    )
    own_service.start(own_service.demo)
    browser = own_service.browser()
    choices = own_service.app.extensions["consent_service"].choices
    for _ in range(MAX_CHOICES_PER_LINE):
        choices.admit(own_service.demo, None, "8.8.8.8", grants=True)
    fields = {"choice": "accept", "notice": browser.digest()}
    for claimed in ("", "9.9.9.9, ", "rubbish, 1.2.3.4, "):
        forged = {"X-Forwarded-For": f"{claimed}8.8.8.8"}
        assert browser.post_choice(fields, **forged).status_int == 429
    assert browser.post_choice(fields, **{"X-Forwarded-For": "8.8.8.8, 9.9.9.9"}).status_int == 303
