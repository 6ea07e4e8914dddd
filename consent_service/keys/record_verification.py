"""Verifying records: signed by one of our keys, with the header of their type; libsodium takes half the time."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec
from itsdangerous import BadData
from itsdangerous.encoding import base64_decode, base64_encode
from nacl.bindings import crypto_sign_BYTES, crypto_sign_open
from nacl.exceptions import CryptoError

from consent_service.domain.ledger.consent_record import write_header
from consent_service.domain.ledger.record_type import RecordType

ONLY_CONSENT = frozenset({RecordType.CONSENT})
NO_JSON = "the header or payload is not base64url JSON"


class RecordHeader(NamedTuple):
    """What the header of a record tells: the key that signed, and of which type the record is."""

    kid: str
    type: str


def verify_record(public_keys: Mapping[str, bytes], compact: str, types: Collection[str] = ONLY_CONSENT) -> bytes:
    """Return the payload of a compact JWS of one of these types, signed by one of our keys.

    Raises ValueError that says what is wrong. The header must be exactly ours: the algorithm is never taken
    from it.
    """
    parts = compact.split(".")
    if len(parts) != 3:
        raise ValueError("not a compact JWS: it needs three parts")
    try:
        header, given = _read_header(parts[0])
        payload = base64_decode(parts[1])
    except (BadData, ValueError, RecursionError):
        raise ValueError(NO_JSON) from None
    if header.kid not in public_keys:
        raise ValueError(f"signed by an unknown key: {header.kid[:64]!r}")
    if header.type not in types or given != _write_header(header):
        raise ValueError("the header is not that of a consent record")
    if not _is_signed(public_keys[header.kid], compact, parts[2]):
        raise ValueError("the signature does not match")
    return payload


def read_record_header(compact: str) -> RecordHeader:
    """Read the header of a record that was verified before."""
    return _read_header(compact.partition(".")[0])[0]


def read_record_key_id(compact: str) -> str:
    """Read the key id out of the header of a record that was verified before."""
    return read_record_header(compact).kid


@lru_cache(maxsize=256)
def _read_header(encoded: str) -> tuple[RecordHeader, bytes]:
    given = base64_decode(encoded)
    try:
        told = msgspec.json.decode(given)
    except msgspec.MsgspecError:
        raise ValueError(NO_JSON) from None
    if not isinstance(told, dict):
        raise ValueError(NO_JSON)
    return RecordHeader(str(told.get("kid")), str(told.get("typ"))), given


@lru_cache(maxsize=256)
def _write_header(header: RecordHeader) -> bytes:
    return write_header(header.kid, header.type)


def _is_signed(public: bytes, compact: str, spelled: str) -> bool:
    """Say whether the signature is right, and in its one canonical spelling: its spare bits are zero."""
    try:
        text = compact.encode("ascii")
        signature = base64_decode(spelled)
        if len(signature) != crypto_sign_BYTES or base64_encode(signature) != spelled.encode("ascii"):
            return False
        crypto_sign_open(signature + text[: -len(spelled) - 1], public)
    except (BadData, CryptoError, ValueError):
        return False
    return True
