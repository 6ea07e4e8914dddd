"""Webhook signatures: Standard Webhooks 1.0.0, symmetric, with several secrets while one replaces another."""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable

PREFIX = "whsec_"
MIN_SECRET_BYTES, MAX_SECRET_BYTES, SECRET_BYTES = 24, 64, 32
"""Lengths of a secret in bytes."""


def make_webhook_secret(randomness: Callable[[int], bytes]) -> str:
    """Make the text of a new secret."""
    return PREFIX + b64encode(randomness(SECRET_BYTES)).decode()


def read_webhook_secret(text: str) -> bytes:
    """Read the text of a secret; raises ValueError, which does not repeat it."""
    try:
        secret = b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not text.startswith(PREFIX) or not MIN_SECRET_BYTES <= len(secret) <= MAX_SECRET_BYTES:
        raise ValueError(f"a webhook secret is {PREFIX} and {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes in base64")
    return secret


def sign_webhook(secrets: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Write the value of ``webhook-signature``: a signature by each secret; ``timestamp`` is Unix seconds.

    Raises ValueError for a message id with a dot, which could be mistaken for another id and time.
    """
    if "." in message_id:
        raise ValueError("a message id holds no dot")
    return " ".join(f"v1,{b64encode(_compute_mac(secret, message_id, timestamp, body)).decode()}" for secret in secrets)


def verify_webhook(secrets: Iterable[bytes], header: str, message_id: str, timestamp: int, body: bytes) -> bool:
    """Say whether one of the signatures in a header was made with one of these secrets; the time is not judged."""
    given = [signature.encode("ascii", "replace") for signature in header.split(" ")]
    expected = [b"v1," + b64encode(_compute_mac(secret, message_id, timestamp, body)) for secret in secrets]
    return any(hmac.compare_digest(one, other) for one in expected for other in given)


def _compute_mac(secret: bytes, message_id: str, timestamp: int, body: bytes) -> bytes:
    return hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
