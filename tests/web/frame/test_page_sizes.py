"""Sizes over the wire: what every visitor of the shop loads stays small, in every language."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from consent_service.domain.site.purpose import Basis, Kind
from consent_service.domain.site.site import Site
from tests.web.service import Service

FRAGMENT, BANNER_STYLE, SETTLED, PREFERENCES = 1_200, 2_500, 300, 4_096
"""Most bytes after gzip at its usual level, 6."""

LANGUAGES = ("en", "de", "fr", "es", "zh", "ar")
LETTERS = {"orders": "o", "offers_email": "n"}


def gzipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))


def five_purposes(site: Site) -> Site:
    """Make the demo site ask for five purposes, each with cookies and words of its own."""
    given = {purpose.key: purpose for purpose in site.purposes}
    marketing = given["marketing"]

    def asked(key: str) -> object:
        purpose, cookies = given[key], marketing.cookies
        return replace(
            purpose,
            kind=Kind.COOKIES,
            basis=Basis.CONSENT,
            channel=None,
            letter=LETTERS[key],
            cookies=tuple(replace(cookie, name=f"{key}_{number}") for number, cookie in enumerate(cookies)),
            impact=purpose.impact or marketing.impact,
        )

    return replace(site, purposes=tuple(asked(p.key) if p.key in LETTERS else p for p in site.purposes))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("signal", ["", "1"], ids=["plain", "signal"])
def test_the_banner_stays_small(service, language, signal):
    fragment = service.browser(**{"Sec-GPC": signal}).banner(lang=language)
    assert b"<form" in fragment.body
    assert gzipped(fragment.body) <= FRAGMENT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("choice", ["reject", "accept", "save"])
@pytest.mark.parametrize("signal", ["", "1"], ids=["plain", "signal"])
def test_the_line_for_a_settled_visitor_stays_tiny(service, language, choice, signal):
    browser = service.browser(**{"Sec-GPC": signal})
    browser.press(choice, *(["analytics"] if choice == "save" else []))
    fragment = browser.banner(lang=language)
    assert b"<form" not in fragment.body
    assert gzipped(fragment.body) <= SETTLED


def test_the_stylesheet_of_the_banner_stays_small(browser):
    path = browser.banner().html.select_one("link")["href"]
    assert gzipped(browser.get(path).body) <= BANNER_STYLE


@pytest.mark.parametrize("signal", ["", "1"], ids=["plain", "signal"])
def test_the_preference_page_stays_small_with_five_purposes(tmp_path: Path, signal: str):
    service = Service(tmp_path)
    service.start(five_purposes(service.demo))
    for language in LANGUAGES:
        page = service.browser(**{"Sec-GPC": signal}).get("/consent/", {"lang": language})
        assert len(page.html.select("input[type=radio][value=yes]")) == 5
        assert gzipped(page.body) <= PREFERENCES, language


def test_nothing_stands_in_front_of_the_fragment(browser):
    assert browser.banner().body.startswith(b"<link ")
    browser.press("reject")
    assert browser.banner().body.startswith(b"<link ")
