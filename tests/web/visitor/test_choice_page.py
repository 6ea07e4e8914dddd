"""Posting a choice: what each button means, on each form, with old and new notices."""

from dataclasses import replace

import pytest

from consent_service.domain.api_key import Scope
from tests.cast import HALF_YEAR, SECOND, change_purpose, make_purpose
from tests.web.service import TEXT

ALL = ["preferences", "analytics", "marketing"]
GRANTED = dict.fromkeys(ALL, "granted")
REFUSED = dict.fromkeys(ALL, "refused")
WITHDRAWN = dict.fromkeys(ALL, "withdrawn")


def test_the_first_choice_mints_a_visitor_and_the_next_keeps_it(service, browser):
    browser.press("accept")
    first = browser.visitor
    browser.settle("reject")
    assert browser.visitor == first
    assert [record.seq for record in service.records(browser)] == [1, 2]
    assert browser.cookie.split(".")[3] == "2"


@pytest.mark.parametrize(
    ("button", "answers", "reasons"),
    [
        ("save", {}, REFUSED),
        ("save", {"analytics": "yes"}, REFUSED | {"analytics": "granted"}),
        ("save", dict.fromkeys(ALL, "yes"), GRANTED),
        ("accept", {}, GRANTED),
        ("reject", {}, REFUSED),
        ("reject", dict.fromkeys(ALL, "yes"), REFUSED),
        ("accept", dict.fromkeys(ALL, "no"), GRANTED),
    ],
)
def test_each_button_of_the_preference_page_does_what_it_says(service, browser, button, answers, reasons):
    assert browser.settle(button, **answers).status_int == 303
    assert service.reasons(browser) == reasons


def test_withdrawing_all_needs_no_purpose_and_one_by_one_names_it(service, browser):
    browser.press("accept")
    one = browser.post_choice({"choice": "withdraw", "notice": browser.digest(), "p": "analytics"})
    assert one.status_int == 303
    assert service.reasons(browser) == GRANTED | {"analytics": "withdrawn"}
    browser.post_choice({"choice": "withdraw", "notice": browser.digest()})
    assert service.reasons(browser) == WITHDRAWN
    assert [record.method for record in service.records(browser)] == ["accept_all", "withdraw", "withdraw_all"]


def test_a_form_as_multipart_counts_like_any_other(service, browser):
    fields = {"choice": "save", "notice": browser.digest(), "p.analytics": "yes", "p.marketing": "no"}
    answer = browser.post("/consent/choice", fields, content_type="multipart/form-data")
    assert answer.status_int == 303
    assert service.reasons(browser) == REFUSED | {"analytics": "granted"}


def test_a_sensitive_purpose_is_never_part_of_accept_all_and_never_in_the_banner(own_service):
    texts = dict.fromkeys(own_service.demo.languages, "Ring sizer")
    sizer = make_purpose(
        "sizer",
        sensitive=True,
        letter="r",
        data=("health",),
        recipients=(),
        retention="visit",
        cookies=(),
        **dict.fromkeys(("title", "description", "impact"), texts),
    )
    own_service.start(replace(own_service.demo, purposes=(*own_service.demo.purposes, sizer)))
    browser = own_service.browser()
    assert browser.asked() == ALL
    browser.press("accept")
    assert own_service.reasons(browser) == GRANTED | {"sizer": "never_asked"}
    browser.settle("accept")
    assert own_service.reasons(browser) == GRANTED | {"sizer": "never_asked"}
    browser.settle(sizer="yes")
    assert own_service.reasons(browser) == GRANTED | {"sizer": "granted"}
    own_service.clock.advance(HALF_YEAR)
    assert browser.asked() == ALL


def test_a_site_that_asks_nothing_in_its_banner_shows_one_line(own_service):
    necessary = [purpose for purpose in own_service.demo.purposes if not purpose.asked]
    own_service.start(replace(own_service.demo, purposes=tuple(necessary)))
    banner = own_service.browser().banner()
    assert not banner.forms
    assert banner.html.a["href"] == "/consent/?lang=en"
    assert TEXT("settled.signal") not in banner.text


def test_letters_are_told_in_the_cookie_and_in_the_keys_alike(browser):
    letters = browser.get("/consent/keys.json").json["consent"]["letters"]
    browser.press("save", "analytics", "marketing")
    assert browser.letters == "".join(sorted(letters[key] for key in ("analytics", "marketing")))


def test_a_refusal_on_an_unknown_form_takes_back_all_that_was_granted(service, browser):
    browser.press("accept")
    radios = {"p.preferences": "yes", "p.analytics": "no", "p.marketing": "yes"}
    answer = browser.post_choice({"choice": "reject", "notice": "0" * 64, **radios})
    assert answer.status_int == 303
    assert service.reasons(browser) == WITHDRAWN
    in_force = service.app.extensions["consent_service"].board.settings(service.demo, "en", signal=False)
    assert service.records(browser)[-1].notice == in_force.digest


def test_a_withdrawal_on_an_unknown_form_takes_back_what_it_names(service, browser):
    browser.press("accept")
    assert browser.post_choice({"choice": "withdraw", "notice": "x", "p": "marketing"}).status_int == 303
    assert service.reasons(browser) == GRANTED | {"marketing": "withdrawn"}
    assert browser.post_choice({"choice": "withdraw"}).status_int == 303
    assert service.reasons(browser) == WITHDRAWN


def test_a_notice_of_a_version_before_still_counts(own_service):
    browser = own_service.browser()
    old = browser.banner().forms[1]
    own_service.start(replace(own_service.demo, policy=replace(own_service.demo.policy, version="next")))
    assert old["notice"].value != browser.banner().forms[1]["notice"].value
    assert old.submit("choice", value="save").status_int == 303
    assert own_service.records(browser)[0].notice == old["notice"].value


def test_a_part_banner_of_an_earlier_moment_counts_once_it_is_archived(own_service):
    first = own_service.browser()
    first.press("accept")
    own_service.start(change_purpose(own_service.demo, "analytics", revision=2))
    form = first.banner().forms[0]
    form.submit("choice", value="accept")
    own_service.clock.advance(60 * SECOND)
    assert form.submit("choice", value="reject").status_int == 303
    assert own_service.reasons(first) == GRANTED | {"analytics": "withdrawn"}


def test_a_purpose_that_has_gone_since_the_form_was_shown_is_no_obstacle(own_service):
    browser = own_service.browser()
    old = browser.banner().forms[0]
    left = tuple(purpose for purpose in own_service.demo.purposes if purpose.key != "marketing")
    own_service.start(replace(own_service.demo, purposes=left))
    assert old.submit("choice", value="accept").status_int == 303
    assert own_service.reasons(browser) == {"preferences": "granted", "analytics": "granted"}


def test_an_erased_visitor_is_asked_again_and_becomes_somebody_else(own_service):
    browser = own_service.browser()
    browser.press("accept")
    erased = browser.visitor
    answer = own_service.ask(f"/v1/visitors/{erased}", own_service.key(scopes=[Scope.ADMIN]), method="DELETE")
    assert answer.json == {"erased": 1}
    assert own_service.reasons(browser) == dict.fromkeys(ALL, "never_asked")
    assert browser.asked() == ALL
    browser.press("reject")
    assert browser.visitor != erased


@pytest.mark.one_file
def test_a_record_that_does_not_verify_keeps_nobody_from_withdrawing(own_service):
    browser = own_service.browser()
    browser.press("accept")
    with own_service.resources.database.write():
        own_service.resources.database.change("UPDATE record SET signature = zeroblob(64)")
    page = browser.get("/consent/")
    assert page.html.find(id="receipt") is None
    assert TEXT("history.unverified", n=1) in browser.get("/consent/history").html.main.get_text()
    page.forms["choice"].submit("choice", value="reject")
    assert own_service.reasons(browser) == WITHDRAWN
