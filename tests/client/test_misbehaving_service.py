"""A service that errs, lies or stalls: nothing is allowed that no cookie proves, and nobody waits for it."""

import json

import pytest

from consent_service.client.client_answer import GRANTED, UNAVAILABLE
from tests.client.stub_service import (
    OTHER_SEED,
    OTHER_VISITOR,
    VISITOR,
    allowing,
    cookie_header,
    decisions,
    dripping,
    hanging,
    raw,
    sending,
)

PURPOSES = ["analytics", "marketing"]
NOTHING = dict.fromkeys(PURPOSES, UNAVAILABLE)
BY_COOKIE = dict.fromkeys(PURPOSES, GRANTED)
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
        if hasty_client.check(cookie_header(), ["analytics"])["analytics"].source == "service":
            return
    pytest.fail("no line came free")
