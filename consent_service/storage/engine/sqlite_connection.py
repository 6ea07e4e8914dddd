"""The connection that a thread has to the SQLite file, and what the engine is told as it opens one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import apsw
from playhouse.apsw_ext import APSWDatabase

from consent_service.folder_watch import FolderWatch
from consent_service.storage.engine.claims import Claim
from consent_service.storage.engine.file_places import Places

PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("secure_delete", 1),  # what was erased is overwritten, not only unlinked
    ("foreign_keys", 1),
    ("cache_size", -5_000),
    # The log is emptied beside the requests; where nobody does that, a commit does it, at 64 MB.
    ("wal_autocheckpoint", 16_000),
    ("journal_size_limit", 67_108_864),
)


class Engine(APSWDatabase):  # type: ignore[misc]
    """Plans a query once: else each value of a parameter of an ordered query has it parsed and planned again."""

    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        return connection


class ThreadConnection(threading.local):
    """The cursor that a thread works with; making one for every query would cost as much as a short query.

    ``files`` tells which files it has open, by their place on the disk, and ``watch`` when to look at them again.
    ``last`` is what is to be done directly before the commit. ``gathered`` ends the write that others are gathered in,
    ``gathers`` says that it has begun, and ``in_part`` that one of those others is under way.
    """

    cursor: Any = None
    claims: tuple[Claim, ...] = ()
    waits = True
    gathered: ExitStack | None = None
    gathers = False
    in_part = False
    files: Places = ()

    def __init__(self, folder: Path) -> None:
        self.watch = FolderWatch(folder)
        self.last: dict[str, tuple[Callable[[list[Any]], None], list[Any]]] = {}

    @contextmanager
    def hold_part(self) -> Iterator[None]:
        """Hold one of several gathered writes; where it fails, it alone is undone."""
        counted = {name: len(told) for name, (_, told) in self.last.items()}
        self.in_part = True
        try:
            self.cursor.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                for name, (_, told) in self.last.items():
                    del told[counted.get(name, 0) :]
                self.cursor.execute("ROLLBACK TO part")
                raise
            finally:
                self.cursor.execute("RELEASE part")
        finally:
            self.in_part = False
