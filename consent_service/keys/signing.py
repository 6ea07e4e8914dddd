"""Signatures, made here alone: Ed25519 through itsdangerous, so that the public key alone verifies."""

import hashlib
from functools import lru_cache

from itsdangerous import BadSignature, Signer, TimestampSigner
from itsdangerous.encoding import base64_encode
from itsdangerous.signer import SigningAlgorithm
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from consent_service.domain.ledger.consent_record import write_header
from consent_service.domain.ledger.record_type import RecordType


class _Ed25519Signing(SigningAlgorithm):
    """Ed25519 (RFC 8032) with a private seed of 32 bytes."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return sign_bytes(key, value)


@lru_cache(maxsize=64)
def _derive_key_pair(seed: bytes) -> tuple[bytes, bytes]:
    return crypto_sign_seed_keypair(seed)


@lru_cache(maxsize=64)
def _make_signer(seed: bytes) -> Signer:
    return Signer(seed, sep=".", key_derivation="none", algorithm=_Ed25519Signing())


def derive_public_key(seed: bytes) -> bytes:
    """Derive the 32-byte public key of a private seed."""
    return _derive_key_pair(seed)[0]


def sign_bytes(seed: bytes, text: bytes) -> bytes:
    """Compute the bare signature of a text."""
    return crypto_sign(text, _derive_key_pair(seed)[1])[:crypto_sign_BYTES]


def sign(seed: bytes, text: bytes) -> bytes:
    """Append a dot and the signature in base64url to a text."""
    return _make_signer(seed).sign(text)


@lru_cache(maxsize=64)
def _encode_header(kid: str, record_type: str) -> bytes:
    return base64_encode(write_header(kid, record_type))


def sign_record(seed: bytes, kid: str, payload: bytes, record_type: str = RecordType.CONSENT) -> str:
    """Sign a record's payload as a compact JWS (RFC 7515)."""
    return sign(seed, _encode_header(kid, record_type) + b"." + base64_encode(payload)).decode()


class FormSeal:
    """Marks a form as ours for a few minutes, for browsers that do not say where a form came from."""

    def __init__(self, secret: bytes) -> None:
        self._signer = TimestampSigner(secret, salt="consent-service.confirm", digest_method=hashlib.sha256)

    def seal(self, content: str) -> str:
        """Sign a form's content with the time; the content itself is not in the result."""
        return self._signer.sign(_digest(content)).decode().partition(".")[2]

    def fits(self, seal: str, content: str, seconds: int) -> bool:
        """Say whether a seal was made for this content no longer ago than that."""
        try:
            self._signer.unsign(f"{_digest(content)}.{seal}", max_age=seconds)
        except (BadSignature, UnicodeEncodeError):
            return False
        return True


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
