"""Subject keys for a whole list: the same keys as one by one, with what all of them share worked out once."""

import binascii
import hashlib
from collections.abc import Callable

from consent_service.domain.subject.subject import HASH_BYTES, AddressKind

BLOCK_BYTES = 64
"""What SHA-256 takes in at a time."""
INNER, OUTER = 0x36, 0x5C
URL_SAFE = bytes.maketrans(b"+/", b"-_")


def make_key_maker(secret: bytes, number: int, site: str, kind: AddressKind) -> Callable[[str], str]:
    """Return what makes the subject key of a normal form, as ``subject_key`` does.

    HMAC (RFC 2104) is two hashes that each begin with the secret; copying them behind that halves the work.
    """
    block = (hashlib.sha256(secret).digest() if len(secret) > BLOCK_BYTES else secret).ljust(BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ INNER for byte in block) + f"{site}\0{kind}\0".encode())
    outer = hashlib.sha256(bytes(byte ^ OUTER for byte in block))
    begun_inner, begun_outer, encode = inner.copy, outer.copy, binascii.b2a_base64
    start = f"{number}."

    def make(normal: str) -> str:
        first, second = begun_inner(), begun_outer()
        first.update(normal.encode())
        second.update(first.digest())
        return start + encode(second.digest()[:HASH_BYTES], newline=False)[:-2].translate(URL_SAFE).decode()

    return make
