"""The link of the confirmation mail: looking changes nothing, one button confirms, once and for seven days."""

import json

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.keys.record_verification import verify_record
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.changes import list_changes_after
from consent_service.storage.records import stream_site_records
from tests.web.newsletter import ANNA, OFFERS, Newsletter, everything
from tests.web.raw import raw_request
from tests.web.service import TEXT


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


@pytest.fixture
def link(newsletter) -> str:
    return newsletter.subscribe()


def records(newsletter: Newsletter) -> list[dict]:
    keys = newsletter.service.resources.keys.public_keys
    stored = stream_site_records(newsletter.service.resources.database, "demo")
    return [json.loads(verify_record(keys, record.signed)) for record in stored if "/s/" in record.head.principal]


def test_the_page_has_exactly_one_button_and_says_that_one_step_is_left(newsletter, link):
    page = newsletter.browser.get(link)
    assert [button.text for button in page.html.select("main button")] == [TEXT("confirmation.button")]
    assert TEXT("confirmation.not_yet") in page.text
    assert ANNA not in page.text
    assert "a•••@shopper.example" in page.text
    assert newsletter.reason() == "pending"


def test_pressing_it_confirms_and_names_what_comes(newsletter, link):
    done = newsletter.confirm(link)
    assert done.status_int == 200
    assert TEXT("confirmation.done_title") in done.text
    assert newsletter.reason() == "granted"
    assert newsletter.reason(purpose="care_email") == "never_asked"


def test_pages_of_a_link_are_secret_and_set_no_cookie(newsletter, link):
    for answer in (newsletter.browser.get(link), newsletter.browser.get(f"{link}?not-me=1"), newsletter.confirm(link)):
        assert answer.headers.getall("Referrer-Policy") == ["no-referrer"]
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.threat("T22")
@pytest.mark.parametrize("query", ["", "not-me=1", "answer=confirm"])
def test_scanners_that_open_the_link_a_hundred_times_leave_every_table_as_it_was(newsletter, link, query):
    before = everything(newsletter.service)
    for _ in range(100):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = raw_request(
                newsletter.service, link, method=method, query=query, headers=[("Purpose", "prefetch")]
            )
            assert answer.status == 200
    assert everything(newsletter.service) == before


@pytest.mark.threat("T32")
def test_a_second_use_says_that_it_is_confirmed_already_and_changes_nothing(newsletter, link):
    newsletter.confirm(link)
    before = everything(newsletter.service)
    for answer in (
        newsletter.browser.get(link, expect_errors=True),
        newsletter.browser.post(link, {"answer": "confirm"}, expect_errors=True),
        newsletter.browser.post(link, {"answer": "not_me"}, expect_errors=True),
    ):
        assert answer.status_int == 409
        assert TEXT("confirmation.used_title") in answer.text
    assert everything(newsletter.service) == before


def test_a_link_is_good_for_seven_days_and_no_longer(newsletter, link):
    newsletter.service.clock.advance(7 * DAY - 10_000_000)
    assert newsletter.browser.get(link).status_int == 200
    newsletter.service.clock.advance(10_000_000)
    for answer in (
        newsletter.browser.get(link, expect_errors=True),
        newsletter.browser.post(link, {"answer": "confirm"}, expect_errors=True),
    ):
        assert answer.status_int == 410
        assert answer.html.select_one("main .links a")["href"].startswith("/consent/subscribe")
    assert newsletter.reason() != "granted"


@pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 31 + "=", "%00", "A" * 4000])
def test_links_that_lead_to_no_request_all_get_the_same_page(newsletter, token):
    pages = [
        newsletter.browser.get(f"/consent/c/{token}", expect_errors=True),
        newsletter.browser.post(f"/consent/c/{token}", {"answer": "confirm"}, expect_errors=True),
    ]
    assert [page.status_int for page in pages] == [404, 404]
    assert all(TEXT("confirmation.unknown_title") in page.text for page in pages)


def test_a_link_of_one_shop_leads_nowhere_at_another(newsletter, link):
    assert raw_request(newsletter.service, link, host="silverlark.example").status == 404


@pytest.mark.parametrize("fields", [{}, {"answer": "maybe"}, [("answer", "confirm"), ("answer", "not_me")]])
def test_a_post_that_presses_no_button_changes_nothing_and_asks_again(newsletter, link, fields):
    before = everything(newsletter.service)
    assert newsletter.browser.post(link, fields).forms
    assert everything(newsletter.service) == before


def test_a_link_confirms_what_was_asked_for_in_its_wording_whatever_else_is_posted(newsletter, link):
    fields = {"answer": "confirm", "p": "care_email", "email": "ben@shopper.example", "notice": "0" * 64}
    newsletter.browser.post(link, fields)
    assert [newsletter.reason(purpose=key) for key in (OFFERS, "care_email")] == ["granted", "never_asked"]
    confirmed, request = records(newsletter)
    assert (confirmed["notice"], confirmed["language"]) == (request["notice"], request["language"])


@pytest.mark.one_file
@pytest.mark.parametrize("table", ["record", "standing", "change", "subject"])
def test_a_confirmation_that_could_not_be_stored_leaves_the_link_open(newsletter, link, table):
    database, before = newsletter.service.resources.database, everything(newsletter.service)
    with database.write():
        database.change(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert newsletter.browser.post(link, {"answer": "confirm"}, expect_errors=True).status_int == 503
    assert everything(newsletter.service) == before
    with database.write():
        database.change("DROP TRIGGER full")
    newsletter.confirm(link)
    assert newsletter.reason() == "granted"


@pytest.mark.one_file
def test_the_token_is_only_kept_as_a_digest(newsletter, link):
    token = link.rpartition("/")[2].encode()
    database = newsletter.service.resources.database
    database.empty_log()
    assert token not in database.file.read_bytes()


def test_not_me_deletes_the_request_and_holds_off_the_form_for_thirty_days(newsletter, link):
    page = newsletter.browser.get(f"{link}?not-me=1")
    assert len(page.html.select("main button")) == 1
    done = page.form.submit("answer", value="not_me")
    assert TEXT("confirmation.deleted_title") in done.text
    assert "30 days" in done.text
    assert records(newsletter) == []
    assert newsletter.reason() == "never_asked"
    assert newsletter.browser.get(link, expect_errors=True).status_int == 404
    assert newsletter.subscribe() == ""
    newsletter.service.clock.advance(30 * DAY)
    do_housekeeping(newsletter.service.resources, [newsletter.site])
    assert newsletter.subscribe()


def test_request_and_confirmation_are_two_signed_records_of_the_wording(newsletter, link):
    newsletter.confirm(link)
    confirmed, request = records(newsletter)
    assert (request["method"], confirmed["method"]) == ("subscribe_request", "subscribe_confirm")
    assert (request["decisions"], confirmed["decisions"]) == ({OFFERS: "pending"}, {OFFERS: "granted"})
    assert confirmed["request"] == request["id"]
    assert confirmed["notice"] == request["notice"]
    notice = find_notice(newsletter.service.resources, "demo", request["notice"])
    assert (notice.surface, notice.language) == ("subscribe", "en")
    assert TEXT("subscribe.button") in json.loads(notice.document)["page"]
    assert {request["source"], confirmed["source"]} == {"form"}
    assert {request["actor"], confirmed["actor"]} == {"subject"}
    assert request["at"].endswith("Z")
    assert ANNA not in json.dumps([request, confirmed])


def test_a_complaint_since_the_request_is_not_lifted_by_confirming(newsletter, link):
    complaint = Act(method=Method.API, actor="key", at=newsletter.service.clock.now, block=Block.COMPLAINT)
    record_act(newsletter.service.resources, newsletter.site, newsletter.principal(), complaint)
    assert newsletter.browser.get(link).form.submit("answer", value="confirm", status=410)
    assert newsletter.reason() == "blocked_complaint"
    assert newsletter.service.resources.database.rows("SELECT count(*) FROM subject") == [(0,)]


def test_the_feed_is_silent_until_somebody_confirms(newsletter, link):
    database = newsletter.service.resources.database
    assert list_changes_after(database, "demo", 0, 10) == []
    newsletter.confirm(link)
    (change,) = list_changes_after(database, "demo", 0, 10)
    assert (change.before, change.after) == ("none", "granted")


@pytest.mark.one_file
def test_what_nobody_confirmed_is_purged_without_a_trace_in_the_file(newsletter, link):
    key = newsletter.principal().rpartition("/")[2]
    newsletter.service.clock.advance(7 * DAY)
    kept = do_housekeeping(newsletter.service.resources, [newsletter.site])
    assert kept.requests == 1
    database = newsletter.service.resources.database
    database.empty_log()
    content = database.file.read_bytes()
    assert [trace for trace in (ANNA, key, key[2:], link.rpartition("/")[2]) if trace.encode() in content] == []
    assert newsletter.reason() == "never_asked"
    assert newsletter.browser.get(link, expect_errors=True).status_int == 410
    newsletter.service.clock.advance(30 * DAY)
    do_housekeeping(newsletter.service.resources, [newsletter.site])
    assert database.rows("SELECT count(*) FROM subscription_request") == [(0,)]


def test_purging_leaves_what_was_confirmed(newsletter, link):
    newsletter.confirm(link)
    newsletter.service.clock.advance(1)
    newsletter.subscribe(ANNA, "care_email")
    newsletter.service.clock.advance(8 * DAY)
    do_housekeeping(newsletter.service.resources, [newsletter.site])
    assert newsletter.reason() == "granted"
    assert newsletter.reason(purpose="care_email") == "never_asked"
    assert len(records(newsletter)) == 2


def test_an_address_gets_three_confirmations_a_day_and_no_more(newsletter):
    assert [bool(newsletter.subscribe()) for _ in range(5)] == [True, True, True, False, False]
    newsletter.service.clock.advance(DAY)
    assert newsletter.subscribe()


def test_a_suppressed_address_gets_no_mail(newsletter):
    for block in (Block.COMPLAINT, Block.BOUNCE):
        address = f"{block}@shopper.example"
        act = Act(method=Method.API, actor="key", at=newsletter.service.clock.now, block=block)
        record_act(newsletter.service.resources, newsletter.site, newsletter.principal(address), act)
        assert newsletter.subscribe(address) == ""
    assert newsletter.letters == []


def test_who_has_it_already_is_told_so_with_the_way_to_their_settings(newsletter, link):
    newsletter.confirm(link)
    assert newsletter.subscribe() == ""
    assert newsletter.letters[-1]["template"] == "already"
    assert "/consent/p/" in newsletter.letters[-1]["link"]
    assert len(records(newsletter)) == 2
