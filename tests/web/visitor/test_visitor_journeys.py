"""Whole journeys of one visitor, from the first page to the check and the receipt."""

import json
from dataclasses import replace

import pytest

from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.ledger.rewording import make_mark
from consent_service.keys.record_verification import verify_record
from consent_service.services.ledger.guarding_texts import TextsChanged
from tests.cast import HALF_YEAR, NOON, change_purpose, make_purpose
from tests.web.service import SILVERLARK, TEXT

ALL = ["preferences", "analytics", "marketing"]
OFF = dict.fromkeys(ALL, "refused")


def test_somebody_who_only_looks_is_asked_and_nothing_is_stored(service, browser):
    before = service.stored()
    for path in ("/consent/banner", "/consent/", "/consent/cookies", "/consent/history", "/docs"):
        browser.get(path)
    assert (browser.cookie, service.stored()) == ("", before)
    assert browser.asked() == ALL


def test_refuse_then_allow_one_purpose_then_withdraw_it(service, browser):
    refused = browser.press("reject")
    assert refused.status_int == 303
    assert service.reasons(browser) == OFF
    assert browser.asked() == []

    saved = browser.settle(analytics="yes").follow()
    assert TEXT("preferences.saved_title") in saved.html.find(id="cc-saved").get_text()
    assert service.reasons(browser) == OFF | {"analytics": "granted"}

    browser.settle(analytics="no")
    assert service.reasons(browser) == OFF | {"analytics": "withdrawn"}
    assert [record.method for record in service.records(browser)] == ["refuse_all", "save", "save"]


def test_accept_all_allows_everything_that_was_asked(service, browser):
    browser.press("accept")
    assert service.reasons(browser) == dict.fromkeys(ALL, "granted")
    assert browser.letters == "amp"
    assert TEXT("settled.all_on") in browser.banner().text


def test_saving_with_ticks_allows_exactly_the_ticked(service, browser):
    browser.press("save", "preferences", "marketing")
    assert service.reasons(browser) == OFF | {"preferences": "granted", "marketing": "granted"}
    assert browser.letters == "mp"


def test_saving_without_a_tick_is_a_refusal(service, browser):
    browser.press("save")
    assert service.reasons(browser) == OFF


def test_no_box_and_no_yes_is_set_before_a_choice(browser):
    assert not [box for box in browser.banner().html.select("input") if box.has_attr("checked")]
    chosen = [radio["value"] for radio in browser.get("/consent/").html.select("input[checked]")]
    assert chosen == ["no"] * 3


def test_withdrawing_takes_as_many_steps_as_granting_and_shows_the_impact_first(service, browser):
    page = browser.get("/consent/")
    for purpose in ALL:
        field = page.html.find(id=f"p-{purpose}")
        assert TEXT("preferences.withdrawing") in field.get_text()
        assert service.demo.purpose_by_key[purpose].impact["en"] in field.get_text()
    assert page.text.index(TEXT("preferences.lawful")) < page.text.index('value="save"')
    assert browser.settle(analytics="yes").status_int == browser.settle(analytics="no").status_int == 303


def test_every_choice_has_its_receipt_as_page_json_and_json_ld(service, browser):
    browser.press("save", "analytics")
    [record] = service.records(browser)
    page = browser.get("/consent/").click(TEXT("receipt.full"))
    for shown in (record.id, record.notice, TEXT("state.granted"), TEXT("state.refused"), TEXT("method.save")):
        assert shown in page.html.get_text()
    kantara = page.click("JSON$").json
    assert kantara["consentReceiptID"] == record.id
    assert kantara["consentTimestamp"] == NOON // 1_000_000
    payload = verify_record(service.resources.keys.public_keys, kantara["signedRecord"])
    assert json.loads(payload)["decisions"] == record.decisions
    linked = page.click("JSON-LD")
    assert linked.content_type == "application/ld+json"
    assert record.id in linked.text


def test_the_history_lists_the_own_choices_newest_first(service, browser):
    for button in ("accept", "reject", "accept"):
        browser.settle(button)
        service.clock.advance(DAY)
    entries = [entry.get_text() for entry in browser.get("/consent/history").html.select("ol > li")]
    methods = [TEXT(f"method.{name}") for name in ("accept_all", "refuse_all", "accept_all")]
    days = ["3 January 2026", "2 January 2026", "1 January 2026"]
    assert all(m in entry and day in entry for m, day, entry in zip(methods, days, entries, strict=True))


@pytest.mark.threat("T10")
def test_nobody_sees_the_receipt_of_another_visitor(service, browser):
    browser.press("accept")
    [record] = service.records(browser)
    stranger = service.browser()
    other = service.browser()
    other.press("reject")
    for path in (f"/consent/receipts/{record.id}{ending}" for ending in ("", ".json", ".jsonld")):
        assert browser.get(path).status_int == 200
        assert stranger.get(path, status=404).text == service.browser().get(path, status=404).text
        other.get(path, status=404)


def test_yes_and_no_expire_together_and_are_asked_again(service, browser):
    browser.press("save", "analytics")
    service.clock.advance(HALF_YEAR - 1)
    assert (browser.asked(), service.reasons(browser)["analytics"]) == ([], "granted")
    service.clock.advance(1)
    assert browser.asked() == ALL
    assert service.reasons(browser) == OFF | {"analytics": "expired"}
    browser.press("reject")
    assert service.reasons(browser) == OFF | {"analytics": "withdrawn"}


def test_an_expired_yes_is_not_set_on_the_preference_page(service, browser):
    browser.press("accept")
    service.clock.advance(HALF_YEAR)
    assert [radio["value"] for radio in browser.get("/consent/").html.select("input[checked]")] == ["no"] * 3
    browser.settle("save")
    assert service.reasons(browser) == dict.fromkeys(ALL, "withdrawn")


def test_a_new_purpose_asks_for_itself_and_changes_itself_only(own_service):
    browser = own_service.browser()
    browser.press("save", "analytics")
    texts = dict.fromkeys(own_service.demo.languages, "Chat")
    chat = make_purpose(
        "chat", title=texts, description=texts, impact=texts, data=(), recipients=(), retention="visit", cookies=()
    )
    own_service.start(replace(own_service.demo, purposes=(*own_service.demo.purposes, chat)))
    assert browser.asked() == ["chat"]
    browser.press("accept")
    assert own_service.reasons(browser) == OFF | {"analytics": "granted", "chat": "granted"}
    assert [sorted(record.decisions) for record in own_service.records(browser)] == [sorted(ALL), ["chat"]]


def test_a_material_change_asks_those_who_said_yes_and_nobody_who_said_no(own_service):
    yes, no = own_service.browser(), own_service.browser()
    yes.press("accept")
    no.press("reject")
    own_service.start(change_purpose(own_service.demo, "analytics", recipients=("adspark",)))
    assert (yes.asked(), no.asked()) == (["analytics"], [])
    assert own_service.reasons(yes)["analytics"] == "outdated"
    assert own_service.reasons(no)["analytics"] == "refused"
    yes.press("reject")
    assert own_service.reasons(yes) == dict.fromkeys(ALL, "granted") | {"analytics": "withdrawn"}


def test_a_cosmetic_change_asks_nobody_again(own_service):
    browser = own_service.browser()
    browser.press("accept")
    plainer = dict.fromkeys(own_service.demo.languages, "Counting visits")
    changed = change_purpose(own_service.demo, "analytics", title=plainer)
    with pytest.raises(TextsChanged):
        own_service.start(changed)
    mark = make_mark(changed.purpose_by_key["analytics"])
    own_service.start(change_purpose(changed, "analytics", wording_only=mark))
    assert browser.asked() == []
    assert own_service.reasons(browser) == dict.fromkeys(ALL, "granted")


def test_a_form_from_before_a_change_counts_for_the_text_it_showed(own_service):
    browser = own_service.browser()
    form = browser.banner().forms[0]
    own_service.start(change_purpose(own_service.demo, "analytics", recipients=("adspark",)))
    form.submit("choice", value="accept")
    assert own_service.reasons(browser) == dict.fromkeys(ALL, "granted") | {"analytics": "outdated"}
    assert browser.asked() == ["analytics"]


def test_two_shops_know_nothing_of_each_others_visitors(service, browser, secure_browser):
    browser.press("accept")
    secure_browser.set_cookie("__Host-consent", browser.cookie)
    assert len(secure_browser.asked()) == 3
    secure_browser.press("reject")
    assert secure_browser.visitor != browser.visitor
    assert service.reasons(browser) == dict.fromkeys(ALL, "granted")


def test_a_second_origin_of_a_shop_shares_its_texts_and_not_its_visitors(service, secure_browser):
    other = service.browser("https://shop.silverlark.example")
    assert other.banner().body == secure_browser.banner().body
    assert SILVERLARK not in other.banner().text


def test_the_record_tells_notice_language_validity_and_method(service, browser):
    banner = browser.banner(lang="de")
    banner.forms[0].submit("choice", value="reject")
    [record] = service.records(browser)
    assert (record.language, record.method, record.actor) == ("de", "refuse_all", "visitor")
    assert (record.at, record.valid_until) == (write_time(NOON), write_time(NOON + HALF_YEAR))
    assert record.notice == banner.forms[0]["notice"].value
    assert record.policy == service.demo.policy.version


def test_pressing_twice_is_one_record(service, browser):
    form = browser.banner().forms[0]
    form.submit("choice", value="accept")
    form.submit("choice", value="accept")
    assert len(service.records(browser)) == 1


def test_a_browser_that_keeps_no_cookie_gets_a_page_that_says_so_and_no_loop(service, browser):
    answer = browser.settle("accept")
    browser.reset()
    page = answer.follow()
    assert TEXT("preferences.missing_title") in page.html.find(id="cc-saved").get_text()
    assert page.html.find("title").get_text().startswith(TEXT("preferences.missing_title"))
    assert browser.asked() == ALL
