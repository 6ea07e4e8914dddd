"""The demo shop: nothing optional without a yes, and everything necessary whatever the answer."""

import re

import pytest

from consent_service.demo.basket import MAX_PRODUCTS
from consent_service.demo.shop import (
    BASKET_COOKIE,
    POLICY_PATHS,
    PREFERENCES_COOKIE,
    PURPOSES,
    VISIT_COOKIE,
)
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_site
from tests.client.stub_service import allowing, cookie_text, sending
from tests.demo.conftest import BOX, PAGE, UNDECIDED

TAG = "/collect.gif"
SETTLED = '<section id="cc">Saved</section>'


def cookies_set(response):
    return [line.partition("=")[0] for line in response.headers.getlist("Set-Cookie")]


def page(browser, path="/"):
    response = browser.get(path)
    assert response.status_code == 200
    return response.text


def test_the_shops_cookies_and_purposes_are_those_of_its_site_file():
    site = read_site(find_shipped_folder("sites") / "demo.toml")
    owners = {
        name: purpose.key
        for purpose in site.purposes
        for cookie in purpose.cookies
        for name in (BASKET_COOKIE, PREFERENCES_COOKIE, VISIT_COOKIE)
        if cookie.matches(name)
    }
    assert owners == {
        BASKET_COOKIE: "necessary",
        PREFERENCES_COOKIE: "preferences",
        VISIT_COOKIE: "analytics",
    }
    assert {purpose.key for purpose in site.cookie_purposes} == set(PURPOSES)


def test_the_privacy_policy_stands_where_the_site_file_says():
    site = read_site(find_shipped_folder("sites") / "demo.toml")
    assert set(site.policy.url.values()) <= set(POLICY_PATHS)


@pytest.mark.parametrize(
    "path", ["/", "/pieces/willow-ring", "/basket", "/visits", "/mailbox", "/campaign", *POLICY_PATHS]
)
def test_every_page_carries_the_banner_and_without_consent_no_tag(browser, path):
    shown = page(browser, path)
    assert UNDECIDED in shown
    assert TAG not in shown


def test_the_newsletter_box_stands_in_the_footer_of_every_page(browser):
    for path in ("/", "/pieces/willow-ring", "/basket", "/mailbox", "/campaign"):
        shown = page(browser, path)
        assert shown.index("<footer>") < shown.index(BOX) < shown.index("</footer>")


@pytest.mark.parametrize(
    "answer", [sending(500, b"<h1>Error</h1>", PAGE), sending(204, b""), sending(404, b"", PAGE), sending(200, b"{}")]
)
def test_without_a_box_from_the_service_the_footer_has_none(browser, service, answer):
    service.box = answer
    footer = page(browser).partition("<footer>")[2]
    assert 'class="newsletter"' not in footer
    assert "Error" not in footer
    assert "Privacy policy" in footer


def test_without_consent_nothing_is_counted_and_no_cookie_set(browser):
    response = browser.get(TAG)
    assert (response.status_code, response.data, cookies_set(response)) == (204, b"", [])
    assert "<strong>0</strong>" in page(browser, "/visits")


def test_with_consent_the_tag_is_there_and_counts(browser, service):
    service.checks = allowing("analytics")
    service.banner = sending(200, SETTLED.encode(), PAGE)
    shown = page(browser)
    assert TAG in shown
    assert shown.index("<h1") < shown.index(SETTLED)
    response = browser.get(TAG)
    assert (response.status_code, response.content_type) == (200, "image/gif")
    assert cookies_set(response) == [VISIT_COOKIE]
    assert response.headers["Cache-Control"] == "no-store"
    assert "<strong>1</strong>" in page(browser, "/visits")


def test_a_browser_that_is_known_keeps_its_number(browser, service):
    service.checks = allowing("analytics")
    first = browser.get(TAG).headers["Set-Cookie"]
    assert browser.get(TAG).headers["Set-Cookie"].split(";")[0] == first.split(";")[0]


def test_while_the_service_is_down_there_is_no_banner_no_tag_and_a_whole_shop(browser, service):
    service.checks = service.banner = service.box = sending(500, b"<h1>Error</h1>", "text/html")
    browser.set_cookie("consent", cookie_text("-"))
    shown = page(browser)
    assert TAG not in shown
    assert "Error" not in shown
    assert "Willow ring" in shown
    assert 'href="/consent/"' in shown
    assert browser.get(TAG).status_code == 204


def test_the_basket_works_without_a_choice(browser):
    browser.delete_cookie("consent")
    response = browser.post("/basket", data={"piece": "wren-studs"})
    assert (response.status_code, cookies_set(response)) == (303, [BASKET_COOKIE])
    shown = page(browser, "/basket")
    assert "Wren ear studs" in shown
    assert "Basket (1)" in shown


def test_a_basket_takes_no_more_than_it_holds_and_no_unknown_piece(browser):
    for _ in range(MAX_PRODUCTS + 2):
        browser.post("/basket", data={"piece": "wren-studs"})
    assert f"Basket ({MAX_PRODUCTS})" in page(browser)
    assert browser.post("/basket", data={"piece": "crown"}).status_code == 400
    browser.set_cookie(BASKET_COOKIE, "crown.<b>.wren-studs")
    assert "Basket (1)" in page(browser)


def test_the_currency_is_remembered_only_where_preferences_are_allowed(browser, service):
    assert "£140" in page(browser)
    response = browser.post("/currency", data={"currency": "EUR"}, follow_redirects=True)
    assert "€163" in response.text
    assert cookies_set(response.history[0]) == []
    assert "£140" in page(browser)
    service.checks = allowing("preferences")
    response = browser.post("/currency", data={"currency": "EUR"})
    assert cookies_set(response) == [PREFERENCES_COOKIE]
    assert "€163" in page(browser)
    service.checks = allowing()
    assert "£140" in page(browser)


@pytest.mark.parametrize(
    ("path", "status"), [("/pieces/crown", 404), ("/nothing", 404), ("/currency?currency=EUR", 405)]
)
def test_what_is_not_there_is_not_found(browser, path, status):
    assert browser.get(path).status_code == status


@pytest.mark.parametrize("currency", ["", "USD", "<b>"])
def test_an_unknown_currency_changes_nothing(browser, currency):
    assert browser.post("/currency", data={"currency": currency}).status_code == 400
    assert "£140" in browser.get("/", query_string={"currency": currency}).text


def test_every_answer_forbids_scripts_and_foreign_content(browser):
    for path in ("/", TAG, "/static/demo/shop.css", "/nothing"):
        with browser.get(path) as response:
            assert re.match(r"default-src 'none'; style-src 'self'", response.headers["Content-Security-Policy"])
            assert response.headers["X-Content-Type-Options"] == "nosniff"
