"""Feed cursors: how far somebody has read the changes of one site, as a text that fits no other site or epoch."""

import base64
import binascii
import hashlib
from typing import NamedTuple

from consent_service.domain.errors import ConsentError

BEGINNING = "0"
"""The cursor before the first change, in whatever epoch."""
EPOCH_BYTES, NUMBER_BYTES, MARK_BYTES = 5, 8, 8
EARLIER_LENGTH, EARLIER_MARK_BYTES = 19, 6
"""Cursors of before there were epochs; those that still count are of epoch 0."""


class CursorLost(ConsentError):
    """The changes that follow a cursor are not kept any more; a new export is the way on."""


class FeedPlace(NamedTuple):
    """A place in the changes of a site: the store's epoch, and the number of the last change that was read."""

    epoch: int
    seq: int


def write_cursor(site: str, place: FeedPlace) -> str:
    """Write a place as a cursor."""
    content = place.epoch.to_bytes(EPOCH_BYTES) + place.seq.to_bytes(NUMBER_BYTES)
    return base64.urlsafe_b64encode(content + _mark(site, content, MARK_BYTES)).decode()


def read_cursor(site: str, text: str, epoch: int) -> int:
    """Read the number of the last change that was read, of a store that is in an epoch.

    Raises ValueError for a cursor of another site and for what is none, and CursorLost for one of another epoch: after
    a restore the numbers are given to other changes.
    """
    if text == BEGINNING:
        return 0
    place = _read_earlier(text) if len(text) == EARLIER_LENGTH else _read_place(text)
    written = _write_earlier(site, place.seq) if len(text) == EARLIER_LENGTH else write_cursor(site, place)
    if written != text:
        raise ValueError("this is not a cursor of this site")
    if place.epoch != epoch:
        raise CursorLost("The store was put back to an older state after this cursor was given out.")
    return place.seq


def _read_place(text: str) -> FeedPlace:
    content = _decode(text)
    epoch, number = content[:EPOCH_BYTES], content[EPOCH_BYTES : EPOCH_BYTES + NUMBER_BYTES]
    return FeedPlace(int.from_bytes(epoch), int.from_bytes(number))


def _read_earlier(text: str) -> FeedPlace:
    return FeedPlace(0, int.from_bytes(_decode(f"{text}=")[:NUMBER_BYTES]))


def _write_earlier(site: str, seq: int) -> str:
    number = seq.to_bytes(NUMBER_BYTES)
    return base64.urlsafe_b64encode(number + _mark(site, number, EARLIER_MARK_BYTES)).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _mark(site: str, content: bytes, length: int) -> bytes:
    return hashlib.sha256(b"feed-cursor\0" + site.encode() + b"\0" + content).digest()[:length]
