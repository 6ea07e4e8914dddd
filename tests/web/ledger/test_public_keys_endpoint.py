"""What anybody may know: the public keys, how to read a cookie, and how the opt-out signal is treated."""

from datetime import date

import pytest

from consent_service.domain.visitor.visitor_cookie import parse_visitor_cookie
from consent_service.keys.key_ring import create_key
from consent_service.keys.record_verification import verify_record
from consent_service.keys.verification import read_jwks, verify
from consent_service.services.ledger.signing_records import encode_canonical_json
from tests.web.raw import raw_request
from tests.web.service import SILVERLARK


def keys(browser):
    return browser.get("/consent/keys.json").json


def test_a_cookie_and_a_record_verify_with_the_published_keys_alone(service, browser):
    browser.press("save", "analytics")
    published = read_jwks(keys(browser))
    cookie = parse_visitor_cookie(browser.cookie)
    assert verify(published[cookie.kid], browser.cookie.encode())
    [record] = service.records(browser)
    signed = browser.get(f"/consent/receipts/{record.id}.json").json["signedRecord"]
    assert verify_record(published, signed) == encode_canonical_json(record)


def test_no_private_part_is_published(service, browser):
    _, seed = service.resources.keys.current
    answer = browser.get("/consent/keys.json")
    assert all(set(key) == {"alg", "crv", "kid", "kty", "use", "x"} for key in answer.json["keys"])
    assert seed.hex() not in answer.text


@pytest.mark.parametrize(
    ("origin", "site", "validity", "days"),
    [("http://localhost:8000", "demo", "6 months", 181), (SILVERLARK, "silverlark", "12 months", 365)],
)
def test_it_says_how_to_read_the_cookie_of_each_shop(service, origin, site, validity, days):
    told = keys(service.browser(origin))["consent"]
    asked = service.sites[site].cookie_purposes
    assert told == {
        "site": site,
        "validity": validity,
        "valid_days": days,
        "letters": {purpose.key: purpose.letter for purpose in asked},
    }


def test_after_a_rotation_the_new_key_signs_and_what_the_old_one_signed_still_counts(own_service):
    browser = own_service.browser()
    browser.press("save", "analytics")
    old = browser.cookie
    create_key(own_service.settings.keys, own_service.clock())
    assert own_service.reasons(browser)["analytics"] == "granted"
    assert browser.asked() == []
    browser.settle("reject")
    kids = [parse_visitor_cookie(text).kid for text in (old, browser.cookie)]
    assert kids == [key["kid"] for key in keys(browser)["keys"]]
    assert [record.seq for record in own_service.records(browser)] == [1, 2]


def test_the_signal_is_stated_as_the_specification_asks(browser):
    answer = browser.get("/.well-known/gpc.json")
    assert answer.content_type == "application/json"
    assert answer.json["gpc"] is True
    assert date.fromisoformat(answer.json["lastUpdate"])


@pytest.mark.parametrize("path", ["/consent/keys.json", "/.well-known/gpc.json"])
def test_a_host_nobody_serves_has_no_statements(service, path):
    answer = raw_request(service, path, host="shop.example")
    assert (answer.status, answer.all("Content-Type")) == (400, ["text/plain; charset=utf-8"])
