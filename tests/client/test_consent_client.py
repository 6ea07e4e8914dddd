"""The consent client: what the service says counts, and without it only what is signed."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from consent_service.client.client_answer import GRANTED, NOT_GRANTED, UNAVAILABLE, ClientAnswer, Source
from consent_service.client.consent_client import ConsentClient
from consent_service.domain.identifier import visitor_id
from tests.client.stub_service import (
    API_KEY,
    NOW,
    OTHER_SEED,
    OTHER_VISITOR,
    VISITOR,
    allowing,
    cookie_header,
    cookie_text,
    decisions,
    dripping,
    hanging,
    hanging_up,
    raw,
    sending,
)

PURPOSES = ["analytics", "marketing"]
NOTHING = dict.fromkeys(PURPOSES, UNAVAILABLE)
BY_COOKIE = dict.fromkeys(PURPOSES, GRANTED)
FROM_SERVICE = ClientAnswer(True, "granted", Source.SERVICE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n"


def body(visitor=VISITOR, **changes):
    return json.dumps({"visitor": visitor, "decisions": decisions(PURPOSES, *PURPOSES)} | changes).encode()


def one(decision, visitor=VISITOR):
    return body(visitor, decisions={"analytics": decision, "marketing": {"allowed": True, "reason": "granted"}})


MISBEHAVIOURS = {
    "error": sending(500, body()),
    "refusal": sending(401, body()),
    "nothing": sending(204, b""),
    "redirect": raw(b"HTTP/1.1 303 See Other\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"),
    "no answer": raw(b""),
    "no HTTP": raw(b"220 mail.example ESMTP\r\n"),
    "half a head": raw(HEAD),
    "half a body": raw(HEAD + b"\r\n" + body()),
    "no length": raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body()),
    "two lengths": raw(HEAD + b"Content-Length: 9\r\n\r\n" + body()),
    "bad chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + body()),
    "cut chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body()), body())),
    "200 headers": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
    "too long": sending(200, body() + b" " * 70_000),
    "garbage": sending(200, b"\x00\xff\xfe{{{"),
    "markup": sending(200, b"<p>granted</p>", "text/html"),
    "deep nesting": sending(200, b"[" * 60_000),
    "null": sending(200, b"null"),
    "list": sending(200, b"[true]"),
    "plain yes": sending(200, b"true"),
    "no decisions": sending(200, b'{"visitor": null}'),
    "decisions as list": sending(200, body(decisions=PURPOSES)),
    "no visitor": sending(200, json.dumps({"decisions": decisions(PURPOSES, *PURPOSES)}).encode()),
    "other visitor": sending(200, body(OTHER_VISITOR)),
    "odd visitor": sending(200, body(7)),  # type: ignore[arg-type]
    "granted to nobody": sending(200, body(None)),  # type: ignore[arg-type]
    "a purpose missing": sending(200, body(decisions=decisions(PURPOSES[:1], "analytics"))),
    "a purpose too many": sending(200, body(decisions=decisions([*PURPOSES, "more"], *PURPOSES))),
    "other purposes": sending(200, body(decisions=decisions(["a", "b"], "a", "b"))),
    "bare yes": sending(200, one(True)),
    "yes as number": sending(200, one({"allowed": 1, "reason": "granted"})),
    "yes as text": sending(200, one({"allowed": "true", "reason": "granted"})),
    "yes without reason": sending(200, one({"allowed": True})),
    "yes for a reason of no": sending(200, one({"allowed": True, "reason": "withdrawn"})),
    "no for a reason of yes": sending(200, one({"allowed": False, "reason": "granted"})),
    "yes for a new reason": sending(200, one({"allowed": True, "reason": "because"})),
    "no reason at all": sending(200, one({"allowed": True, "reason": None})),
}
STALLING = {
    "hangs": hanging,
    "drips from the start": dripping(b""),
    "drips its status": dripping(b"HTTP/1.1 2"),
    "drips its head": dripping(b"HTTP/1.1 200 OK\r\nX-Slow:"),
    "drips its body": dripping(HEAD + b"\r\n" + body()),
    "drips its chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + body()),
}


def test_the_answer_of_the_service_counts(client, service):
    service.answer = allowing("analytics")
    answers = client.check(cookie_header("am"), PURPOSES)
    assert answers == {
        "analytics": FROM_SERVICE,
        "marketing": ClientAnswer(False, "withdrawn", Source.SERVICE),
    }


def test_the_service_is_asked_with_key_cookie_purposes_signal_and_the_shops_host(client, service):
    client.check(cookie_header(), ["analytics", "a&b=c d", "analytics"], signal=True)
    question = parse_qs(urlsplit(service.requests[0]).query)
    assert question == {"cookie": [cookie_text()], "purpose": ["analytics", "a&b=c d"], "signal": ["gpc"]}
    assert service.headers[0]["Authorization"] == f"Bearer {API_KEY}"
    assert service.headers[0]["Host"] == "shop.example"


@pytest.mark.parametrize("header", [None, "", "basket=1", "consent=<b>&visitor=x", "consent=é\x00"])
def test_an_unreadable_cookie_never_reaches_the_service(client, service, header):
    service.answer = allowing("analytics")
    assert not client.check(header, ["analytics"])["analytics"].allowed
    assert parse_qs(urlsplit(service.requests[0]).query, keep_blank_values=True)["cookie"] == [""]


def test_a_purpose_without_consent_is_allowed_to_a_visitor_who_never_chose(client, service):
    decision = {"basket": {"allowed": True, "reason": "not_consent_based"}}
    service.answer = sending(200, body(None, decisions=decision))
    assert client.check(None, ["basket"])["basket"].allowed


def test_connections_are_kept_and_replaced_when_the_service_closed_them(client, service):
    service.answer = allowing("analytics")
    for _ in range(3):
        assert client.check(cookie_header(), ["analytics"])["analytics"] == FROM_SERVICE
    service.answer = hanging_up(allowing("analytics"))
    for _ in range(4):
        assert client.check(cookie_header(), ["analytics"])["analytics"] == FROM_SERVICE


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())
def test_a_wrong_answer_allows_nothing_that_no_cookie_proves(client, service, misbehaviour):
    service.answer = misbehaviour
    assert client.check(None, PURPOSES) == NOTHING
    assert client.check(cookie_header(seed=OTHER_SEED), PURPOSES) == NOTHING
    assert client.check(cookie_header("am"), PURPOSES) == BY_COOKIE
    assert len(service.requests) >= 3


@pytest.mark.parametrize("misbehaviour", STALLING.values(), ids=STALLING.keys())
def test_a_service_that_keeps_us_waiting_is_left_while_it_still_holds_on(hasty_client, service, misbehaviour):
    service.answer = misbehaviour
    assert hasty_client.check(None, PURPOSES) == NOTHING
    assert hasty_client.check(cookie_header(seed=OTHER_SEED), PURPOSES) == NOTHING
    assert hasty_client.check(cookie_header("am"), PURPOSES) == BY_COOKIE
    assert not service.released.is_set()


def test_lines_held_by_a_dripping_service_are_free_again_afterwards(hasty_client, service, timer):
    service.answer = dripping(b"HTTP/1.1 200 OK\r\nX-Slow:")
    for _ in range(12):
        assert not hasty_client.check(None, ["analytics"])["analytics"].allowed
        timer.now += 31
    service.answer = allowing("analytics")
    for _ in range(200):
        timer.now += 31
        if hasty_client.check(cookie_header(), ["analytics"])["analytics"] == FROM_SERVICE:
            return
    pytest.fail("no line came free")


def test_a_service_that_is_gone_leaves_the_cookie(make_client, service):
    service.keys = hanging_up(service.keys)
    client = make_client()
    service.shutdown()
    service.server_close()
    assert client.check(cookie_header("a"), PURPOSES) == {"analytics": GRANTED, "marketing": NOT_GRANTED}
    assert client.check(None, PURPOSES) == NOTHING


def test_without_keys_a_cookie_proves_nothing(service, wall):
    service.answer = service.keys = sending(500, b"")
    client = ConsentClient(service.address, API_KEY, secure=False, clock=wall)
    assert client.check(cookie_header("am"), PURPOSES) == NOTHING
    client.close()


@pytest.mark.parametrize("issued", [NOW - 180 * 86_400, NOW + 301, 999_999_999])
def test_a_cookie_out_of_its_validity_proves_nothing(client, service, issued):
    service.answer = sending(500, b"")
    assert client.check(cookie_header("am", issued=issued), PURPOSES) == NOTHING


def test_under_the_signal_the_cookie_proves_nothing(client, service):
    service.answer = sending(500, b"")
    assert client.check(cookie_header("am"), PURPOSES, signal=True) == NOTHING


def test_no_purposes_get_no_answers(client):
    assert client.check(cookie_header("am"), []) == {}


@pytest.mark.parametrize("purpose", ["", "\ud800", "x" * 9000, "a\r\nX: y"])
def test_an_odd_purpose_is_not_allowed(client, service, purpose):
    service.answer = sending(500, b"")
    assert not client.check(cookie_header("am"), [purpose])[purpose].allowed


def test_answers_under_way_at_the_same_time_never_get_mixed_up(hasty_client, service, timer):
    def by_visitor(conversation):
        visitor = conversation.question["cookie"][0].split(".")[2]
        if visitor[1] == "B":
            hanging(conversation)
        allowing(*(["analytics"] if visitor[0] in "ACE" else []), visitor=visitor)(conversation)

    service.answer = by_visitor
    visitors = [visitor_id(bytes([i % 6 * 4, i % 7 * 16, *[i] * 14])) for i in range(120)]

    def check(visitor):
        timer.now += 31
        header = cookie_header("-", visitor=visitor)
        return visitor, hasty_client.check(header, ["analytics"])["analytics"]

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(check, visitors))
    assert not [v for v, answer in answers if answer.allowed and (v[0] not in "ACE" or v[1] == "B")]
    assert [v for v, answer in answers if answer.allowed]


def test_a_forked_child_asks_on_connections_of_its_own(service):
    service.answer = allowing("analytics")
    program = f"""
import os
from consent_service.client import consent_client
consent_client.LONGEST_TIMEOUT = 30
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
