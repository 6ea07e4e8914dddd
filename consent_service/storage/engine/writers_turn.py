"""The writers' turn: one writer at a time across all threads and processes, by a lock and a lock file."""

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from consent_service.domain.errors import StorageUnavailable
from consent_service.private_files import open_private

LOCK_SECONDS = 2.0


class WritersTurn:
    """Held with ``with``; raises StorageUnavailable where others do not let go in time, or the file cannot be used.

    The order that the file gives keeps the tail of write times short where many wait. Once somebody has waited in
    vain, nobody waits any longer until the turn is free again: whoever holds it hangs, and all who came after would
    wait their time one behind the other.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.Lock()
        self._descriptor = -1
        self._close: Callable[[], object] = tuple
        self._stuck = False

    def __enter__(self) -> None:
        """Wait for the turn and take it."""
        patience = 0 if self._stuck else LOCK_SECONDS
        deadline = time.monotonic() + patience
        if not self._turn.acquire(timeout=patience):
            self._stuck = True
            raise StorageUnavailable("the database is busy: another writer did not finish in time")
        try:
            self._lock(deadline)
        except BaseException:
            self._turn.release()
            raise
        self._stuck = False

    def __exit__(self, *_: object) -> None:
        """Let the next one write."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._turn.release()

    def _lock(self, deadline: float) -> None:
        try:
            if self._descriptor < 0:
                self._descriptor = open_private(self._file, os.O_RDWR | os.O_CREAT)
                # Also where nobody closes it: each reload of the sites leaves one of these behind.
                self._close = weakref.finalize(self, os.close, self._descriptor)
            wait = 0.0001
            while not self._locked():
                if time.monotonic() > deadline:
                    self._stuck = True
                    raise StorageUnavailable("the database is busy: another process holds its lock")
                time.sleep(wait)
                wait = min(wait * 1.5, 0.002)
        except OSError as error:
            raise StorageUnavailable(f"the lock file cannot be used: {error.strerror}") from error

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go of the file once no thread holds the turn; it is opened again where it is needed.

        It stays open where a thread holds the turn for longer than others would wait for it.
        """
        if not self._turn.acquire(timeout=LOCK_SECONDS):
            return
        try:
            self._close()
            self._descriptor = -1
        finally:
            self._turn.release()
