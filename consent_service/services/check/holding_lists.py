"""Holding: a list in plain addresses waits on disk to be checked, sealed with a key that is written nowhere."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from consent_service.keys.sealed_spool import SealedSpool

PIECE = 65_536


@contextmanager
def hold_list(chunks: Iterable[bytes], folder: Path) -> Iterator[Iterator[bytes]]:
    """Take in all chunks and hand them out again in pieces; the file has no name and goes with its process.

    A list is taken in whole before the first answer leaves, because many programs read no answer while they send.
    """
    with SealedSpool(folder) as spool:
        for chunk in chunks:
            spool.append(chunk)
        spool.rewind()
        yield iter(lambda: spool.read(PIECE), b"")
