"""A sealed spool: what waits on disk lies in a file without a name, sealed with a key that is written nowhere."""

import os
import secrets
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from tempfile import TemporaryFile

from consent_service.domain.errors import StorageUnavailable
from consent_service.keys.sealing import Seal

KEY_BYTES = 32
LENGTH_BYTES = 4


class SealedSpool(RawIOBase):
    """Takes pieces, and hands them out again as one file after ``rewind``; raises StorageUnavailable."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._seal = Seal(secrets.token_bytes(KEY_BYTES), secrets.token_bytes)
        self._number = 0
        self._left = b""
        try:
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the spool
        except OSError as error:
            raise StorageUnavailable(f"what was sent cannot be held: {error.strerror}") from error

    def append(self, piece: bytes) -> None:
        """Seal a piece and write it; an empty one would read as the end."""
        if not piece:
            return
        sealed = self._seal.close(piece, str(self._number))
        try:
            self._file.write(len(sealed).to_bytes(LENGTH_BYTES) + sealed)
            self._file.flush()
        except OSError as error:
            raise StorageUnavailable(f"what was sent cannot be held: {error.strerror}") from error
        self._number += 1

    def rewind(self) -> "SealedSpool":
        """Begin to read from the start."""
        self._file.seek(0, os.SEEK_SET)
        self._number = 0
        return self

    def readable(self) -> bool:
        """Say yes: it is read through a buffer."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with what comes next; 0 at the end."""
        if not self._left:
            self._left = self._open_next()
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self._left[: len(view)]
        view[: len(part)] = part
        self._left = self._left[len(part) :]
        return len(part)

    def close(self) -> None:
        """Let go of the file; closing writes what is left once more, and may fail as the write before it did."""
        with suppress(OSError):
            self._file.close()
        super().close()

    def _open_next(self) -> bytes:
        length = self._file.read(LENGTH_BYTES)
        if not length:
            return b""
        piece = self._seal.open(self._file.read(int.from_bytes(length)), str(self._number))
        if piece is None:
            raise StorageUnavailable("what was held has changed on disk")
        self._number += 1
        return piece
