"""The newsletter form: a fragment and a page for everybody alike, and one answer for every address."""

from dataclasses import replace

import pytest

from consent_service.domain.site.purpose import Basis, Kind
from tests.web.newsletter import (
    ANNA,
    FORM,
    FRAGMENT,
    OFFERS,
    Newsletter,
    digest_of,
    everything,
    fields_of,
    fill_in,
    leave_out_address,
    post,
)
from tests.web.raw import raw_request
from tests.web.service import TEXT


@pytest.fixture
def newsletter(own_service) -> Newsletter:
    return Newsletter(own_service)


def errors(answer) -> dict[str, str]:
    return {link["href"]: link.text for link in answer.html.select("[role=alert] a")}


def test_the_fragment_is_the_same_bytes_for_everybody_without_cookie_or_token(service):
    plain = raw_request(service, FRAGMENT)
    visitor = service.browser()
    visitor.press("accept")
    cookie = ("Cookie", f"consent={visitor.cookie}")
    for headers in ([cookie], [("Sec-GPC", "1")], [("Referer", "http://localhost:8000/x")], [("If-None-Match", "*")]):
        answer = raw_request(service, FRAGMENT, headers=headers)
        assert (answer.status, answer.body) == (200, plain.body)
        assert answer.all("Set-Cookie") == []
    assert plain.all("Vary") == ["Accept-Language"]


def test_the_fragment_differs_by_language_alone(service):
    bodies = {code: raw_request(service, FRAGMENT, query=f"lang={code}").body for code in service.demo.languages}
    assert len(set(bodies.values())) == 6
    for code in service.demo.languages:
        service.browser().get(FRAGMENT, {"lang": code})
        service.browser().get(FORM, {"lang": code})


def test_a_shop_without_newsletter_has_an_empty_fragment_and_no_page(own_service):
    kept = tuple(p for p in own_service.demo.purposes if p.kind is Kind.COOKIES or p.basis is not Basis.CONSENT)
    own_service.start(replace(own_service.demo, purposes=kept))
    assert raw_request(own_service, FRAGMENT).status == 204
    assert raw_request(own_service, FORM).status == 404
    assert raw_request(own_service, FRAGMENT, host="shop.example").status == 204


def test_private_topics_soft_opt_in_and_measuring_are_not_on_the_form(service):
    boxes = [box["value"] for box in service.browser().get(FORM).html.select("input[name=p]")]
    assert boxes == ["offers_email", "care_email"]
    assert not service.browser().get(FORM).html.select("input[checked]")


def test_the_page_is_private_and_sets_no_cookie(service):
    for answer in (service.browser().get(FORM), post(service)):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers.getall("Referrer-Policy") == ["no-referrer"]
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"email": ""}, "#email", "errors.address.empty"),
        ({"email": None}, "#email", "errors.address.empty"),
        ({"email": "anna"}, "#email", "errors.address.email_malformed"),
        ({"email": "anna@shop\u200bper.example"}, "#email", "errors.address.invisible_character"),
        ({"email": "a" * 300 + "@shopper.example"}, "#email", "errors.address.too_long"),
        ({"p": None}, "#topics", "errors.subscribe.no_topic"),
        ({"p": "collectors_email"}, "#topics", "errors.subscribe.unknown_topic"),
        ({"p": "analytics"}, "#topics", "errors.subscribe.unknown_topic"),
        ({"age": None}, "#age", "errors.subscribe.age_missing"),
        ({"age": "maybe"}, "#age", "errors.subscribe.age_missing"),
        ({"age": ["yes", "no"]}, "#subscribe", "errors.subscribe.contradictory"),
        ({"p": [OFFERS] * 101}, "#subscribe", "errors.subscribe.too_many_fields"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_stored(own_service, changes, field, text):
    fields = [
        (n, v) for n, vs in fields_of(own_service, **changes).items() for v in (vs if isinstance(vs, list) else [vs])
    ]
    before = everything(own_service)
    answer = own_service.browser().post(FORM, fields, expect_errors=True)
    assert answer.status_int == 400
    assert errors(answer)[field] == TEXT(text, age=16)
    assert everything(own_service) == before


def test_a_form_with_errors_keeps_what_was_entered(service):
    answer = fill_in(service.browser(), "anna@", "care_email", age="yes")
    form = answer.forms["subscribe"]
    assert form["email"].value == "anna@"
    assert [box._value for box in form.fields["p"] if box.checked] == ["care_email"]
    assert form["age"].checked


def test_everything_that_is_wrong_is_said_at_once(service):
    answer = post(service, email="", p=None, age=None)
    assert list(errors(answer)) == ["#topics", "#email", "#age"]


def test_a_form_with_one_topic_asks_without_boxes(own_service):
    kept = tuple(p for p in own_service.demo.purposes if p.key != "care_email")
    own_service.start(replace(own_service.demo, purposes=kept))
    answer = own_service.browser().get(FORM)
    assert [box["type"] for box in answer.html.select("input[name=p]")] == ["hidden"]
    refused = post(own_service, p=None)
    assert list(errors(refused)) == ["#subscribe"]


@pytest.mark.parametrize("digest", ["", "0" * 64, "x"])
def test_a_form_whose_text_nobody_knows_gets_the_present_one(own_service, digest):
    before = everything(own_service)
    answer = post(own_service, notice=digest)
    assert answer.status_int == 409
    assert errors(answer) == {"#subscribe": TEXT("errors.notice.changed")}
    assert everything(own_service) == before


def test_the_notice_of_the_banner_is_none_of_this_form(service):
    assert post(service, notice=service.browser().digest()).status_int == 409


def test_a_form_opened_before_the_text_changed_counts_with_its_own_text(newsletter):
    service = newsletter.service
    old = digest_of(service)
    changed = replace(service.demo, name={**service.demo.name, "en": "Willow and Wren"})
    service.start(changed)
    assert digest_of(service) != old
    assert post(service, notice=old).status_int == 200
    assert service.resources.database.rows("SELECT notice FROM subscription_request") == [(old,)]


@pytest.mark.parametrize(
    ("site", "headers"),
    [("cross-site", {}), ("same-site", {"Origin": "http://evil.example"}), ("", {"Origin": "http://evil.example"})],
)
def test_a_form_on_a_foreign_page_is_restated_on_ours_with_one_button(own_service, site, headers):
    before = everything(own_service)
    browser = own_service.browser(**{"Sec-Fetch-Site": site, **headers})
    answer = browser.post(FORM, fields_of(own_service), expect_errors=True)
    assert answer.status_int == 403
    assert everything(own_service) == before
    assert len(answer.html.select("form[method=post] button")) == 1
    again = answer.forms["subscribe"]
    assert (again["email"].value, again["age"].checked) == (ANNA, True)
    assert own_service.browser().post(FORM, again.submit_fields()).follow().status_int == 200


def test_a_browser_that_says_nothing_of_its_origin_may_ask_because_a_request_grants_nothing(own_service):
    assert post(own_service, site="").status_int == 200


def test_a_topic_left_unticked_is_no_answer_and_stays_as_it_was(newsletter):
    newsletter.confirm(newsletter.subscribe(ANNA, OFFERS))
    newsletter.confirm(newsletter.subscribe(ANNA, "care_email"))
    assert newsletter.reason(purpose=OFFERS) == newsletter.reason(purpose="care_email") == "granted"


def test_a_filled_in_trap_gets_the_usual_answer_and_stores_nothing(own_service):
    usual = leave_out_address(post(own_service).text, ANNA)
    before = everything(own_service)
    trapped = post(own_service, website="http://spam.example")
    assert (trapped.status_int, leave_out_address(trapped.text, ANNA)) == (200, usual)
    assert everything(own_service) == before


def test_a_network_that_asks_too_often_gets_the_usual_answer_and_stores_nothing(own_service):
    service = own_service
    browser = service.browser()
    browser.extra_environ["REMOTE_ADDR"] = "8.8.8.8"
    texts = set()
    for email in [f"p{n}@shopper.example" for n in range(31)]:
        answer = browser.post(FORM, fields_of(service, email=email)).follow()
        texts.add(leave_out_address(answer.text, email))
    assert len(texts) == 1
    assert service.resources.database.rows("SELECT count(*) FROM subscription_request") == [(30,)]
    browser.extra_environ["REMOTE_ADDR"] = "8.8.9.8"
    browser.post(FORM, fields_of(service))
    assert service.resources.database.rows("SELECT count(*) FROM subscription_request") == [(31,)]


def test_no_network_address_is_kept(own_service):
    browser = own_service.browser()
    browser.extra_environ["REMOTE_ADDR"] = "8.8.8.8"
    browser.post(FORM, fields_of(own_service))
    assert own_service.resources.database.rows("SELECT count(*) FROM attempt") == [(2,)]
    assert "8.8.8" not in repr(everything(own_service))
