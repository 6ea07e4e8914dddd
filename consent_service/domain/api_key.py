"""API keys: how they are written and recognised, and what each may do."""

import hashlib
import re
import string
import zlib
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "cs_"
RANDOM_BYTES = 32

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_KEY = re.compile(rf"{PREFIX}(?P<secret>[0-9A-Za-z]{{30}})(?P<checksum>[0-9A-Za-z]{{6}})")


class Scope(StrEnum):
    """What a key is for."""

    CHECK = "check"
    LINKS = "links"
    WRITE = "write"
    IMPORT = "import"
    FEED = "feed"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key of one site, without its secret; times in microseconds.

    ``purposes`` are the keys of the purposes it may see, None for all of the site. ``last_used_at`` is up to an hour
    older than the last use.
    """

    id: str
    site: str
    label: str
    scopes: frozenset[Scope]
    purposes: frozenset[str] | None
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    last_used_at: int | None = None

    @property
    def limited(self) -> bool:
        """Say whether the key sees only some purposes."""
        return self.purposes is not None

    def sees(self, purpose_key: str) -> bool:
        """Say whether the key may learn anything about a purpose."""
        return self.purposes is None or purpose_key in self.purposes


def make_key(randomness: bytes) -> str:
    """Write 32 random bytes as a key: ``cs_``, 30 base-62 digits (178 bits) and a checksum of 6."""
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a key is made of exactly {RANDOM_BYTES} bytes")
    secret = _encode_base62(int.from_bytes(randomness), 30)
    return f"{PREFIX}{secret}{_compute_checksum(secret)}"


def is_key_shaped(text: str) -> bool:
    """Say whether a text has the shape and the checksum of a key, so that typing errors cost no look-up."""
    match = _KEY.fullmatch(text)
    return match is not None and match["checksum"] == _compute_checksum(match["secret"])


def hash_key(text: str) -> str:
    """Digest a key (SHA-256, hexadecimal): what is stored and looked up instead of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _compute_checksum(secret: str) -> str:
    return _encode_base62(zlib.crc32(secret.encode()), 6)


def _encode_base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
