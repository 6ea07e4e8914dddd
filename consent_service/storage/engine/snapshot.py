"""A snapshot: one state of the database for as long as it is read, whatever is written meanwhile."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import apsw

from consent_service.domain.errors import StorageUnavailable
from consent_service.storage.engine.database import BUSY_SECONDS, FAULTS, Database


class Readable(Protocol):
    """Whatever answers a named query: the database as it is now, or a snapshot of it."""

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        ...


class Snapshot:
    """Reads through a connection of its own, so that other work of the same thread sees and writes the present."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        try:
            return self._connection.execute(query, values).fetchall()
        except FAULTS as error:
            raise StorageUnavailable(f"the snapshot cannot be read: {error}") from error


@contextmanager
def open_snapshot(database: Database) -> Iterator[Snapshot]:
    """Keep the present state readable; while it is open the write-ahead log grows with every write."""
    try:
        connection = apsw.Connection(str(database.file), flags=apsw.SQLITE_OPEN_READONLY)
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
