"""What people said: each distinct text of it once, under a digest of itself, because so many say the same."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from functools import lru_cache

from consent_service.domain.ledger.statement import Said
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.snapshot import Readable

REMEMBERED = 1024
"""How many different things said are kept as read; a shop's visitors say only so many."""
KEY_BYTES = 9
INSERT = "INSERT INTO said (key, text) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
SELECT = "SELECT text FROM said WHERE key = ?"

_read: dict[str, Said] = {}


@lru_cache(maxsize=REMEMBERED)
def digest_said(text: str) -> str:
    """Digest a text to 12 characters of base64url; only site files and our own words make such texts up."""
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:KEY_BYTES]).decode()


def keep_said(database: Database, texts: Iterable[str]) -> None:
    """Keep what is not kept yet; runs inside a write."""
    for text in texts:
        database.change(INSERT, (digest_said(text), text))


def read_said(readable: Readable, key: str) -> Said:
    """Read what stands under a key; raises ValueError or TypeError where that is not what its key says.

    Remembered for good, whoever wrote it and whether or not that was kept: a key can only ever mean one text.
    """
    known = _read.get(key)
    if known is None:
        rows = readable.rows(SELECT, (key,))
        if not rows or digest_said(rows[0][0]) != key:
            raise ValueError(f"nothing was said under {key!r}")
        if len(_read) >= REMEMBERED:
            _read.clear()
        known = _read[key] = _parse_said(rows[0][0])
    return known


def _parse_said(text: str) -> Said:
    method, signalled, states = json.loads(text)
    read = {purpose: (state, fingerprint) for purpose, (state, fingerprint) in states.items()}
    if not isinstance(method, str) or not isinstance(signalled, bool):
        raise TypeError("a method and a yes or no stand in front of the states")
    if not all(isinstance(part, str) for pair in read.values() for part in pair):
        raise TypeError("states and fingerprints are texts")
    return Said(method, signalled, read)
