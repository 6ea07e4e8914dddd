"""Card data: refused wherever it could be kept, not shown again and not logged, and in nobody's way otherwise."""

import logging

import pytest

from consent_service.domain.api_key import Scope
from tests.web.newsletter import FORM, OFFERS, fields_of, post
from tests.web.people import EMAIL, People

CARD = "4111111111111111"
SPACED = "4111 1111 1111 1111"
WORDING = {"text": "Yes, send me offers by e-mail.", "language": "en"}
YES = {"email": EMAIL, "purposes": [OFFERS], "wording": WORDING, "source": "checkout", "evidence": {"order": "A-1"}}
NO = {"email": EMAIL, "all": True}


@pytest.fixture
def people(own_service):
    return People(own_service)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/subscriptions", {"evidence": {"order": CARD}}),
        ("/v1/subscriptions", {"evidence": {"slip": "4111/1111/1111/1111"}}),
        ("/v1/subscriptions", {"evidence": {"phone": CARD}}),
        ("/v1/subscriptions", {"evidence": {"card_number": "A-1"}}),
        ("/v1/subscriptions", {"evidence": {"order": "A-1", "cvv": "123"}}),
        ("/v1/subscriptions", {"ref": SPACED}),
        ("/v1/subscriptions", {"source": f"till/{CARD}"}),
        ("/v1/subscriptions", {"wording": {"text": f"Yes. Paid with {SPACED}.", "language": "en"}}),
        ("/v1/subscriptions", {"card_number": CARD}),
        ("/v1/subscriptions", {"channel": CARD}),
        ("/v1/withdrawals", {"evidence": {"note": CARD}}),
        ("/v1/withdrawals", {"source": CARD}),
        ("/v1/withdrawals", {"cvc": "123"}),
        ("/v1/suppressions", {"suppressions": [{"email": EMAIL, "reason": "manual", "source": CARD}]}),
    ],
)
def test_card_data_is_refused_neither_echoed_nor_logged_and_leaves_nothing(people, caplog, path, body):
    whole = {"/v1/subscriptions": YES, "/v1/withdrawals": NO, "/v1/suppressions": {}}[path]
    before = people.service.stored()
    with caplog.at_level(logging.DEBUG):
        answer = people.call(path, {**whole, **body})
    assert (answer.status_int, answer.json["code"]) == (422, "payment_data")
    assert "1111" not in answer.text + caplog.text
    assert people.service.stored() == before


def test_card_data_is_refused_where_a_block_is_lifted(people):
    body = {"email": EMAIL, "reason": "manual", "evidence": {"note": CARD}}
    key = people.service.key(scopes=[Scope.ADMIN])
    answer = people.call("/v1/suppressions", body, method="DELETE", key=key)
    assert (answer.status_int, answer.json["code"]) == (422, "payment_data")


def test_telephone_numbers_and_order_numbers_are_no_card_numbers(people):
    body = {"phone": "+4915112345678", "all": True, "source": "hotline", "evidence": {"ticket": "1700000000000"}}
    assert people.call("/v1/withdrawals", body).status_int == 200


def test_a_stop_beside_a_card_number_still_stops_since_the_text_is_kept_nowhere(people):
    body = {"phone": "+447400123456", "text": f"STOP {CARD}"}
    assert people.call("/v1/inbound/sms", body).status_int == 202


@pytest.mark.parametrize("fields", [{"email": CARD}, {"email": SPACED}, {"note": SPACED}, {"card_number": "1"}])
def test_the_newsletter_form_takes_no_card_data_and_shows_none_again(own_service, fields):
    before = own_service.stored()
    answer = post(own_service, **fields)
    assert answer.status_int == 400
    assert "1111" not in answer.text
    assert "Card numbers do not belong here" in answer.text
    assert own_service.stored() == before


def test_the_form_that_has_a_link_mailed_shows_no_card_number_again(own_service):
    answer = own_service.browser().post("/consent/p/request", {"email": SPACED}, expect_errors=True)
    assert answer.status_int == 400
    assert "1111" not in answer.text


def test_a_changed_form_shows_no_card_number_again(own_service):
    fields = fields_of(own_service, notice="0" * 64, email=CARD)
    answer = own_service.browser(**{"Sec-Fetch-Site": "same-origin"}).post(FORM, fields, expect_errors=True)
    assert answer.status_int == 409
    assert "1111" not in answer.text
