"""Records as their parts: every text ever signed comes back as it was, byte by byte, whatever it says."""

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import read_time, write_time
from consent_service.domain.identifier import make_uuid7
from consent_service.domain.ledger.consent_record import MESSAGE_SCHEMA, MessageRecord
from consent_service.services.ledger.signing_records import sign_consent_record
from consent_service.storage.engine.migrating import migrate
from consent_service.storage.ledger.record_parts import RecordHead, put_together, read_template, take_apart
from consent_service.storage.records import StoredRecord, append_record, find_record, list_latest_records
from tests.cast import make_database
from tests.domain.ledger.test_consent_record import RECORD

KEY = ("fsKCjpq2n-bRYQiHlVTrOxlDXUE1qb-EN4Hb6Rd1rnY", bytes(32))
MESSAGE = MessageRecord(
    **asdict(RECORD) | {"schema": MESSAGE_SCHEMA, "principal": "demo/s/1.galgMUDM1AQgOhApWpjCrg", "valid_until": ""},
    acted_at="2026-01-01T00:00:00.000000Z",
    source="checkout",
    evidence={"note": "17"},
    overrides={"stop_all": "2026-01-01T00:00:00.000000Z"},
    request=RECORD.id,
)
HEADER = {"alg": "EdDSA", "kid": KEY[0], "typ": "consent-record+jwt"}


def head_of(told):
    return RecordHead(told["principal"], told["seq"], told["id"], read_time(told["at"]), b"act")


def encode(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(told, header=HEADER, write=write_canonical_json, signature=bytes(range(64))):
    return f"{encode(write(header))}.{encode(write(told))}.{encode(signature)}"


def rebuild(head, signed):
    parts = take_apart(head, signed)
    return parts and put_together(head, read_template(parts.template), parts.own, parts.signature)


@pytest.fixture
def database(tmp_path):
    database = make_database(tmp_path)
    migrate(database)
    return database


def keep(database, head, signed):
    """Keep a record, read it back in each way, and say whether it lies there whole."""
    with database.write():
        append_record(database, StoredRecord(head, signed))
    stored = StoredRecord(head, signed)
    assert find_record(database, head.id) == stored
    assert list_latest_records(database, head.principal, 1) == [stored]
    return database.rows("SELECT signed IS NOT NULL FROM record") == [(1,)]


@pytest.mark.parametrize("record", [RECORD, MESSAGE], ids=["choice", "message"])
def test_a_record_lies_as_its_parts_in_a_fraction_of_its_text(database, record):
    signed = sign_consent_record(record, KEY)
    assert not keep(database, head_of(asdict(record)), signed)
    [sizes] = database.rows("SELECT length(own), length(signature) FROM record")
    assert sum(sizes) < len(signed) / 3


FURTHER = {
    "another kind of record": (asdict(RECORD) | {"text": "n", "previous": None}, HEADER | {"typ": "policy+jwt"}),
    "of an event": (asdict(RECORD) | {"principal": f"demo/e/{RECORD.id}"}, HEADER | {"typ": "incident+jwt"}),
    "few members": ({"principal": "a/e/b", "seq": 1, "id": RECORD.id, "at": RECORD.at}, HEADER | {"typ": "ask+jwt"}),
    "unknown members": (asdict(RECORD) | {"new": {"list": [1, None, True, "ä"]}, "zz": 7}, HEADER),
    "a long text": (asdict(MESSAGE) | {"source": "long " * 20_000}, HEADER),
    "not ASCII": (asdict(MESSAGE) | {"source": "Läden 店 \U0001f600 \u2028", "evidence": {"é": "\x7f"}}, HEADER),
    "control characters": (asdict(MESSAGE) | {"source": '\x00\x1f"\\/'}, HEADER),
    "other times": (asdict(MESSAGE) | {"acted_at": "1969-12-31T23:59:59.000000Z", "valid_until": "soon"}, HEADER),
    "the last time": (asdict(MESSAGE) | {"acted_at": "9999-12-31T23:59:59.999999Z"}, HEADER),
    "empty": (asdict(MESSAGE) | {"evidence": {}, "overrides": {}, "request": None, "decisions": {}}, HEADER),
    "further header": (asdict(RECORD), HEADER | {"crit": ["b64"]}),
}


@pytest.mark.parametrize(("told", "header"), FURTHER.values(), ids=list(FURTHER))
def test_every_kind_of_record_lies_as_its_parts(database, told, header):
    assert not keep(database, head_of(told), sign(told, header))


def spaced(told):
    return json.dumps(told).encode()


ODD = {
    "spaces": lambda told: sign(told, write=spaced),
    "escaped": lambda told: sign(told | {"source": "ä"}, write=lambda t: json.dumps(t, separators=(",", ":")).encode()),
    "unsorted": lambda told: sign(dict(reversed(told.items())), write=lambda t: json.dumps(t).encode()),
    "another place": lambda told: sign(told | {"seq": 8}),
    "another type": lambda told: sign(told | {"seq": "1"}),
    "another time": lambda told: sign(told | {"at": "2026-01-01T00:00:00Z"}),
    "a time of no day": lambda told: sign(told | {"valid_until": "2026-02-30T00:00:00.000000Z"}),
    "no id": lambda told: sign({name: value for name, value in told.items() if name != "id"}),
    "a huge number": lambda told: sign(told | {"new": 2**70}),
    "a fraction": lambda told: sign(
        told | {"new": 1.0}, write=lambda t: write_canonical_json(t).replace(b"1.0", b"1.00")
    ),
    "a lone surrogate": lambda told: sign(told, write=lambda t: write_canonical_json(t).replace(b"save", b"\\ud800")),
    "twice": lambda told: sign(told, write=lambda t: write_canonical_json(t).replace(b"{", b'{"seq":1,', 1)),
    "a short signature": lambda told: sign(told, signature=b"x"),
    "spare bits": lambda told: sign(told)[:-1] + "9",
    "padding": lambda told: sign(told) + "=",
    "four parts": lambda told: sign(told) + ".",
    "a list": lambda _: sign([1]),
    "deep": lambda _: sign({}, write=lambda _: b"[" * 100_000),
    "nothing": lambda _: "",
    "no JWS": lambda _: "not a record ä",
}


@pytest.mark.parametrize("spoil", ODD.values(), ids=list(ODD))
def test_what_does_not_rebuild_keeps_its_whole_text(database, spoil):
    told = asdict(RECORD)
    assert keep(database, head_of(told), spoil(told))


@pytest.mark.parametrize("text", ["", "null", "[]", "[1,2]", "{}", '["a","b","c"]', "[{},[1],[]]"])
def test_what_is_no_template_is_not_read_as_one(text):
    with pytest.raises((ValueError, TypeError)):
        read_template(text)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.integers(-(10**15), 250_000_000_000_000_000).map(write_time)
IDS = st.builds(make_uuid7, st.integers(0, 2**47 * 1000), st.binary(min_size=10, max_size=10))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS | TIMES | IDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
DECISIONS = st.dictionaries(TEXTS, TEXTS, max_size=3)


@given(
    st.fixed_dictionaries(
        {
            "seq": st.integers(1, 2**62),
            "id": IDS,
            "at": TIMES,
            "principal": TEXTS.map("demo/v/{}".format),
            "decisions": DECISIONS,
            "previous": st.none() | IDS,
            "valid_until": TIMES | st.just(""),
            "evidence": DECISIONS,
            "source": TEXTS,
            "actor": TEXTS,
            "signals": st.lists(TEXTS, max_size=2),
        }
    ),
    st.binary(min_size=64, max_size=64),
)
def test_what_the_service_signs_always_comes_back_from_its_parts(changes, signature):
    told = asdict(MESSAGE) | changes
    signed = sign(told, signature=signature)
    assert rebuild(head_of(told), signed) == signed


@given(st.dictionaries(TEXTS, VALUES, max_size=6), st.binary(max_size=70))
def test_whatever_was_signed_is_whole_or_comes_back(changes, signature):
    signed = sign(asdict(RECORD) | changes, write=spaced if len(signature) % 7 == 1 else _write_loosely)
    assert rebuild(head_of(asdict(RECORD)), signed) in {None, signed}


@given(st.text())
def test_whatever_lies_in_the_place_of_a_record_is_left_as_it_is(text):
    assert rebuild(head_of(asdict(replace(RECORD, seq=1))), text) in {None, text}


def _write_loosely(told):
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
