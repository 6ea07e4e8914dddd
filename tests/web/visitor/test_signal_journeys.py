"""Journeys under the browser's opt-out signal: followed without asking, overridden only by an own yes."""

import pytest

from tests.web.service import TEXT

ALL = ["preferences", "analytics", "marketing"]


@pytest.fixture
def signalling(service):
    return service.browser(**{"Sec-GPC": "1"})


def test_under_the_signal_nobody_is_asked_for_what_it_covers(service, signalling):
    banner = signalling.banner()
    assert [box["value"] for box in banner.html.select("input[name=p]")] == ["preferences", "analytics"]
    assert TEXT("banner.signal", purposes="Marketing") in banner.text
    signalling.press("accept")
    assert service.reasons(signalling) == dict.fromkeys(ALL, "granted") | {"marketing": "signal"}
    assert [(record.method, record.actor) for record in service.records(signalling)] == [
        ("accept_all", "visitor"),
        ("signal", "browser"),
    ]
    assert TEXT("settled.signal") in signalling.banner().html.get_text()
    assert signalling.letters == "ap"


def test_a_hundred_requests_under_the_signal_are_one_record_of_it(service, signalling):
    signalling.press("reject")
    for _ in range(100):
        signalling.banner()
    signalling.settle(analytics="yes")
    assert [record.method for record in service.records(signalling)].count("signal") == 1


def test_an_own_yes_on_the_preference_page_overrides_the_signal(service, signalling):
    signalling.press("accept")
    covered = signalling.get("/consent/").html.find(id="p-marketing").get_text()
    assert TEXT("preferences.covered", yes=TEXT("preferences.yes")) in covered
    signalling.settle(marketing="yes")
    assert service.reasons(signalling, signal="gpc")["marketing"] == "granted"
    assert TEXT("settled.signal") not in signalling.banner().html.get_text()


def test_accept_all_on_the_preference_page_does_not_override_the_signal(service, signalling):
    page = signalling.get("/consent/")
    left_off = TEXT("preferences.leaves_off", accept=TEXT("banner.accept"), purposes="Marketing")
    assert left_off in page.html.get_text()
    page.forms["choice"].submit("choice", value="accept")
    assert service.reasons(signalling)["marketing"] == "signal"


def test_the_signal_beats_a_yes_given_before_it_and_the_line_says_so(service, browser):
    browser.press("accept")
    assert service.reasons(browser, signal="gpc") == dict.fromkeys(ALL, "granted") | {"marketing": "signal"}
    line = browser.get("/consent/banner", headers={"Sec-GPC": "1"}).html.get_text()
    assert TEXT("settled.signal") in line
    assert TEXT("settled.signal") not in browser.banner().html.get_text()


def test_a_signal_that_went_away_is_no_consent(service, signalling):
    signalling.press("accept")
    del signalling.extra_environ["HTTP_SEC_GPC"]
    assert service.reasons(signalling)["marketing"] == "signal"
    assert signalling.asked() == []


def test_a_yes_on_a_form_that_did_not_speak_of_the_signal_does_not_override_it(service, browser):
    form = browser.banner().forms[0]
    browser.extra_environ["HTTP_SEC_GPC"] = "1"
    form.submit("choice", value="accept")
    assert service.reasons(browser)["marketing"] == "signal"
    ticked = service.browser()
    form = ticked.banner().forms[1]
    form.set("p", True, index=2)
    ticked.extra_environ["HTTP_SEC_GPC"] = "1"
    form.submit("choice", value="save")
    assert service.reasons(ticked)["marketing"] == "signal"


def test_accept_all_beside_an_own_yes_takes_both(service, signalling):
    signalling.settle("accept", marketing="yes")
    assert service.reasons(signalling, signal="gpc") == dict.fromkeys(ALL, "granted")
