"""Logs: one JSON object a line, and nobody in it."""

import base64
import io
import json
import logging
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.api_key import make_key
from consent_service.domain.feed.webhook_signature import make_webhook_secret
from consent_service.domain.messages.link_token import (
    LinkKind,
    LinkToken,
    write_base32_token,
    write_base64url_token,
    write_token,
)
from consent_service.keys.signing import FormSeal
from consent_service.logs import REDACTED, HostName, JsonFormatter, configure_logs, redact
from consent_service.services.ledger.reading_records import read_history
from tests.cast import choose, cookie_text

KEY = make_key(bytes(range(32)))
VISITOR = "AbCdEfGhIjKlMnOpQrStUg"
LINK = write_token({1: bytes(32)}, "demo", LinkToken(LinkKind.PREFERENCES, "1.AAECAwQFBgcICQoLDA0ODw"))
CANARIES = {
    "e-mail": "anna.muster+shop@mail.example.org",
    "e-mail in a URL": "anna%40example.org",
    "e-mail in a URL in a URL": "anna%2540example.org",
    "e-mail in JSON": "anna\\u0040example.org",
    "e-mail on this machine": "anna@localhost",
    "e-mail with a quoted name": '"anna muster"@mail.example.org',
    "card number": "4111111111111111",
    "card number with spaces": "5555 5555 5555 4444",
    "telephone number": "+491701234567",
    "telephone number with spaces": "+44 20 7946 0958",
    "telephone number with brackets": "+1 (555) 010-9999",
    "telephone number in a URL": "%2B34600123456",
    "e-mail in another script": "аня.петрова@почта.рф",
    "e-mail with signs that join letters": "अनुज@उदाहरण.भारत",
    "e-mail with a wide sign": "anna\uff20bücher.example",
    "e-mail of another script in a URL": "anna%40b%C3%BCcher.example",
    "e-mail with an apostrophe": "sean.o'brien@mail.example.org",
    "e-mail with signs": "a!b#c$d*e^f`g~h@mail.example.org",
    "e-mail of an address": "anna@[192.0.2.1]",
    "confirmation": base64.urlsafe_b64encode(bytes(range(100, 124))).decode(),
    "unsubscribe link": write_base64url_token(LINK),
    "unsubscribe address": write_base32_token(LINK),
    "webhook secret": make_webhook_secret(lambda length: bytes(range(200, 200 + length))),
    "seal": FormSeal(bytes(32)).seal("a form"),
    "key": KEY,
    "visitor": VISITOR,
    "IPv4": "203.0.113.77",
    "IPv6 whole": "2001:db8:85a3:1:2:8a2e:370:7334",
    "IPv6 shortened in the middle": "2001:db8:85a3::8a2e:370:7334",
    "IPv6 shortened at the end": "2001:db8::",
    "IPv6 shortened at the start": "::8a2e:370:7334",
    "IPv6 link-local": "fe80::1ff:fe23:4567:890a",
    "IPv6 short": "fe80::1",
    "IPv6 around IPv4": "::ffff:203.0.113.77",
    "IPv6 in capitals": "2001:DB8::BEEF",
    "IPv6 network": "2001:db8:7::/48",
}


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)


@pytest.fixture
def logger():
    return logging.getLogger("tests.redaction")


@pytest.mark.threat("T34")
@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
@pytest.mark.parametrize("place", ["{}", "for {} now", "/v1/visitors/{}?a=b", "<{}>", "[{}]:8000", "k={}&l=m", '"{}",'])
def test_whoever_stands_anywhere_in_a_text_is_taken_out(canary, place):
    redacted = redact(place.format(canary))
    assert redacted == place.format(canary).replace(canary.removesuffix("/48"), REDACTED)


def test_cookies_and_records_are_taken_out(resources, site):
    recorded = choose(resources, site, "accept")
    [record] = read_history(resources, site, recorded.cookie.visitor).statements
    signed = record.signed
    for secret in (cookie_text(resources, recorded), signed, f"demo/v/{recorded.cookie.visitor}"):
        left = redact(f"consent={secret}; x")
        assert recorded.cookie.visitor not in left
        assert secret.rpartition(".")[2] not in left


@pytest.mark.threat("T34")
def test_message_arguments_extras_and_tracebacks_are_redacted(logger, lines):
    everyone = " ".join(CANARIES.values())
    try:
        raise ValueError(f"no such visitor {everyone}")
    except ValueError:
        logger.exception("failed for %s", everyone, extra={"who": everyone, "several": [everyone]})
    [entry] = lines()
    assert not [name for name, canary in CANARIES.items() if canary.removesuffix("/48") in json.dumps(entry)]
    assert "ValueError" in entry["exception"]
    assert REDACTED in entry["who"]


def test_a_line_says_when_where_and_how_bad(logger, lines):
    logger.warning("the key %s is old", "ring", extra={"site": "demo"})
    [entry] = lines()
    assert entry.pop("at").endswith("Z")
    expected = {"level": "warning", "logger": "tests.redaction", "message": "the key ring is old", "site": "demo"}
    assert entry == expected


def test_a_message_cannot_begin_a_line_of_its_own(logger, lines):
    logger.error('broken\n{"level": "info"}\r\nagain')
    assert [entry["level"] for entry in lines()] == ["error"]


@pytest.mark.parametrize(
    "text",
    [
        "at 12:34:56 and 2026-01-01T12:00:00.000000Z",
        "2026-01-01T12:00:00+00:00, 01/Jan/2026:12:00:00 +0000",
        "1767268800000000 + 5, 3+4, +1234567",
        'the word "cookie" @ 5',
        "record 019b796d-d600-7998-9071-faebc0db7432",
        "consent_service.web.check.check_endpoint",
        "listening on [::]:8000",
        "1 of 2: a.b.c, version 0.1.0",
        "std::string, deadbeef",
        "analytics, marketing",
        "Listening at: http://127.0.0.1:8000, http://[::1]:8000, http://0.0.0.0:80",
        "/consent/p/request and /consent/u/<token>",
        "a_function_with_32_letters_in_it, consent_service.services.messages.answering_requests",
    ],
)
def test_what_names_nobody_stays_readable(text):
    assert redact(text) == text


@given(st.text())
def test_redacting_never_fails_and_never_needs_a_second_time(text):
    once = redact(text)
    assert redact(once) == once


def test_the_whole_process_logs_in_this_form_at_the_level_asked(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        configure_logs("warning")
        logging.getLogger("elsewhere").warning("for %s", CANARIES["e-mail"])
        logging.getLogger("elsewhere").info("not at this level")
    finally:
        root.handlers[:], root.level = before
    [line] = stream.getvalue().splitlines()
    assert json.loads(line)["message"] == f"for {REDACTED}"


@pytest.mark.parametrize("kind", "acup")
@pytest.mark.parametrize("token", ["AAAA", "unsub%2Babc%0D%0A%20def", "x" * 300])
def test_whatever_follows_in_the_address_of_a_link_is_taken_out(kind, token):
    around = (("/consent/{}/", "?lang=de"), ("https://shop.example/consent/{}/", '"'), ("%2Fconsent%2F{}%2F", "&a"))
    for start, end in around:
        told = f"GET {start.format(kind)}{token}{end} HTTP/1.1"
        assert redact(told) == f"GET {start.format(kind)}{REDACTED}{end} HTTP/1.1"


@pytest.mark.parametrize("before", ["unsub%2B", "unsub%2b", "token=3D"])
@pytest.mark.parametrize("write", [write_base32_token, write_base64url_token])
def test_a_token_behind_a_sign_that_was_written_in_another_way_is_taken_out(before, write):
    assert redact(f"got {before}{write(LINK)} here") == f"got {before}{REDACTED} here"


def test_the_address_we_listen_at_stays_and_no_other():
    told = {"asked": HostName("198.51.100.1:8000"), "known": (HostName("203.0.113.9"),)}
    record = logging.makeLogRecord({"msg": "Listening at: http://192.0.2.7:80, asked by 192.0.2.8"} | told)
    entry = json.loads(JsonFormatter(own="192.0.2.7").format(record))
    assert entry["message"] == f"Listening at: http://192.0.2.7:80, asked by {REDACTED}"
    assert (entry["asked"], entry["known"]) == ("198.51.100.1:8000", ["203.0.113.9"])


@pytest.mark.parametrize("text", ["anna@shop.example", "a b", "", "x" * 256, "UPPER", "+491701234567", "a/b"])
def test_what_is_no_host_is_not_told_as_one(text):
    with pytest.raises(ValueError, match="a host name"):
        HostName(text)


@pytest.mark.parametrize("piece", ["a", "a'", "%40", "@", '"', '"a@', "a.", "::", "+4", "/consent/u/", "A-"])
def test_redacting_takes_time_in_proportion_to_the_text(piece):
    def measure(length):
        text = (piece * length)[:length]
        began = time.process_time()
        redact(text)
        return time.process_time() - began

    assert measure(40_000) < 20 * (measure(4_000) + 0.01)
