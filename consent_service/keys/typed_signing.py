"""Signing what is no record: compact JWSs of types of their own, so that none passes for a record or for another."""

import json
from collections.abc import Mapping
from functools import lru_cache

from itsdangerous import BadData
from itsdangerous.encoding import base64_decode, base64_encode

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.consent_record import ALGORITHM
from consent_service.keys.signing import sign
from consent_service.keys.verification import verify


def sign_typed(key: tuple[str, bytes], kind: str, payload: bytes) -> bytes:
    """Sign a payload of a type with a key's id and private seed."""
    kid, seed = key
    return sign(seed, _encode_header(kid, kind) + b"." + base64_encode(payload))


def verify_typed(public_keys: Mapping[str, bytes], kind: str, signed: bytes) -> bytes:
    """Return the payload of this type that one of our keys signed; raises ValueError that says what is wrong."""
    header, _, rest = signed.partition(b".")
    try:
        kid = json.loads(base64_decode(header)).get("kid")
        payload = base64_decode(rest.partition(b".")[0])
    except (BadData, ValueError, AttributeError, RecursionError):
        raise ValueError("it is not signed") from None
    if not isinstance(kid, str) or kid not in public_keys:
        raise ValueError(f"signed by an unknown key: {str(kid)[:64]!r}")
    if header != _encode_header(kid, kind):
        raise ValueError(f"its header is not that of {kind}")
    if verify(public_keys[kid], signed) is None:
        raise ValueError("the signature does not match")
    return payload


@lru_cache(maxsize=64)
def _encode_header(kid: str, kind: str) -> bytes:
    return base64_encode(write_canonical_json({"alg": ALGORITHM, "kid": kid, "typ": kind}))
