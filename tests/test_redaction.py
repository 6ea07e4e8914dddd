"""Logs: one JSON object a line, and nobody in it."""

import io
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.api_key import make_key
from consent_service.keys.signing import FormSeal
from consent_service.logs import REDACTED, JsonFormatter, configure_logs, redact
from tests.cast import choose, cookie_text

KEY = make_key(bytes(range(32)))
VISITOR = "AbCdEfGhIjKlMnOpQrStUg"
CANARIES = {
    "e-mail": "anna.muster+shop@mail.example.org",
    "e-mail in a URL": "anna%40example.org",
    "e-mail on this machine": "anna@localhost",
    "e-mail with a quoted name": '"anna muster"@mail.example.org',
    "telephone number": "+491701234567",
    "telephone number with spaces": "+44 20 7946 0958",
    "telephone number with brackets": "+1 (555) 010-9999",
    "telephone number in a URL": "%2B34600123456",
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


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
@pytest.mark.parametrize("place", ["{}", "for {} now", "/v1/visitors/{}?a=b", "<{}>", "[{}]:8000", "k={}&l=m", '"{}",'])
def test_whoever_stands_anywhere_in_a_text_is_taken_out(canary, place):
    redacted = redact(place.format(canary))
    assert redacted == place.format(canary).replace(canary.removesuffix("/48"), REDACTED)


def test_cookies_and_records_are_taken_out(resources, site):
    recorded = choose(resources, site, "accept")
    [(signed,)] = resources.database.rows("SELECT signed FROM record")
    for secret in (cookie_text(resources, recorded), signed, f"demo/v/{recorded.cookie.visitor}"):
        left = redact(f"consent={secret}; x")
        assert recorded.cookie.visitor not in left
        assert secret.rpartition(".")[2] not in left


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
