"""A banner that asks about some purposes speaks of those alone, because other choices stand."""

import gzip

import pytest

from consent_service.texts import Catalogue
from tests.cast import change_purpose
from tests.web.service import Service

LANGUAGES = ("en", "de", "fr", "es", "zh", "ar")
LARGEST = 1_200
"""Bytes after gzip at its usual level, 6."""


@pytest.fixture(scope="module")
def returning(tmp_path_factory: pytest.TempPathFactory):
    """A browser that allowed everything before the wording of one purpose changed in meaning."""
    service = Service(tmp_path_factory.mktemp("changed"))
    browser = service.browser()
    browser.press("accept")
    service.start(change_purpose(service.demo, "analytics", revision=2))
    return browser


def says(page):
    """Tell what the two buttons and the note say."""
    first = page.html.select(".cc-eq")[0]
    return [one.get_text() for one in (*first.select("button"), page.html.find(id="cc-saved"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_chosen_before_is_asked_about_these_and_not_about_all(service, returning, language):
    t = Catalogue().translator(language, {})
    keys = ("banner.reject", "banner.accept", "banner.note")
    assert says(service.browser().banner(lang=language)) == [t(key) for key in keys]
    part = ("banner.reject_these", "banner.accept_these", "banner.note_partial")
    assert returning.asked(lang=language) == ["analytics"]
    assert says(returning.banner(lang=language)) == [t(key) for key in part]


def test_it_does_not_speak_as_if_nothing_were_on_or_as_if_everything_were_asked_again(returning):
    text = returning.banner().text
    for untrue in ("Nothing optional is switched on", "again", "run out", "Reject all", "Accept all"):
        assert untrue not in text
    assert "Your other choices stay as they are." in text
    assert "No partner receives data from these cookies." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_as_small_as_the_whole_banner(returning, language):
    assert len(gzip.compress(returning.banner(lang=language).body, 6)) <= LARGEST
