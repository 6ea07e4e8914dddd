"""The way back after a choice: where the visitor was, and never anywhere else."""

import re
from urllib.parse import urlsplit

import pytest

from tests.domain.visitor.browser_origin import origin_in_a_browser
from tests.domain.visitor.hostile_paths import CORPUS
from tests.web.service import DEMO, SILVERLARK, TEXT

CLUB = "https://club.silverlark.example"


def location(answer):
    assert answer.status_int == 303
    return answer.headers["Location"]


def chosen(browser, **fields):
    return {"choice": "reject", "notice": browser.digest(), **fields}


def test_the_forms_own_field_leads_back(browser):
    page = browser.get("/consent/", {"return": "/pieces/willow-ring?size=5"})
    assert location(page.forms["choice"].submit("choice", value="reject")) == (
        f"{DEMO}/pieces/willow-ring?size=5#cc-saved"
    )


def test_without_a_field_the_page_of_the_form_is_the_way_back(browser):
    answer = browser.press("reject", Referer=f"{DEMO}/basket?step=2#top")
    assert location(answer) == f"{DEMO}/basket?step=2#cc-saved"


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("/stücke/à?q=ü", "/st%C3%BCcke/%C3%A0?q=%C3%BC"),
        ("/st%C3%BCcke?q=100%25", "/st%C3%BCcke?q=100%25"),
        ("/首饰/", "/%E9%A6%96%E9%A5%B0/"),
    ],
)
def test_a_page_that_a_browser_names_by_its_bytes_is_the_way_back(browser, sent, found):
    bytes_as_wsgi_has_them = f"{DEMO}{sent}".encode().decode("latin-1")
    assert location(browser.press("reject", Referer=bytes_as_wsgi_has_them)) == f"{DEMO}{found}#cc-saved"


def test_a_page_named_in_another_encoding_keeps_its_bytes(browser):
    assert location(browser.press("reject", Referer=f"{DEMO}/stücke")) == f"{DEMO}/st%FCcke#cc-saved"


def test_without_either_the_preference_page_tells_the_outcome(browser):
    answer = browser.press("reject")
    assert location(answer) == f"{DEMO}/consent/?saved=1&lang=en#cc-saved"
    assert TEXT("preferences.saved_title") in answer.follow().html.find(id="cc-saved").get_text()


@pytest.mark.parametrize("path", ["/consent/", "/consent", "/consent/?lang=de", "/consent/?return=//evil.example"])
def test_from_the_preference_page_the_way_back_is_that_page_with_the_outcome(browser, path):
    assert location(browser.press("reject", Referer=f"{DEMO}{path}")) == f"{DEMO}/consent/?saved=1&lang=en#cc-saved"


@pytest.mark.parametrize("path", ["/consent/choice", "/consent/banner", "/consent/choice?x=1"])
def test_addresses_that_show_nothing_are_no_way_back(browser, path):
    answer = browser.post_choice(chosen(browser, **{"return": path}), Referer=f"{DEMO}{path}")
    assert location(answer) == f"{DEMO}/consent/?saved=1&lang=en#cc-saved"


def test_a_trusted_origin_may_be_returned_to_and_no_other(secure_browser):
    trusted = secure_browser.post_choice(chosen(secure_browser, **{"return": f"{CLUB}/points"}))
    assert location(trusted) == f"{CLUB}/points#cc-saved"
    foreign = secure_browser.post_choice(chosen(secure_browser, **{"return": "https://shop.example/points"}))
    assert location(foreign) == f"{SILVERLARK}/consent/?saved=1&lang=en#cc-saved"


@pytest.mark.threat("T13")
def test_the_corpus_is_large():
    assert len(CORPUS) >= 150


@pytest.mark.threat("T13")
@pytest.mark.parametrize("place", ["field", "header"])
def test_no_hostile_value_leads_off_the_shop(secure_browser, place):
    fields = chosen(secure_browser)
    for value in CORPUS:
        for hostile in {value, value.replace("shop.example", "silverlark.example")}:
            sendable = hostile.encode("utf-8", "replace").decode("latin-1")
            if place == "field":
                answer = secure_browser.post_choice(fields | {"return": hostile.encode("utf-8", "replace")})
            elif re.search(r"[\x00-\x1f\x7f]", sendable):
                continue
            else:
                answer = secure_browser.post_choice(fields, Referer=sendable)
            target = location(answer)
            assert origin_in_a_browser(target, SILVERLARK) == SILVERLARK, ascii(hostile)
            assert re.fullmatch(r"[!-~]+", target)
            assert not urlsplit(target).path.startswith("//")


def test_a_hostile_way_back_is_left_out_of_the_preference_page(browser):
    for value in CORPUS[::6]:
        page = browser.get("/consent/", {"return": value.encode("utf-8", "replace")})
        field = page.html.find("input", attrs={"name": "return"})
        assert field is None or field["value"].startswith("/")
        assert field is None or not field["value"].startswith("//")
