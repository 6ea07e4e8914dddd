"""Verification: what anybody can do with our public keys; signing.py makes what is verified here."""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from itsdangerous import BadData, BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

from consent_service.domain.ledger.consent_record import ALGORITHM


class _Ed25519Verification(SigningAlgorithm):
    """Ed25519 (RFC 8032) with a public key of 32 bytes, which can verify and nothing else."""

    def verify_signature(self, key: bytes, value: bytes, sig: bytes) -> bool:
        return verify_bytes(key, value, sig)


def verify_bytes(public: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether a bare signature of a text is right."""
    try:
        _load_public_key(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _load_public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=64)
def _make_verifier(key: bytes) -> Signer:
    return Signer(key, sep=".", key_derivation="none", algorithm=_Ed25519Verification())


def verify(public: bytes, signed: bytes) -> bytes | None:
    """Return the text in front of its last dot when the signature behind it is right, else None.

    The signature must be in its one canonical spelling: the spare bits of the last character are zero.
    """
    try:
        text = _make_verifier(public).unsign(signed)
    except BadSignature:
        return None
    spelled = signed[len(text) + 1 :]
    return text if base64_encode(base64_decode(spelled)) == spelled else None


def make_jwk(public: bytes) -> dict[str, str]:
    """Describe a public key as a JSON Web Key (RFC 8037) with its thumbprint as ``kid``."""
    return {
        "alg": ALGORITHM,
        "crv": "Ed25519",
        "kid": compute_key_id(public),
        "kty": "OKP",
        "use": "sig",
        "x": base64_encode(public).decode(),
    }


@lru_cache(maxsize=64)
def compute_key_id(public: bytes) -> str:
    """Compute the thumbprint of a public key (RFC 7638, SHA-256)."""
    members = f'{{"crv":"Ed25519","kty":"OKP","x":"{base64_encode(public).decode()}"}}'
    return base64_encode(hashlib.sha256(members.encode()).digest()).decode()


def read_jwks(document: object) -> dict[str, bytes]:
    """Collect the Ed25519 keys of a JWKS by ``kid``; raises ValueError for anything that is not a key set.

    A key whose ``kid`` is not its thumbprint is refused, so a key cannot pose as another.
    """
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a JSON Web Key Set: it needs a list of keys")
    keys: dict[str, bytes] = {}
    for entry in document["keys"]:
        if not isinstance(entry, dict) or entry.get("crv") != "Ed25519" or not isinstance(entry.get("x"), str):
            continue
        try:
            public = base64_decode(entry["x"])
        except BadData:
            raise ValueError("a key is not base64url") from None
        if len(public) != 32 or compute_key_id(public) != entry.get("kid"):
            raise ValueError(f"the key {str(entry.get('kid'))[:64]!r} does not carry its own thumbprint")
        keys[compute_key_id(public)] = public
    if not keys:
        raise ValueError("the key set holds no Ed25519 key")
    return keys
