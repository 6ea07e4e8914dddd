"""Limiting: how many lists are checked at a time on this machine, by whatever process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consent_service.domain.errors import ConsentError, StorageUnavailable

LISTS = 2


class TooManyLists(ConsentError):
    """As many lists as may be are being checked already."""


@contextmanager
def take_list_place(folder: Path) -> Iterator[None]:
    """Take one of the places, or raise TooManyLists; a process that ends in whatever way gives up its places."""
    place = next(filter(None, (_take(folder / f"list-{number}.lock") for number in range(1, LISTS + 1))), None)
    if place is None:
        raise TooManyLists(f"{LISTS} lists are being checked already")
    try:
        yield
    finally:
        os.close(place)


def _take(file: Path) -> int | None:
    try:
        place = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"{file}: cannot be used ({error.strerror})") from error
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(place)
        return None
    return place
