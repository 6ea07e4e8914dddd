"""The public keys: fetched now and then, kept when fetching fails, and never asked for too often."""

import json

import pytest

from consent_service.client.service_keys import PublicKeys, read_key_set
from consent_service.client.service_lines import ServiceLines
from tests.client.stub_service import (
    KID,
    OTHER_SEED,
    SEED,
    allowing,
    cookie_header,
    hanging,
    key_document,
    raw,
    sending,
)


@pytest.fixture
def keys(service, timer):
    lines = ServiceLines(service.address)
    yield PublicKeys(lines, timer)
    lines.close()


def serve(service, *seeds):
    service.keys = sending(200, json.dumps(key_document(*seeds)).encode())


def wait_for_background(service, fetches):
    """Wait until the background refresh was answered; the test's time limit ends a wait in vain."""
    while service.key_fetches < fetches:
        service.released.wait(0.01)


def test_a_key_set_says_how_to_read_cookies(keys):
    assert keys.refresh()
    assert keys.knows(KID)
    assert keys.current.valid_days == 180
    assert keys.current.purposes == {"a": "analytics", "m": "marketing", "p": "preferences"}


@pytest.mark.parametrize(
    "answer",
    [
        sending(500, json.dumps(key_document(OTHER_SEED)).encode()),
        sending(200, b"{"),
        sending(200, b"[" * 50_000),
        sending(200, json.dumps(key_document(OTHER_SEED)).encode() + b" " * 70_000),
        raw(b""),
    ],
)
def test_the_old_keys_are_kept_when_fetching_fails(keys, service, answer):
    assert keys.refresh()
    service.keys = answer
    assert not keys.refresh()
    assert keys.knows(KID)


def test_a_key_that_the_service_gave_up_is_given_up(keys, service):
    assert keys.refresh()
    serve(service, OTHER_SEED)
    assert keys.refresh()
    assert not keys.knows(KID)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": key_document()["keys"]},
        {"keys": [], "consent": key_document()["consent"]},
        key_document(valid_days=0),
        key_document(valid_days=True),
        key_document(valid_days="180"),
        key_document(valid_days=801),
        key_document(validity=6),
        key_document(validity=""),
        key_document(validity="session"),
        key_document(validity="99999 years"),
        key_document(letters=[]),
        key_document(letters={"analytics": "a", "marketing": "a"}),
        key_document(letters={"analytics": "A"}),
        key_document(letters={"analytics": ""}),
        key_document(letters={"analytics": "ab"}),
        key_document(letters={"analytics": ["a"]}),
    ],
)
def test_a_document_that_lacks_anything_is_refused_whole(document):
    with pytest.raises(ValueError, match=r"\w"):
        read_key_set(document)


def test_keys_are_fetched_again_after_five_minutes_and_not_before(client, service, timer):
    service.answer = allowing()
    timer.now += 299
    client.check(cookie_header(), ["analytics"])
    timer.now += 1
    client.check(cookie_header(), ["analytics"])
    wait_for_background(service, 2)
    client.check(cookie_header(), ["analytics"])
    assert service.key_fetches == 2


def test_an_unknown_key_starts_one_fetch_however_many_visitors_name_one(client, service, timer):
    service.answer = allowing()
    serve(service, SEED, OTHER_SEED)
    for _ in range(20):
        client.check(cookie_header(seed=bytes([9] * 32)), ["analytics"])
    wait_for_background(service, 2)
    timer.now += 29
    client.check(cookie_header(seed=bytes([9] * 32)), ["analytics"])
    assert service.key_fetches == 2
    timer.now += 1
    client.check(cookie_header(seed=bytes([9] * 32)), ["analytics"])
    wait_for_background(service, 3)


def test_a_check_does_not_wait_for_keys_that_do_not_come(client, service, timer):
    service.answer = allowing("analytics")
    service.keys = hanging
    timer.now += 300
    assert client.check(cookie_header(), ["analytics"])["analytics"].allowed
    assert not service.released.is_set()


def test_a_choice_ends_by_the_calendar_where_the_service_tells_months_and_by_days_where_it_tells_days():
    begin = 1_788_134_400  # 31 August 2026
    months = read_key_set(key_document(valid_days=181, validity="6 months"))
    assert months.find_choice_end(begin) == begin + 181 * 86_400
    assert months.find_choice_end(begin + 86_400) == begin + (1 + 181) * 86_400
    assert months.find_choice_end(begin - 183 * 86_400) == begin + 86_400
    assert read_key_set(key_document()).find_choice_end(begin) == begin + 180 * 86_400
