"""The consent record: what is signed, and what is read back."""

import json
from dataclasses import asdict

import pytest

from consent_service.domain.ledger.consent_record import ConsentRecord, read_record, write_header

RECORD = ConsentRecord(
    schema="consent-record/1",
    id="019b796d-d600-7998-9071-faebc0db7432",
    site="demo",
    principal="demo/v/AAAAAAAAAAAAAAAAAAAAAA",
    seq=1,
    at="2026-01-01T12:00:00.000000Z",
    actor="visitor",
    method="save",
    decisions={"marketing": "refused", "analytics": "granted"},
    notice="0" * 64,
    language="de",
    policy="1",
    region="opt_in",
    signals=["gpc"],
    valid_until="2026-06-30T12:00:00.000000Z",
    previous=None,
)
CONTENT = asdict(RECORD)


def test_a_record_is_read_back_as_it_was():
    assert read_record(CONTENT) == RECORD


def test_the_header_names_algorithm_key_and_type_and_nothing_else():
    assert json.loads(write_header("abc")) == {"alg": "EdDSA", "kid": "abc", "typ": "consent-record+jwt"}


@pytest.mark.parametrize("name", list(CONTENT))
def test_a_record_that_lacks_a_member_is_refused(name):
    with pytest.raises(ValueError, match="not a consent record"):
        read_record({key: value for key, value in CONTENT.items() if key != name})


def test_a_record_with_a_member_too_many_is_refused():
    with pytest.raises(ValueError, match="not a consent record"):
        read_record(CONTENT | {"note": "granted"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema", "consent-record/2"),
        ("schema", None),
        ("id", 7),
        ("site", None),
        ("principal", ["demo"]),
        ("at", 1767268800),
        ("method", {}),
        ("notice", None),
        ("seq", "1"),
        ("seq", 1.0),
        ("seq", True),
        ("seq", 0),
        ("decisions", ["analytics"]),
        ("decisions", {"analytics": True}),
        ("decisions", {"analytics": ["granted"]}),
        ("signals", "gpc"),
        ("signals", [1]),
        ("valid_until", None),
        ("previous", 3),
        ("language", 1),
    ],
)
def test_a_record_with_an_odd_member_is_refused(name, value):
    with pytest.raises(ValueError, match=r"record|seq|decisions|signals"):
        read_record(CONTENT | {name: value})


@pytest.mark.parametrize("content", [None, [], "record", 1, [CONTENT]], ids=str)
def test_anything_but_an_object_is_refused(content):
    with pytest.raises(ValueError, match="not a consent record"):
        read_record(content)
