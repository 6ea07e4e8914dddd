"""Signing records: each in its one canonical form, as a compact JWS."""

import msgspec

from consent_service.domain.consent_record import ConsentRecord
from consent_service.signing import sign_record

_ENCODER = msgspec.json.Encoder(order="sorted")


def record_payload(record: ConsentRecord) -> bytes:
    """Serialise a record in its canonical form.

    For what a record holds, texts, whole numbers and null, sorted members without spaces are RFC 8785.
    """
    return _ENCODER.encode(record)


def signed_record(record: ConsentRecord, key: tuple[str, bytes]) -> str:
    """Sign a record with a key's id and private seed."""
    kid, seed = key
    return sign_record(seed, kid, record_payload(record))
