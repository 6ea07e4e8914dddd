"""Feed cursors: how far somebody has read the changes of one site, as a text that fits no other site."""

import base64
import binascii
import hashlib

BYTES = 14
BEGINNING = "0"
"""The cursor before the first change."""


def write_cursor(site: str, seq: int) -> str:
    """Write the number of the last change that was read."""
    number = seq.to_bytes(8)
    return base64.urlsafe_b64encode(number + _mark(site, number)).rstrip(b"=").decode()


def read_cursor(site: str, text: str) -> int:
    """Read a cursor; raises ValueError for one of another site and for what is none."""
    if text == BEGINNING:
        return 0
    try:
        content = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    number = content[:8]
    if (
        len(content) != BYTES
        or content[8:] != _mark(site, number)
        or write_cursor(site, int.from_bytes(number)) != text
    ):
        raise ValueError("this is not a cursor of this site")
    return int.from_bytes(number)


def _mark(site: str, number: bytes) -> bytes:
    return hashlib.sha256(b"feed-cursor\0" + site.encode() + b"\0" + number).digest()[: BYTES - 8]
