"""Sealing: AES-GCM, so that contents lie in the database only in a form that the database alone cannot open."""

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Seal:
    """Seals and opens with one 32-byte key; ``about`` is bound in, so that a sealed text fits its own row alone."""

    def __init__(self, key: bytes, randomness: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(key)
        self._randomness = randomness

    def close(self, content: bytes, about: str) -> bytes:
        """Encrypt with a fresh random nonce (NIST SP 800-38D), which stands in front of the result."""
        nonce = self._randomness(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes | None:
        """Decrypt; None for what this key did not seal, what was changed, or what belongs to something else."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            return None
