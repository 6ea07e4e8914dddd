"""A snapshot of SQLite: one state of the file for as long as it is read, whatever is written meanwhile."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import peewee

from consent_service.domain.errors import StorageUnavailable
from consent_service.storage.engine.held_files import HeldFiles

BUSY_SECONDS = 5
FAULTS = (peewee.PeeweeException, apsw.Error, UnicodeDecodeError)
"""What a broken file raises; rows behind the first come straight from the engine, in its own errors."""


class Snapshot:
    """Reads through a connection of its own, so that other work of the same thread sees and writes the present."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        try:
            return self.connection.execute(query, values).fetchall()
        except FAULTS as error:
            raise StorageUnavailable(f"the snapshot cannot be read: {error}") from error

    def read_fenced(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query; whose generation the state is was looked at when it was taken."""
        return self.rows(query, values)


@contextmanager
def open_snapshot(file: Path, held: HeldFiles) -> Iterator[Snapshot]:
    """Keep the present state readable; while it is open the write-ahead log grows with every write."""
    try:
        connection = held.open(lambda: apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY))
    except apsw.Error as error:
        raise StorageUnavailable(f"the database cannot be opened: {error}") from error
    try:
        connection.set_busy_timeout(BUSY_SECONDS * 1000)
        snapshot = Snapshot(connection)
        snapshot.rows("BEGIN")
        # The state is fixed by the first read, not by the beginning.
        snapshot.rows("SELECT count(*) FROM sqlite_schema")
        yield snapshot
    finally:
        connection.close()
