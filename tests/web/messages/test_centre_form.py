"""The form of the preference centre: a pause has its day, nonsense changes nothing, and a link is mailed to anybody."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from consent_service.domain.basics.moment import read_time
from consent_service.domain.subject.standing import Block
from tests.cast import SECOND
from tests.web.newsletter import ANNA, OFFERS, Newsletter, everything, leave_out_address
from tests.web.reader import Reader, answers, jobs, note
from tests.web.service import TEXT

NEWS, OPENS = "offers_email", "opens_email"


@pytest.fixture
def anna(own_service):
    return Reader(own_service, "anna@home.example").say_yes(NEWS).keep_address()


@pytest.fixture
def browser(own_service):
    return own_service.browser()


def test_a_pause_lasts_through_its_day_and_ends_by_itself_or_on_demand(own_service, browser, anna):
    form = browser.get(anna.centre_path).forms["topics"]
    form["pause_until"] = "2026-01-10"
    done = form.submit("act", value="save")
    assert note(done) == [TEXT("centre.paused", date="10 January 2026")]
    assert anna.reasons(NEWS) == ["paused"]
    own_service.clock.now = read_time("2026-01-10T23:59:59Z")
    assert anna.reasons(NEWS) == ["paused"]
    own_service.clock.now = read_time("2026-01-11T00:00:00Z")
    assert anna.reasons(NEWS) == ["granted"]
    own_service.clock.now = read_time("2026-01-05T00:00:00Z")
    form = browser.get(anna.centre_path).forms["topics"]
    assert form["pause_until"].value == "2026-01-10"
    form["pause_end"] = True
    assert note(form.submit("act", value="save")) == [TEXT("centre.done_pause_ended")]
    assert anna.reasons(NEWS) == ["granted"]


@pytest.mark.parametrize(
    ("entered", "fault"),
    [
        ("yesterday", "pause_malformed"),
        ("2026-02-30", "pause_malformed"),
        ("2026-01-01", "pause_past"),
        ("1999-01-01", "pause_past"),
        ("2027-01-02", "pause_too_far"),
        ("9999-12-31", "pause_too_far"),
    ],
)
def test_a_day_that_cannot_be_is_told_and_nothing_is_changed(own_service, browser, anna, entered, fault):
    before = everything(own_service)
    fields = [*answers(**{NEWS: "no"}), ("pause_until", entered)]
    page = browser.post(anna.centre_path, fields, status=400)
    assert page.html.select("#e-pause")[0].get_text() == TEXT(f"errors.centre.{fault}")
    assert page.forms["topics"][f"p.{NEWS}"].value == "no"
    assert everything(own_service) == before


def test_the_longest_pause_is_a_year(browser, anna):
    browser.post(anna.centre_path, [("act", "save"), ("pause_until", "2027-01-01")], status=200)
    assert anna.reasons(NEWS) == ["paused"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ([], "choice.missing"),
        ([("act", "dance")], "choice.unknown"),
        ([("act", "save"), ("shown", NEWS), (f"p.{NEWS}", "no"), (f"p.{NEWS}", "yes")], "choice.both_answers"),
        ([("act", "save"), ("shown", NEWS), (f"p.{NEWS}", "maybe")], "choice.unknown_answer"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again_and_changes_nothing(own_service, browser, anna, fields, code):
    before = everything(own_service)
    page = browser.post(anna.centre_path, fields, status=400)
    assert TEXT(f"errors.{code}") in page.html.select("[role=alert]")[0].get_text()
    assert everything(own_service) == before


def test_to_stop_everything_counts_whatever_else_was_sent(browser, anna):
    browser.post(anna.centre_path, [("act", "save"), ("act", "stop_all"), ("pause_until", "x")], status=200)
    assert anna.reasons(NEWS) == ["withdrawn"]


@pytest.mark.threat("T20")
def test_a_link_is_mailed_with_the_same_answer_for_every_address(own_service, browser, anna):
    Reader(own_service, "bounced@home.example").act(block=Block.BOUNCE)
    texts = set()
    for email in ("anna@home.example", "nobody@home.example", "bounced@home.example"):
        form = browser.get("/consent/p/request").forms["request"]
        form["email"] = email
        texts.add(leave_out_address(form.submit(status=303).follow().text, email))
    assert len(texts) == 1
    assert jobs(own_service) == ["preference_link"] * 3


def test_a_network_that_asks_for_too_many_links_gets_the_usual_answer_and_no_mail(own_service, browser):
    browser.extra_environ["REMOTE_ADDR"] = "8.8.8.8"
    texts = set()
    for email in [f"p{n}@home.example" for n in range(31)]:
        answer = browser.post("/consent/p/request", {"email": email}, status=303)
        texts.add(leave_out_address(answer.follow().text, email))
    assert len(texts) == 1
    assert len(jobs(own_service)) == 30


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_cannot_have_a_link_mailed(own_service, site):
    foreign = own_service.browser(**{"Sec-Fetch-Site": site})
    answer = foreign.post("/consent/p/request", {"email": "anna@home.example"}, status=403)
    assert answer.forms["request"]["email"].value == "anna@home.example"
    assert TEXT("confirm.foreign") in answer.html.main.get_text()
    assert not jobs(own_service)


def test_a_browser_that_says_nothing_may_ask_for_the_link(own_service):
    own_service.browser(**{"Sec-Fetch-Site": ""}).post("/consent/p/request", {"email": ANNA}, status=303)
    assert jobs(own_service) == ["preference_link"]


def test_what_is_no_address_is_told_and_a_filled_trap_gets_the_usual_answer(own_service, browser):
    form = browser.get("/consent/p/request").forms["request"]
    form["email"] = "anna"
    wrong = form.submit(status=400)
    assert wrong.html.select("#e-email")[0].get_text() == TEXT("errors.address.email_malformed")
    assert wrong.forms["request"]["email"].value == "anna"
    trapped = browser.post("/consent/p/request", {"email": "anna@home.example", "website": "x"}).follow()
    assert trapped.html.h1.get_text() == TEXT("sent.title")
    assert not jobs(own_service)


def test_a_shop_without_messages_has_no_page_for_the_link(own_service):
    own_service.start(replace(own_service.demo, messages=None))
    own_service.browser().get("/consent/p/request", status=404)


def test_from_the_mailed_link_over_a_new_yes_and_its_confirmation_to_one_click(own_service):
    newsletter = Newsletter(own_service)
    newsletter.confirm(newsletter.subscribe())
    newsletter.browser.post("/consent/p/request", {"email": ANNA})
    newsletter.work()
    centre = urlsplit(newsletter.letters[-1]["link"]).path
    newsletter.browser.post(centre, [*answers(care_email="yes"), ("email", "eve@elsewhere.example")])
    newsletter.work()
    assert newsletter.letters[-1]["to"] == ANNA
    assert newsletter.reason(purpose="care_email") == "pending"
    newsletter.confirm(urlsplit(newsletter.letters[-1]["link"]).path)
    assert newsletter.reason(purpose="care_email") == "granted"
    anna = Reader(own_service, ANNA)
    own_service.clock.advance(1)
    newsletter.browser.post(anna.unsubscribe_path("care_email"), {"List-Unsubscribe": "One-Click"})
    assert [newsletter.reason(purpose=key) for key in ("care_email", OFFERS)] == ["withdrawn", "granted"]


def test_a_link_is_not_mailed_to_a_stranger_or_to_an_address_that_must_not_be_written_to(own_service, anna):
    Reader(own_service, "bounced@home.example").say_yes(NEWS).act(block=Block.BOUNCE)
    newsletter = Newsletter(own_service)
    for email in ("nobody@home.example", "bounced@home.example", *["anna@home.example"] * 5):
        newsletter.browser.post("/consent/p/request", {"email": email})
        newsletter.work()
    assert [letter["to"] for letter in newsletter.letters] == ["anna@home.example"] * 3


@pytest.mark.parametrize("before", ["no", "stop_all"])
def test_a_no_on_the_page_ends_a_request_that_waits_behind_an_older_no(own_service, browser, anna, before):
    newsletter = Newsletter(own_service)
    own_service.clock.advance(SECOND)
    browser.post(anna.centre_path, [("act", "stop_all")] if before == "stop_all" else answers(**{NEWS: "no"}))
    own_service.clock.advance(SECOND)
    link = newsletter.subscribe("anna@home.example")
    form = browser.get(anna.centre_path).forms["topics"]
    assert form[f"p.{NEWS}"].value == "yes"
    own_service.clock.advance(SECOND)
    form[f"p.{NEWS}"] = "no"
    done = form.submit("act", value="save")
    assert note(done) == [TEXT("centre.done_stopped"), own_service.demo.purpose_by_key[NEWS].title["en"]]
    assert done.forms["topics"][f"p.{NEWS}"].value == "no"
    assert not newsletter.browser.get(link, expect_errors=True).forms
    assert anna.reasons(NEWS) == ["withdrawn"]


def test_a_request_that_waits_behind_an_older_no_outlives_a_saved_pause(own_service, browser, anna):
    newsletter = Newsletter(own_service)
    browser.post(anna.centre_path, answers(**{NEWS: "no"}))
    own_service.clock.advance(SECOND)
    link = newsletter.subscribe("anna@home.example")
    form = browser.get(anna.centre_path).forms["topics"]
    form["pause_until"] = "2026-01-10"
    form.submit("act", value="save")
    newsletter.confirm(link)
    assert anna.reasons(NEWS) == ["paused"]
