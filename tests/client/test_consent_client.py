"""The consent client: what the service says counts, and without it only what is signed."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from consent_service.client import consent_client
from consent_service.client.client_answer import GRANTED, NOT_GRANTED, UNAVAILABLE, ClientAnswer, Source
from consent_service.client.consent_client import MAX_PURPOSES_ASKED, ConsentClient
from consent_service.domain.identifier import write_visitor_id
from consent_service.web.api.decision_answer import MAX_PURPOSES
from tests.client.stub_service import (
    API_KEY,
    NOW,
    allowing,
    cookie_header,
    cookie_text,
    hanging,
    hanging_up,
    sending,
)

PURPOSES = ["analytics", "marketing"]
NOTHING = dict.fromkeys(PURPOSES, UNAVAILABLE)
FROM_SERVICE = ClientAnswer(True, "granted", Source.SERVICE)
LONG_ENOUGH_FOR_MANY = 1.0
"""Seconds in which a busy machine answers some of the many who ask at once."""


def test_the_answer_of_the_service_counts(client, service):
    service.answer = allowing("analytics")
    answers = client.check(cookie_header("am"), PURPOSES)
    assert answers == {
        "analytics": FROM_SERVICE,
        "marketing": ClientAnswer(False, "withdrawn", Source.SERVICE),
    }


def test_the_service_is_asked_with_key_cookie_purposes_signal_and_the_shops_host(client, service):
    client.check(cookie_header(), ["analytics", "late_news", "analytics"], signal=True)
    question = parse_qs(urlsplit(service.requests[0]).query)
    assert question == {"cookie": [cookie_text()], "purpose": ["analytics", "late_news"], "signal": ["gpc"]}
    assert service.headers[0]["Authorization"] == f"Bearer {API_KEY}"
    assert service.headers[0]["Host"] == "shop.example"


@pytest.mark.parametrize("header", [None, "", "basket=1", "consent=<b>&visitor=x", "consent=é\x00"])
def test_an_unreadable_cookie_never_reaches_the_service(client, service, header):
    service.answer = allowing("analytics")
    assert not client.check(header, ["analytics"])["analytics"].allowed
    assert parse_qs(urlsplit(service.requests[0]).query, keep_blank_values=True)["cookie"] == [""]


def test_a_purpose_without_consent_is_allowed_to_a_visitor_who_never_chose(client, service):
    decision = {"basket": {"allowed": True, "reason": "not_consent_based"}}
    service.answer = sending(200, json.dumps({"visitor": None, "decisions": decision}).encode())
    assert client.check(None, ["basket"])["basket"].allowed


def test_connections_are_kept_and_replaced_when_the_service_closed_them(client, service):
    service.answer = allowing("analytics")
    for _ in range(3):
        assert client.check(cookie_header(), ["analytics"])["analytics"] == FROM_SERVICE
    service.answer = hanging_up(allowing("analytics"))
    for _ in range(4):
        assert client.check(cookie_header(), ["analytics"])["analytics"] == FROM_SERVICE


def test_a_service_that_is_gone_leaves_the_cookie(make_client, service):
    service.keys = hanging_up(service.keys)
    client = make_client()
    service.shutdown()
    service.server_close()
    assert client.check(cookie_header("a"), PURPOSES) == {"analytics": GRANTED, "marketing": NOT_GRANTED}
    assert client.check(None, PURPOSES) == NOTHING


def test_a_closed_client_has_only_the_cookie_left(client, service):
    client.close()
    assert client.check(cookie_header("a"), ["analytics"]) == {"analytics": GRANTED}
    assert service.requests == []


def test_without_keys_a_cookie_proves_nothing(service, wall):
    service.answer = service.keys = sending(500, b"")
    client = ConsentClient(service.address, API_KEY, secure=False, clock=wall)
    assert client.check(cookie_header("am"), PURPOSES) == NOTHING
    client.close()


@pytest.mark.threat("T5")
@pytest.mark.parametrize("issued", [NOW - 180 * 86_400, NOW + 301, 999_999_999])
def test_a_cookie_out_of_its_validity_proves_nothing(client, service, issued):
    service.answer = sending(500, b"")
    assert client.check(cookie_header("am", issued=issued), PURPOSES) == NOTHING


def test_under_the_signal_the_cookie_proves_nothing(client, service):
    service.answer = sending(500, b"")
    assert client.check(cookie_header("am"), PURPOSES, signal=True) == NOTHING


def test_no_purposes_get_no_answers(client):
    assert client.check(cookie_header("am"), []) == {}


@pytest.mark.parametrize("purpose", ["", "\ud800", "x" * 9000, "a\r\nX: y", "Analytics", "a&b=c d", "1st"])
def test_what_cannot_be_the_key_of_a_purpose_is_a_mistake_of_the_caller(client, service, purpose):
    with pytest.raises(ValueError, match="purposes by their keys"):
        client.check(cookie_header("am"), ["analytics", purpose])
    assert service.requests == []


def test_too_many_purposes_are_a_mistake_of_the_caller_and_no_failure_of_the_service(client, service):
    service.answer = allowing("analytics")
    for _ in range(10):
        with pytest.raises(ValueError, match="at most 50 purposes"):
            client.check(cookie_header("am"), [f"purpose_{number}" for number in range(51)])
    most = ["analytics", *(f"purpose_{number}" for number in range(49))]
    assert client.check(cookie_header("am"), most)["analytics"] == FROM_SERVICE
    assert MAX_PURPOSES_ASKED == MAX_PURPOSES


def test_answers_under_way_at_the_same_time_never_get_mixed_up(make_client, service, timer, monkeypatch):
    monkeypatch.setattr(consent_client, "MAX_TIMEOUT", LONG_ENOUGH_FOR_MANY)
    client = make_client(timeout=LONG_ENOUGH_FOR_MANY)

    def by_visitor(conversation):
        visitor = conversation.question["cookie"][0].split(".")[2]
        if visitor[1] == "B":
            hanging(conversation)
        allowing(*(["analytics"] if visitor[0] in "ACE" else []), visitor=visitor)(conversation)

    service.answer = by_visitor
    visitors = [write_visitor_id(bytes([i % 6 * 4, i % 7 * 16, *[i] * 14])) for i in range(120)]

    def check(visitor):
        timer.now += 31
        header = cookie_header("-", visitor=visitor)
        return visitor, client.check(header, ["analytics"])["analytics"]

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(check, visitors))
    assert not [v for v, answer in answers if answer.allowed and (v[0] not in "ACE" or v[1] == "B")]
    assert [v for v, answer in answers if answer.allowed]


def test_a_forked_child_asks_on_connections_of_its_own(service):
    service.answer = allowing("analytics")
    program = f"""
import os
from consent_service.client import consent_client
consent_client.MAX_TIMEOUT = 30
client = consent_client.ConsentClient({service.address!r}, {API_KEY!r}, secure=False, timeout=30)
def source():
    return client.check({cookie_header()!r}, ["analytics"])["analytics"].source
assert source() == "service"
child = os.fork()
if not child:
    os._exit(0 if source() == "service" else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert source() == "service"
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("address", "key", "timeout"),
    [
        ("shop.example", API_KEY, 0.05),
        ("ftp://shop.example", API_KEY, 0.05),
        ("http://", API_KEY, 0.05),
        ("http://127.0.0.1:99999", API_KEY, 0.05),
        ("http://127.0.0.1", "secret", 0.05),
        ("http://127.0.0.1", API_KEY[:-1] + "T", 0.05),
        ("http://127.0.0.1", API_KEY, 0.06),
        ("http://127.0.0.1", API_KEY, 0),
    ],
)
def test_an_address_key_or_time_out_that_cannot_be_one_is_refused_at_once(address, key, timeout):
    with pytest.raises(ValueError, match=r"\w"):
        ConsentClient(address, key, timeout=timeout)
