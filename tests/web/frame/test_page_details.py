"""What every page gets right in small: titles, names, times, ways to reach the shop, and the question for age."""

import re

import pytest

from consent_service.texts import LANGUAGES, Catalogue
from tests.web.newsletter import FORM, FRAGMENT, Newsletter, fill_in, post
from tests.web.raw import raw_request
from tests.web.reader import Reader
from tests.web.service import TEXT

SENTENCE_ENDS = re.compile(r"[。！？] (?=\S)")
PAGE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def title(page):
    return page.html.title.get_text()


def test_the_title_of_a_page_that_says_what_is_wrong_says_so_first(browser, language):
    t = Catalogue().translator(language, {})
    error = t("errors.title") + t("page.colon")
    for path in ("/consent/nothing", "/consent/u/x", "/consent/c/x", "/consent/choice"):
        assert title(browser.get(path, {"lang": language}, status="*")).startswith(error), path
    wrong = browser.post(f"{FORM}?lang={language}", {"notice": "x"}, status=409)
    assert title(wrong).startswith(error)
    for path in ("/consent/", FORM, "/consent/history"):
        assert not title(browser.get(path, {"lang": language})).startswith(error)


def test_a_question_and_a_link_that_was_used_are_no_errors(own_service):
    newsletter = Newsletter(own_service)
    path = newsletter.subscribe()
    newsletter.confirm(path)
    assert title(newsletter.browser.get(path, status=409)).startswith(TEXT("confirmation.used_title"))
    foreign = own_service.browser(**{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    question = foreign.banner().forms[0].submit("choice", value="accept", status=403)
    assert title(question).startswith(TEXT("confirm.title"))


def test_addresses_and_numbers_of_the_shop_are_links(browser):
    links = {link["href"]: link.get_text() for link in browser.get("/consent/").html.footer.select("bdi.contact a")}
    assert links == {
        "mailto:privacy@willow-wren.example": "privacy@willow-wren.example",
        "tel:+441174960123": "+44 117 496 0123",
    }


def test_names_are_isolated_from_the_words_around_them(service, browser):
    page = browser.get("/consent/cookies", {"lang": "ar"})
    isolated = {one.get_text() for one in page.html.select("bdi")}
    names = {recipient.name for recipient in service.demo.recipients}
    assert names | {service.demo.name["ar"], service.demo.controller.name} <= isolated
    for text in page.html.body.find_all(string=lambda string: any(name in string for name in names)):
        assert text.parent.name == "bdi"
    for path in ("/consent/banner", FRAGMENT):
        assert browser.get(path, {"lang": "ar"}).html.h2.bdi.get_text() == service.demo.name["ar"]


def test_the_time_of_a_receipt_is_one_that_html_can_read(browser):
    browser.press("accept")
    for path in ("/consent/", "/consent/history"):
        times = [one["datetime"] for one in browser.get(path).html.select("time")]
        assert times
        assert not [one for one in times if not PAGE_TIME.fullmatch(one)]


def test_no_blank_stands_between_chinese_sentences(own_service):
    newsletter = Newsletter(own_service)
    anna = Reader(own_service, "anna@shopper.example").say_yes("offers_email")
    link = newsletter.subscribe("ben@shopper.example")
    paths = ["/consent/banner", "/consent/", "/consent/cookies", FORM, FRAGMENT, f"{FORM}/sent", link]
    paths += [anna.centre_path, anna.unsubscribe_path("offers_email")]
    for path in paths:
        page = newsletter.browser.get(path, {"lang": "zh"})
        assert not SENTENCE_ENDS.search(page.html.get_text()), path
    newsletter.browser.press("accept")
    assert not SENTENCE_ENDS.search(newsletter.browser.banner(lang="zh").html.get_text())


def test_no_answer_for_age_is_given_by_a_browser_that_ticks_the_first_radio_button_itself(service, language):
    for path in (FORM, FRAGMENT):
        assert b'type="radio"' not in raw_request(service, path, query=f"lang={language}").body
    form = service.browser().get(FORM, {"lang": language}).forms["subscribe"]
    assert form["age"].attrs["type"] == "checkbox"
    assert not form["age"].checked


def test_who_does_not_say_that_they_are_of_age_is_asked_again_and_told_how(own_service):
    answer = fill_in(own_service.browser(), age="")
    assert answer.status_int == 400
    assert answer.html.find(id="e-age").get_text() == TEXT("errors.subscribe.age_missing", age=16)
    assert answer.html.find(id="age")["aria-describedby"] == "e-age"


def test_a_form_of_an_earlier_version_may_still_say_no(own_service):
    assert TEXT("subscribe.under_age", age=16) in post(own_service, age="no").text
