"""The room for long bodies that lie on the disk while they come in, of which no site may take more than half."""

from collections import Counter

MAX_BYTES = 4 * 1024**3
"""For all bodies at a time that one process holds."""


class SpoolFull(Exception):
    """There is no more room just now."""


class SpoolRoom:
    """Counts what lies on the disk for each site; for the event loop alone."""

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(self, site: str, size: int) -> None:
        """Take room for some more bytes; raises SpoolFull."""
        if self._taken[site] + size > self._most // 2 or self._taken.total() + size > self._most:
            raise SpoolFull
        self._taken[site] += size

    def give_back(self, site: str, size: int) -> None:
        """Give room back that was taken."""
        self._taken[site] -= size
        if not self._taken[site]:
            del self._taken[site]
