"""The unsubscribe page: looking changes nothing, one button ends it, and no link gives anything away."""

import pytest

from consent_service.domain.site.purpose import Channel
from consent_service.services.rights.erasing import erase_subject
from consent_service.texts import LANGUAGES, Catalogue
from tests.web.newsletter import everything
from tests.web.raw import raw_request
from tests.web.reader import Reader
from tests.web.service import DEMO, TEXT

NEWS, CARE = "offers_email", "care_email"
LOOKING = [
    ("GET", ()),
    ("HEAD", ()),
    ("OPTIONS", ()),
    ("GET", (("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"))),
]
TIMES = 100


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS, CARE).keep_address()


def test_the_page_names_the_topic_and_the_masked_address_and_has_one_button(own_service, anna):
    page = own_service.browser().get(anna.unsubscribe_path(NEWS))
    main = page.html.main
    assert main.select("b")[0].get_text() == anna.site.purpose_by_key[NEWS].title["en"]
    assert "a•••@home.example" in main.get_text()
    assert "anna@" not in page.text
    assert len(main.select("button")) == 1
    assert main.select("input") == main.select("input[type=hidden]")


def test_the_button_ends_the_topic_at_once_with_a_page_and_no_redirect(own_service, anna):
    browser = own_service.browser()
    done = browser.get(anna.unsubscribe_path(NEWS)).form.submit(status=200)
    assert done.html.h1.get_text() == TEXT("unsubscribe.done_title")
    assert anna.reasons(NEWS, CARE) == ["withdrawn", "granted"]
    assert own_service.resources.database.rows("SELECT source FROM change ORDER BY seq DESC LIMIT 1") == [
        ("unsubscribe_page",)
    ]


def test_pressing_again_says_the_same_and_adds_nothing(own_service, anna):
    browser = own_service.browser()
    form = browser.get(anna.unsubscribe_path(NEWS)).form
    first, before = form.submit(), everything(own_service)
    assert form.submit().text == first.text
    assert everything(own_service) == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": ""}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}])
def test_the_token_is_all_it_takes_wherever_the_form_comes_from(own_service, anna, headers):
    own_service.browser(**headers).post(anna.unsubscribe_path(NEWS), {"from": "page"}, status=200)
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_a_link_for_a_channel_or_for_everything_says_so(own_service, anna):
    browser = own_service.browser()
    for channel, told in (
        (Channel.EMAIL, f"{TEXT('unsubscribe.all_of')}: {TEXT('channel.email')}"),
        (None, TEXT("unsubscribe.all")),
    ):
        assert browser.get(anna.unsubscribe_path(channel=channel)).html.main.b.get_text() == told


def test_the_page_shows_the_way_to_the_preference_centre(own_service, anna):
    browser = own_service.browser()
    page = browser.get(anna.unsubscribe_path(NEWS)).click(TEXT("centre.title"))
    assert page.html.h1.get_text() == TEXT("centre.title")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_come_in_the_readers_language(own_service, anna, language):
    t = Catalogue().translator(language, {})
    page = own_service.browser(**{"Accept-Language": language}).get(anna.unsubscribe_path(NEWS))
    assert page.html.h1.get_text() == t("unsubscribe.title")
    assert page.form.submit().html.h1.get_text() == t("unsubscribe.done_title")


def test_neither_cookie_nor_kept_copy_nor_referrer_comes_of_any_page_about_messages(own_service, anna):
    for path in (anna.unsubscribe_path(NEWS), anna.centre_path, "/consent/p/request", "/consent/u/x", "/consent/p/x"):
        for method in ("GET", "HEAD", "POST"):
            answer = raw_request(own_service, path, method=method, headers=[("Cookie", "consent=x; session=y")])
            assert not answer.all("Set-Cookie")
            assert "no-store" in answer.all("Cache-Control")[0]
            assert answer.all("X-Robots-Tag") == ["noindex"]
            if b"<!doctype" in answer.body:
                assert answer.all("Referrer-Policy") == ["no-referrer"]
                [policy] = answer.all("Content-Security-Policy")
                assert "default-src 'none'" in policy
                assert policy.endswith("form-action 'self'")


@pytest.mark.parametrize("end", ["", "/"])
def test_a_trailing_slash_changes_nothing(own_service, anna, end):
    for path in (anna.unsubscribe_path(NEWS), anna.centre_path):
        assert raw_request(own_service, path + end).status == 200


@pytest.mark.threat("T22")
def test_looking_at_every_link_a_hundred_times_leaves_every_row_as_it_was(own_service, anna):
    centre = own_service.browser().get(anna.centre_path)
    found = {link["href"] for link in centre.html.select("a") if link["href"].startswith("/consent/")}
    paths = {anna.unsubscribe_path(NEWS), anna.unsubscribe_path(), anna.centre_path, *found}
    before = everything(own_service)
    for path in paths:
        address, _, query = path.partition("?")
        for method, headers in LOOKING:
            for _ in range(TIMES if address.startswith(("/consent/u/", "/consent/p/")) else 1):
                assert raw_request(own_service, address, method=method, headers=headers, query=query).status < 400
    assert everything(own_service) == before
    assert anna.reasons(NEWS, CARE) == ["granted", "granted"]


def test_every_link_that_is_nobodys_gets_the_same_page(own_service, anna):
    right, centre = anna.unsubscribe_path(NEWS), anna.centre_path
    wrong = [
        right[:-1],
        right[:-1] + ("A" if right[-1] != "A" else "B"),
        right.replace("/u/", "/p/"),
        centre.replace("/p/", "/u/"),
        "/consent/u/x",
        "/consent/p/x",
    ]
    before = everything(own_service)
    answers = [raw_request(own_service, path, method=method) for path in wrong for method in ("GET", "HEAD")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers if answer.body}) == 1
    posts = [raw_request(own_service, path, method="POST", body=b"from=page") for path in wrong]
    assert {answer.status for answer in posts} == {404}
    assert everything(own_service) == before


def test_the_page_of_an_erased_person_works_and_collects_nothing(own_service, anna):
    erase_subject(own_service.resources, anna.site, anna.principal, "key:x")
    before = everything(own_service)
    page = own_service.browser().get(anna.unsubscribe_path(NEWS))
    assert "•" not in page.html.main.get_text()
    page.form.submit(status=200)
    assert everything(own_service) == before


def test_the_page_of_the_cookie_settings_and_the_centre_show_one_another(own_service, anna):
    browser = own_service.browser(DEMO)
    settings = browser.get(anna.centre_path).click(TEXT("page.settings"), index=0)
    assert settings.click(TEXT("centre.request_title")).request.path == "/consent/p/request"
