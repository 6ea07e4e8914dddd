"""Holding: a list in plain addresses waits on disk to be checked, sealed with a key that is written nowhere."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from consent_service.domain.errors import StorageUnavailable
from consent_service.keys.sealing import Seal

KEY_BYTES = 32
LENGTH_BYTES = 4


@contextmanager
def hold_list(chunks: Iterable[bytes], folder: Path) -> Iterator[Iterator[bytes]]:
    """Take in all chunks and hand them out again, one by one; the file has no name and goes with its process.

    A list is taken in whole before the first answer leaves, because many programs read no answer while they send.
    """
    seal = Seal(secrets.token_bytes(KEY_BYTES), secrets.token_bytes)
    with TemporaryFile(dir=folder) as file:
        try:
            for number, chunk in enumerate(chunks):
                sealed = seal.close(chunk, str(number))
                file.write(len(sealed).to_bytes(LENGTH_BYTES) + sealed)
            file.seek(0, os.SEEK_SET)
        except OSError as error:
            # Closing writes what is left once more, and fails as well.
            with suppress(OSError):
                file.close()
            raise StorageUnavailable(f"a list cannot be held: {error.strerror}") from error
        yield _hand_out(file, seal)


def _hand_out(file: IO[bytes], seal: Seal) -> Iterator[bytes]:
    number = 0
    while length := file.read(LENGTH_BYTES):
        chunk = seal.open(file.read(int.from_bytes(length)), str(number))
        if chunk is None:
            raise StorageUnavailable("a list that was held has changed on disk")
        yield chunk
        number += 1
