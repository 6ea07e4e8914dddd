"""The database: one SQLite file through APSW, durable commits, one writer at a time across all processes."""

import fcntl
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from consent_service.domain.errors import StorageUnavailable

LOCK_SECONDS = 2.0
BUSY_SECONDS = 5
LOG_SECONDS = 0.2
"""For how long emptying the log waits for readers; all writers wait with it."""
PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("secure_delete", 1),  # what was erased is overwritten, not only unlinked
    ("foreign_keys", 1),
    ("cache_size", -5_000),
    ("wal_autocheckpoint", 4_000),  # 16 MB, so that fewer commits wait for the main file
)
FAULTS = (peewee.PeeweeException, apsw.Error, UnicodeDecodeError)
"""What a broken file raises; rows behind the first come straight from the engine, in its own errors."""


class _Engine(APSWDatabase):  # type: ignore[misc]
    """Plans a query once: else each value of a parameter of an ordered query has it parsed and planned again."""

    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        return connection


class _Reader(threading.local):
    """The cursor that a thread reads with; making one for every query would cost as much as a short query."""

    cursor: Any = None


class Database:
    """Named queries run through ``rows`` and ``change``; every change stands inside ``write``.

    Each thread has its own connection. A lock file orders the writers of all processes, which keeps the tail of
    write times short where many wait. Errors of the engine become StorageUnavailable. ``archived`` are the digests
    of notices that were read from the archive, where they stay for good.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.engine = _Engine(str(file), pragmas=PRAGMAS, timeout=BUSY_SECONDS)
        self.archived: frozenset[str] = frozenset()
        self._reader = _Reader()
        self._turn = threading.Lock()
        self._lock_file = -1

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows, straight from the driver because every check comes by here."""
        try:
            cursor = self._reader.cursor or self._open_reader()
            return cursor.execute(query, values).fetchall()  # type: ignore[no-any-return]
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be read: {error}") from error

    def _open_reader(self) -> Any:
        self._reader.cursor = self.engine.connection().cursor()
        return self._reader.cursor

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and hand out its rows one by one, for results of any size."""
        try:
            yield from self.engine.execute_sql(query, values)
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be read: {error}") from error

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement inside ``write`` and return the number of rows it changed."""
        cursor = self._reader.cursor or self._open_reader()
        cursor.execute(statement, values)
        return cursor.connection.changes()  # type: ignore[no-any-return]

    def change_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for every row inside ``write``, without holding the rows in memory."""
        cursor = self._reader.cursor or self._open_reader()
        cursor.executemany(statement, rows)

    @contextmanager
    def alter(self) -> Iterator[None]:
        """Like ``write``, for the migration runner: peewee opens the transaction, so that it can nest its own in it."""
        with self._writers_turn():
            try:
                with self.engine.atomic("IMMEDIATE"):
                    yield
            except FAULTS as error:
                raise StorageUnavailable(f"the database cannot be written: {error}") from error

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold the one write transaction; all of it is durable when the block is left, or none of it is.

        A write inside a write of the same thread is part of it.
        """
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self._writers_turn():
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except FAULTS as error:
                raise StorageUnavailable(f"the database cannot be written: {error}") from error

    def _connection(self) -> Any:
        try:
            return self.engine.connection()
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be opened: {error}") from error

    def empty_log(self) -> None:
        """Move everything into the main file and empty the write-ahead log, where deleted rows still lie.

        A reader at work keeps the log as it is; the next call or checkpoint empties it then.
        """
        connection = self._connection()
        with self._writers_turn():
            connection.set_busy_timeout(int(LOG_SECONDS * 1000))
            try:
                self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.set_busy_timeout(BUSY_SECONDS * 1000)

    @contextmanager
    def _writers_turn(self) -> Iterator[None]:
        deadline = time.monotonic() + LOCK_SECONDS
        if not self._turn.acquire(timeout=LOCK_SECONDS):
            raise StorageUnavailable("the database is busy: another writer did not finish in time")
        try:
            self._take_lock_file(deadline)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)
        finally:
            self._turn.release()

    def _take_lock_file(self, deadline: float) -> None:
        try:
            if self._lock_file < 0:
                self._lock_file = os.open(f"{self.file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            wait = 0.0001
            while not self._locked():
                if time.monotonic() > deadline:
                    raise StorageUnavailable("the database is busy: another process holds its lock")
                time.sleep(wait)
                wait = min(wait * 1.5, 0.002)
        except OSError as error:
            raise StorageUnavailable(f"the lock file cannot be used: {error.strerror}") from error

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Close this thread's connection and the lock file."""
        self._reader.cursor = None
        self.engine.close()
        if self._lock_file >= 0:
            os.close(self._lock_file)
            self._lock_file = -1
