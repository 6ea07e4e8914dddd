"""Signing records: what lies under the signature is canonical, whatever the texts are."""

from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.consent_record import MESSAGE_SCHEMA, MessageRecord
from consent_service.keys.record_verification import verify_record
from consent_service.keys.signing import derive_public_key
from consent_service.services.ledger.signing_records import encode_canonical_json, sign_consent_record
from tests.domain.ledger.test_consent_record import RECORD

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
TEXTS = st.dictionaries(TEXT, TEXT)
KEY = ("key", b"k" * 32)


def test_the_payload_is_written_the_same_way_for_ever():
    assert encode_canonical_json(RECORD) == (
        b'{"actor":"visitor","at":"2026-01-01T12:00:00.000000Z",'
        b'"decisions":{"analytics":"granted","marketing":"refused"},'
        b'"id":"019b796d-d600-7998-9071-faebc0db7432","language":"de","method":"save",'
        b'"notice":"0000000000000000000000000000000000000000000000000000000000000000","policy":"1",'
        b'"previous":null,"principal":"demo/v/AAAAAAAAAAAAAAAAAAAAAA","region":"opt_in",'
        b'"schema":"consent-record/1","seq":1,"signals":["gpc"],"site":"demo",'
        b'"valid_until":"2026-06-30T12:00:00.000000Z"}'
    )


@given(texts=TEXTS, signals=st.lists(TEXT), previous=st.none() | TEXT, seq=st.integers(1, 2**53 - 1), policy=TEXT)
def test_the_payload_of_every_record_is_canonical(texts, signals, previous, seq, policy):
    record = replace(RECORD, decisions=texts, signals=signals, previous=previous, seq=seq, policy=policy)
    assert encode_canonical_json(record) == write_canonical_json(asdict(record))
    more = {"acted_at": record.at, "source": policy, "evidence": texts, "overrides": texts, "request": previous}
    message = MessageRecord(**asdict(record) | more | {"schema": MESSAGE_SCHEMA})
    assert encode_canonical_json(message) == write_canonical_json(asdict(message))


def test_a_signed_record_verifies_to_its_payload():
    assert verify_record({"key": derive_public_key(KEY[1])}, sign_consent_record(RECORD, KEY)) == encode_canonical_json(
        RECORD
    )
