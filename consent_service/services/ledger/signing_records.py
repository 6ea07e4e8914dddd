"""Signing records: each in its one canonical form, as a compact JWS."""

from typing import Any

import msgspec

from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.ledger.record_type import RecordType
from consent_service.keys.signing import sign_record

_ENCODER = msgspec.json.Encoder(order="sorted")


def encode_canonical_json(told: Any) -> bytes:
    """Serialise a record, or what tells one act from another, as ``canonical_json`` does, in a tenth of the time.

    For texts, whole numbers and null, sorted members without spaces are RFC 8785; nothing else is looked out for.
    """
    return _ENCODER.encode(told)


def sign_consent_record(record: ConsentRecord, key: tuple[str, bytes]) -> str:
    """Sign a record with a key's id and private seed."""
    return sign_typed_record(record, key, RecordType.CONSENT)


def sign_typed_record(record: object, key: tuple[str, bytes], record_type: RecordType) -> str:
    """Sign a record of any type with a key's id and private seed."""
    kid, seed = key
    return sign_record(seed, kid, encode_canonical_json(record), record_type)
