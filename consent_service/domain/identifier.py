"""Identifiers: random visitor ids, time-ordered record ids and the principals made of them."""

import base64
import re

VISITOR_ID = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)
"""16 bytes in unpadded base64url; the last character can carry only two bits."""

RECORD_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)

NO_RECORD = "00000000-0000-0000-0000-000000000000"
"""In the place of a record's id where nothing is recorded: the nil UUID of RFC 9562."""

SUBJECT_KEY = re.compile(r"[1-7]\.[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)
"""The number of a subject secret and 16 bytes in unpadded base64url; no plain hash looks like it."""


def write_visitor_id(randomness: bytes) -> str:
    """Write 16 random bytes as a visitor id."""
    if len(randomness) != 16:
        raise ValueError("a visitor id is made of exactly 16 bytes")
    return base64.urlsafe_b64encode(randomness).rstrip(b"=").decode()


def make_uuid7(now: int, randomness: bytes) -> str:
    """Make a UUIDv7 (RFC 9562) from a time in microseconds and 10 random bytes."""
    milliseconds = now // 1000
    raw = bytearray(milliseconds.to_bytes(6, "big") + randomness[:10])
    raw[6] = 0x70 | (raw[6] & 0x0F)
    raw[8] = 0x80 | (raw[8] & 0x3F)
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def name_visitor(site: str, visitor: str) -> str:
    """Name a visitor of a site as the first column of every hot table does."""
    return f"{site}/v/{visitor}"


def is_visitor(principal: str) -> bool:
    """Say whether a principal is a visitor of some site."""
    return principal.partition("/")[2].startswith("v/")


def name_subject(site: str, key: str) -> str:
    """Name a person whom a site knows by an address, the same way."""
    return f"{site}/s/{key}"


def name_event(site: str, identifier: str) -> str:
    """Name what a site itself states, such as what was removed, by the id of the record of it."""
    return f"{site}/e/{identifier}"


def read_subject_key(principal: str) -> str:
    """Take the subject's key out of a principal."""
    return principal.rpartition("/s/")[2]
