"""The preference centre: a no counts at once, a yes waits for its confirmation, and what was not shown stays."""

from dataclasses import replace

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import Method
from consent_service.domain.site.site import ConfirmBy
from consent_service.domain.subject.standing import Block
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.rights.erasing import erase_subject
from consent_service.storage.requests import find_request
from consent_service.storage.standings import find_standing
from consent_service.texts import LANGUAGES, Catalogue
from tests.web.newsletter import everything
from tests.web.reader import Reader, answers, jobs, note
from tests.web.service import TEXT

NEWS, CARE, SECRET, OPENS, SMS = "offers_email", "care_email", "collectors_email", "opens_email", "offers_sms"


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS).keep_address()


@pytest.fixture
def browser(own_service):
    return own_service.browser()


def requests(service):
    return [
        find_request(service.resources.database, identifier)
        for (identifier,) in service.resources.database.rows("SELECT id FROM subscription_request")
    ]


def title(anna, key, language="en"):
    return anna.site.purpose_by_key[key].title[language]


def topics(page):
    """List the titles of the topics on the page."""
    return {legend.get_text() for legend in page.html.select("legend")}


def test_to_stop_everything_comes_first_and_is_one_control(browser, anna):
    page = browser.get(anna.centre_path)
    first = page.html.main.select("form")[0]
    assert [button["value"] for button in first.select("button")] == ["stop_all"]
    assert not first.select("input")
    done = page.forms[0].submit("act", value="stop_all")
    assert note(done)[0] == TEXT("centre.done_stopped_all")
    assert anna.reasons(NEWS, CARE, SMS) == ["withdrawn"] * 3


def test_topics_stand_by_channel_with_their_state_and_the_address_masked(browser, anna):
    page = browser.get(anna.centre_path)
    assert {title(anna, NEWS), title(anna, CARE), title(anna, OPENS)} <= topics(page)
    assert page.forms["topics"][f"p.{NEWS}"].value == "yes"
    assert page.forms["topics"][f"p.{CARE}"].value == "no"
    assert "a•••@home.example" in page.text
    assert "anna@" not in page.text


def test_a_private_topic_is_shown_only_to_those_who_have_it(browser, anna):
    assert title(anna, SECRET) not in topics(browser.get(anna.centre_path))
    anna.say_yes(SECRET)
    assert title(anna, SECRET) in topics(browser.get(anna.centre_path))


def test_soft_opt_in_is_shown_to_be_ended_and_not_to_be_begun(browser, anna):
    assert title(anna, "similar_email") not in topics(browser.get(anna.centre_path))
    anna.say_yes("similar_email", method=Method.API)
    browser.post(anna.centre_path, answers(similar_email="no"))
    assert anna.reasons("similar_email") == ["withdrawn"]


def test_a_link_that_stopped_a_whole_channel_reveals_no_private_topic(own_service, browser, anna):
    browser.post(anna.unsubscribe_path(), {"from": "page"})
    assert title(anna, SECRET) not in topics(browser.get(anna.centre_path))


def test_a_topic_that_needs_another_sort_of_address_is_not_offered(own_service, browser, anna):
    assert title(anna, SMS) not in topics(browser.get(anna.centre_path))
    phone = Reader(own_service, "+447400123456").say_yes(SMS).keep_address()
    assert topics(browser.get(phone.centre_path)) == {title(anna, SMS)}


def test_the_measuring_of_mail_stands_apart(browser, anna):
    headings = [
        heading.get_text() for heading in browser.get(anna.centre_path).html.select("#topics h2, #topics legend")
    ]
    assert headings.index(TEXT("centre.tracking")) == headings.index(title(anna, OPENS)) - 1


def test_a_no_counts_at_once(browser, anna):
    form = browser.get(anna.centre_path).forms["topics"]
    form[f"p.{NEWS}"] = "no"
    done = form.submit("act", value="save")
    assert note(done) == [TEXT("centre.done_stopped"), title(anna, NEWS)]
    assert anna.reasons(NEWS) == ["withdrawn"]
    standing = find_standing(anna.resources.database, anna.principal)
    assert standing.decisions[NEWS].method == Method.PREFERENCE_CENTRE


def test_a_yes_only_sends_a_confirmation_to_the_kept_address(own_service, browser, anna):
    form = browser.get(anna.centre_path).forms["topics"]
    form[f"p.{CARE}"] = "yes"
    done = form.submit("act", value="save")
    assert note(done) == [TEXT("centre.done_awaiting"), title(anna, CARE)]
    assert anna.reasons(NEWS, CARE) == ["granted", "never_asked"]
    [request] = requests(own_service)
    assert (request.purposes, request.source, request.principal) == ((CARE,), "preference_centre", anna.principal)
    assert jobs(own_service) == ["request"]


def test_the_request_keeps_the_wording_that_was_seen_and_not_whose_page_it_was(own_service, browser, anna):
    browser.post(anna.centre_path, answers(**{CARE: "yes"}))
    [request] = requests(own_service)
    notice = find_notice(own_service.resources, "demo", request.notice)
    assert (notice.surface, notice.language) == ("centre", "en")
    assert title(anna, CARE).encode() in notice.document
    for secret in (anna.centre_path.encode(), b"home.example"):
        assert secret not in notice.document


def test_a_yes_with_no_address_kept_is_told_and_nothing_is_sent(own_service, browser):
    ben = Reader(own_service, "ben@home.example").say_yes(NEWS)
    done = browser.post(ben.centre_path, answers(**{CARE: "yes"}))
    assert TEXT("centre.done_unsent") in note(done)
    assert not requests(own_service)


def test_a_phone_number_gets_its_confirmation_only_through_the_shop(own_service, browser):
    phone = Reader(own_service, "+447400123456").keep_address()
    browser.post(phone.centre_path, answers(**{SMS: "yes"}))
    assert not requests(own_service)
    messages = replace(own_service.demo.messages, confirm_by=ConfirmBy.WEBHOOK)
    own_service.start(replace(own_service.demo, messages=messages))
    browser.post(phone.centre_path, answers(**{SMS: "yes"}))
    assert [request.kind for request in requests(own_service)] == ["phone"]


def test_to_save_what_is_shown_changes_nothing(own_service, browser, anna):
    form = browser.get(anna.centre_path).forms["topics"]
    before = everything(own_service)
    assert note(form.submit("act", value="save")) == [TEXT("centre.done_nothing")]
    assert everything(own_service) == before


def test_a_topic_that_the_form_did_not_show_is_never_changed(own_service, browser, anna):
    before = everything(own_service)
    browser.post(anna.centre_path, [("act", "save"), ("shown", CARE), (f"p.{NEWS}", "no"), (f"p.{OPENS}", "yes")])
    assert everything(own_service) == before


def test_a_private_topic_cannot_be_asked_for_by_a_made_up_form(own_service, browser, anna):
    before = everything(own_service)
    browser.post(anna.centre_path, answers(**{SECRET: "yes", "orders_email": "no", "nothing": "yes"}))
    assert everything(own_service) == before


def test_a_topic_that_waits_for_its_confirmation_is_on_the_side_of_yes(browser, anna):
    anna.act(method=Method.SUBSCRIBE_REQUEST, states={CARE: "pending"})
    page = browser.get(anna.centre_path)
    assert page.forms["topics"][f"p.{CARE}"].value == "yes"
    assert TEXT("centre.state.pending") in page.text


def test_a_yes_that_ran_out_is_told_and_not_renewed_by_saving(own_service, browser, anna):
    anna.act(
        method=Method.SUBSCRIBE_CONFIRM,
        states={CARE: "granted"},
        revives=True,
        lasts_until={CARE: own_service.clock.now + DAY},
    )
    own_service.clock.advance(2 * DAY)
    page = browser.get(anna.centre_path)
    assert TEXT("centre.state.ended") in page.text
    page.forms["topics"].submit("act", value="save")
    assert anna.reasons(CARE) != ["granted"]


def test_a_blocked_person_sees_so_and_can_raise_nothing(own_service, browser, anna):
    anna.act(block=Block.COMPLAINT)
    page = browser.get(anna.centre_path)
    assert TEXT("centre.state.blocked") in page.text
    assert not page.html.select("#topics input[type=radio]")
    browser.post(anna.centre_path, answers(**{CARE: "yes"}))
    assert not requests(own_service)


def test_an_erased_person_stays_off_and_nothing_is_collected_again(own_service, browser, anna):
    erase_subject(own_service.resources, anna.site, anna.principal, "key:x")
    before = everything(own_service)
    page = browser.get(anna.centre_path)
    page.forms[0].submit("act", value="stop_all")
    fields = [*answers(**{NEWS: "yes", CARE: "no"}), ("pause_until", "2026-02-01")]
    browser.post(anna.centre_path, fields, status=200)
    assert everything(own_service) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_centre_speaks_the_readers_language(own_service, anna, language):
    t = Catalogue().translator(language, {})
    browser = own_service.browser(**{"Accept-Language": language})
    done = browser.get(anna.centre_path).forms[0].submit("act", value="stop_all")
    assert done.html.h1.get_text() == t("centre.title")
    assert note(done)[0] == t("centre.done_stopped_all")
