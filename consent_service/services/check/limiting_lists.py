"""Limiting: how many lists are checked, and exports sent, at a time on this machine, by whatever process."""

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
EXPORTS, EXPORTS_OF_A_SITE = 4, 2
"""As of lists: whoever reads an export slowly holds a thread for minutes."""


class TooManyLists(ConsentError):
    """As many lists as may be are being checked already."""


class TooManyExports(ConsentError):
    """As many exports as may be are being sent already."""


@contextmanager
def take_list_place(folder: Path, site: str) -> Iterator[None]:
    """Take one of the places of a site and of all, or raise TooManyLists.

    A process that ends in whatever way gives up its places.
    """
    of_site = TooManyLists(f"{LISTS_OF_A_SITE} lists of this site are being checked already")
    here = TooManyLists(f"{LISTS} lists here are being checked already")
    with _take_one(folder, f"list-{site}", LISTS_OF_A_SITE, of_site), _take_one(folder, "list", LISTS, here):
        yield


@contextmanager
def take_export_place(folder: Path, site: str) -> Iterator[None]:
    """Take one of the places for exports of a site and of all, or raise TooManyExports."""
    of_site = TooManyExports(f"{EXPORTS_OF_A_SITE} exports of this site are being sent already")
    here = TooManyExports(f"{EXPORTS} exports here are being sent already")
    with _take_one(folder, f"export-{site}", EXPORTS_OF_A_SITE, of_site), _take_one(folder, "export", EXPORTS, here):
        yield


@contextmanager
def _take_one(folder: Path, name: str, places: int, refusal: ConsentError) -> Iterator[None]:
    numbers = range(1, places + 1)
    place = next(filter(None, (_take(folder / f"{name}-{number}.lock") for number in numbers)), None)
    if place is None:
        raise refusal
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
