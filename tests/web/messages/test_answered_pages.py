"""Pages that answer a form: they are shown again in every language, and say only what still holds."""

from urllib.parse import urlsplit

import pytest

from consent_service.domain.basics.moment import HOUR, SECOND
from consent_service.texts import LANGUAGES, Catalogue
from tests.web.newsletter import ANNA, FORM, OFFERS, Newsletter, digest_of, everything, fields_of, fill_in
from tests.web.reader import Reader
from tests.web.service import TEXT

REQUEST = "/consent/p/request"


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def heading(answer):
    return answer.html.h1.get_text()


def in_german(key):
    return Catalogue().translator("de", {})(key)


def test_the_page_after_the_form_repeats_the_address_and_reloading_it_mails_nothing(newsletter):
    answer = newsletter.browser.post(FORM, fields_of(newsletter.service), status=303)
    page = answer.follow()
    assert page.html.select("bdi[dir=ltr]")[0].get_text() == ANNA
    before = everything(newsletter.service)
    for _ in range(3):
        newsletter.browser.get(page.request.url)
    assert everything(newsletter.service) == before


def test_the_page_after_asking_for_a_link_repeats_the_address_too(newsletter):
    form = newsletter.browser.get(REQUEST).forms["request"]
    form["email"] = f" {ANNA}"
    page = form.submit(status=303).follow()
    assert ANNA in page.html.main.get_text()
    assert ANNA not in page.request.url
    assert heading(page.click("Deutsch")) == in_german("sent.title")


def test_the_address_is_told_to_nobody_after_an_hour_nor_by_a_link_that_is_not_ours(newsletter):
    page = fill_in(newsletter.browser)
    assert ANNA not in page.request.url
    assert ANNA in page.click("Deutsch").text
    newsletter.service.clock.advance(HOUR + SECOND)
    assert ANNA not in newsletter.browser.get(page.request.url).text
    for sealed in ("", "x", "A" * 80, "\u00e9", "%00"):
        assert heading(newsletter.browser.get("/consent/subscribe/sent", {"to": sealed})) == TEXT("sent.title")


def test_what_a_program_puts_into_the_trap_is_not_shown_unless_it_is_an_address(newsletter):
    fields = fields_of(newsletter.service, website="x", email="Call +1 900 and win")
    assert "900" not in newsletter.browser.post(FORM, fields).follow().text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_in_a_mail_opens_in_the_language_of_the_mail(newsletter, language):
    service = newsletter.service
    browser = service.browser(**{"Accept-Language": "nl"})
    fields = fields_of(service, notice=digest_of(service, language))
    for _ in range(2):
        service.browser().post(FORM, fields)
        newsletter.work()
        page = browser.get(newsletter.letters[-1]["link"].removeprefix("http://localhost:8000"))
        assert page.html.html["lang"] == language
        if "confirm" in newsletter.letters[-1]["template"]:
            page.form.submit("answer", value="confirm")
        service.clock.advance(SECOND)
    service.browser().post(f"{REQUEST}?lang={language}", {"email": ANNA})
    newsletter.work()
    assert [letter["template"] for letter in newsletter.letters] == ["confirm", "already", "preferences"]
    assert {urlsplit(letter["link"]).query for letter in newsletter.letters} == {f"lang={language}"}


def test_a_confirmation_is_shown_in_another_language_as_long_as_it_holds(newsletter):
    done = newsletter.confirm(newsletter.subscribe())
    german = done.click("Deutsch")
    assert heading(german) == in_german("confirmation.done_title")
    assert newsletter.site.purpose_by_key[OFFERS].title["de"] in german.html.main.get_text()
    newsletter.service.clock.advance(SECOND)
    Reader(newsletter.service, ANNA).act(states={OFFERS: "withdrawn"})
    assert heading(newsletter.browser.get(german.request.url, status=409)) == in_german("confirmation.used_title")


def test_a_link_that_claims_a_confirmation_shows_the_request(newsletter):
    path = newsletter.subscribe()
    for query in (f"done={OFFERS}", "done=not_me", "done=x"):
        assert heading(newsletter.browser.get(f"{path}?{query}")) == TEXT("confirmation.title")


def test_a_request_that_was_disowned_is_told_in_another_language(newsletter):
    path = newsletter.subscribe()
    answer = newsletter.browser.get(f"{path}?not-me=1").form.submit("answer", value="not_me")
    assert heading(answer.click("Deutsch")) == in_german("confirmation.deleted_title")
    assert newsletter.browser.get(path, status=404)


def test_what_was_stopped_is_told_in_another_language_as_long_as_it_is_stopped(newsletter):
    newsletter.confirm(newsletter.subscribe())
    anna = Reader(newsletter.service, ANNA)
    path = anna.unsubscribe_path(OFFERS)
    assert heading(newsletter.browser.get(f"{path}?done=1")) == TEXT("unsubscribe.title")
    newsletter.service.clock.advance(SECOND)
    answer = newsletter.browser.get(path).form.submit()
    german = answer.click("Deutsch")
    assert heading(answer) == TEXT("unsubscribe.done_title")
    assert heading(german) == in_german("unsubscribe.done_title")
    newsletter.service.clock.advance(SECOND)
    newsletter.confirm(newsletter.subscribe())
    assert heading(newsletter.browser.get(german.request.url)) == in_german("unsubscribe.title")


def test_what_became_of_the_preferences_is_told_in_another_language(newsletter):
    newsletter.confirm(newsletter.subscribe())
    newsletter.service.clock.advance(SECOND)
    centre = Reader(newsletter.service, ANNA).centre_path
    fields = [
        ("act", "save"),
        ("shown", OFFERS),
        (f"p.{OFFERS}", "no"),
        ("shown", "care_email"),
        ("p.care_email", "yes"),
    ]
    answer = newsletter.browser.post(centre, fields)
    german = answer.click("Deutsch")
    told = german.html.find(id="saved").get_text()
    for key in (OFFERS, "care_email"):
        assert newsletter.site.purpose_by_key[key].title["de"] in told
    assert in_german("centre.done_stopped") in told


def test_a_link_cannot_claim_that_something_was_stopped(newsletter):
    newsletter.confirm(newsletter.subscribe())
    centre = Reader(newsletter.service, ANNA).centre_path
    query = f"result=saved&result=changed&result=stopped_all&stopped={OFFERS}&stopped=nothing&awaiting=nothing"
    told = newsletter.browser.get(f"{centre}?{query}").html.find(id="saved").get_text()
    assert TEXT("centre.done_stopped_all") not in told
    assert newsletter.site.purpose_by_key[OFFERS].title["en"] not in told


def test_a_declaration_under_age_is_answered_by_a_page_that_can_be_reloaded(newsletter):
    answer = newsletter.browser.post(FORM, fields_of(newsletter.service, age="no"), status=303)
    page = answer.follow()
    assert TEXT("subscribe.under_age", age=16) in page.text
    assert page.click("Deutsch").html.html["lang"] == "de"
