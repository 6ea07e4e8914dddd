"""Limiting: how many lists are checked at a time on this machine, by whatever process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consent_service.domain.errors import ConsentError, StorageUnavailable
from consent_service.private_files import open_private

LISTS = 4
LISTS_OF_A_SITE = 2
"""Fewer than all, so that no shop can take the places of the others."""


class TooManyLists(ConsentError):
    """As many lists as may be are being checked already."""


@contextmanager
def take_list_place(folder: Path, site: str) -> Iterator[None]:
    """Take one of the places of a site and of all, or raise TooManyLists.

    A process that ends in whatever way gives up its places.
    """
    with _take_one(folder, f"list-{site}", LISTS_OF_A_SITE, "of this site"), _take_one(folder, "list", LISTS, "here"):
        yield


@contextmanager
def _take_one(folder: Path, name: str, places: int, whose: str) -> Iterator[None]:
    numbers = range(1, places + 1)
    place = next(filter(None, (_take(folder / f"{name}-{number}.lock") for number in numbers)), None)
    if place is None:
        raise TooManyLists(f"{places} lists {whose} are being checked already")
    try:
        yield
    finally:
        os.close(place)


def _take(file: Path) -> int | None:
    try:
        place = open_private(file, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise StorageUnavailable(f"{file}: cannot be used ({error.strerror})") from error
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(place)
        return None
    return place
