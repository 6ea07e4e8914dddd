"""Banner, pages, errors and records in the language of the page, in all six of them."""

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.texts import LANGUAGES, Catalogue
from tests.cast import change_purpose
from tests.web.service import SILVERLARK


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def test_banner_and_pages_speak_the_language_that_is_asked_for(browser, language):
    section = browser.banner(lang=language).html.section
    assert (section["lang"], section["dir"]) == (language, LANGUAGES[language].direction)
    assert section.button.get_text() == Catalogue().translator(language, {})("banner.reject")
    for path in ("/consent/", "/consent/cookies", "/consent/history", "/consent/nothing"):
        page = browser.get(path, {"lang": language}, status="*")
        assert (page.html.html["lang"], page.html.html["dir"]) == (language, LANGUAGES[language].direction)
        assert page.headers["Content-Language"] == language
        assert page.html.find("a", attrs={"aria-current": "true"})["lang"] == language


def test_the_browsers_own_languages_decide_otherwise(service):
    for accepted, expected in (("fr-CA, de;q=0.5", "fr"), ("nl, ar;q=0.1", "ar"), ("nl", "en"), ("\x7f;;q=", "en")):
        browser = service.browser(**{"Accept-Language": accepted})
        assert browser.banner().html.section["lang"] == expected
        assert browser.banner(lang="es").html.section["lang"] == "es"
        assert browser.banner(lang="xx").html.section["lang"] == expected


def test_a_shop_of_two_languages_offers_no_third(secure_browser):
    assert secure_browser.banner(lang="zh").html.section["lang"] == "en"
    assert [a["lang"] for a in secure_browser.get("/consent/").html.select(".languages a")] == ["en", "de", "fr"]


def test_a_choice_is_answered_in_the_language_of_its_form(service, browser, language):
    answer = browser.get("/consent/", {"lang": language}).forms["choice"].submit("choice", value="reject")
    assert answer.follow().html.html["lang"] == language
    assert service.records(browser)[0].language == language


def test_a_form_that_is_held_back_is_restated_in_its_own_language(service, language):
    browser = service.browser(**{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    page = browser.get("/consent/banner", {"lang": language}).forms[0].submit("choice", value="accept", status=403)
    assert page.html.html["lang"] == language
    assert service.demo.purpose_by_key["analytics"].title[language] in page.html.main.get_text()


def test_a_banner_for_part_of_the_purposes_counts_in_any_language(own_service):
    browser = own_service.browser(**{"Accept-Language": "en"})
    browser.press("accept")
    own_service.start(change_purpose(own_service.demo, "analytics", revision=2))
    form = browser.get("/consent/banner", {"lang": "ar"}).forms[0]
    assert form.submit("choice", value="reject").status_int == 303
    newest = own_service.records(browser)[-1]
    assert (newest.language, newest.decisions) == ("ar", {"analytics": "withdrawn"})


def test_a_language_link_keeps_the_place_and_its_parameters(browser):
    page = browser.get("/consent/?return=/basket%3Fa%3D1&saved=1&lang=de")
    french = page.html.find("a", lang="fr")["href"]
    assert french == "/consent/?return=%2Fbasket%3Fa%3D1&saved=1&lang=fr"
    assert browser.get(french).forms["choice"]["return"].value == "/basket?a=1"


def test_a_language_link_of_a_saved_choice_says_that_it_is_saved(browser):
    answer = browser.settle(analytics="yes").follow()
    german = answer.click("Deutsch")
    assert german.html.find(id="cc-saved").h2.get_text() == Catalogue().translator("de", {})("preferences.saved_title")


def test_a_form_with_errors_is_shown_in_another_language(browser):
    digest = browser.digest()
    wrong = browser.post_choice({"notice": digest, "choice": "save", "p.analytics": "maybe", "return": "/basket"})
    german = wrong.click("Deutsch")
    assert german.request.path == "/consent/"
    assert german.forms["choice"]["return"].value == "/basket"


def test_a_page_that_cannot_be_opened_again_offers_no_language_links(service):
    browser = service.browser(**{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    page = browser.get("/consent/banner").forms[0].submit("choice", value="accept", status=403)
    assert not page.html.select(".languages")


def test_receipts_and_dates_are_written_in_the_language(service, secure_browser):
    secure_browser.press("accept")
    service.clock.advance(DAY)
    page = secure_browser.get("/consent/history", {"lang": "de"})
    assert "1. Januar 2026" in page.html.ol.get_text()
    assert page.click("1. Januar").html.html["lang"] == "de"
    assert secure_browser.origin == SILVERLARK
