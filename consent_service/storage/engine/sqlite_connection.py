"""The connection that a thread has to the SQLite file, and what the engine is told as it opens one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import apsw
from playhouse.apsw_ext import APSWDatabase

from consent_service.domain.errors import StorageUnavailable
from consent_service.folder_watch import FolderWatch
from consent_service.storage.engine.claims import Claim
from consent_service.storage.engine.held_files import HeldFiles
from consent_service.storage.engine.sqlite_snapshot import BUSY_SECONDS

PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("secure_delete", 1),  # what was erased is overwritten, not only unlinked
    ("foreign_keys", 1),
    ("cache_size", -5_000),
    ("wal_autocheckpoint", 0),  # see MOST_PAGES
    ("journal_size_limit", 67_108_864),
)


OPEN_LOG = "SELECT 1 FROM sqlite_schema LIMIT 1"
"""The engine opens its log at the first query."""
MOST_PAGES = 16_000
"""The log is moved beside the requests; where nobody does that, a commit does it, at 64 MB."""


class Engine(APSWDatabase):  # type: ignore[misc]
    """Opens the files that this process holds, and no others.

    Plans a query once: else each value of a parameter of an ordered query has it parsed and planned again.
    """

    def __init__(self, file: Path) -> None:
        # Never made by opening it: an empty one in the place of one that was lost would know of no withdrawal.
        super().__init__(str(file), pragmas=PRAGMAS, timeout=BUSY_SECONDS, flags=apsw.SQLITE_OPEN_READWRITE)
        self.held = HeldFiles(file.resolve())

    def _connect(self) -> apsw.Connection:
        connection = self.held.open(self._open)
        connection.set_wal_hook(partial(_move_long_log, self.held))
        return connection

    def _open(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.execute(OPEN_LOG).fetchall()
        return connection


def _move_long_log(held: HeldFiles, connection: apsw.Connection, _: str, pages: int) -> int:
    if pages > MOST_PAGES:
        # What was committed is committed, and the next commit tries again.
        with suppress(StorageUnavailable, OSError, apsw.Error), held.move_log() as may:
            if may:
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    return apsw.SQLITE_OK


class ThreadConnection(threading.local):
    """The cursor that a thread works with; making one for every query would cost as much as a short query.

    ``watch`` tells when to look at the files again.
    ``last`` is what is to be done directly before the commit. ``gathered`` ends the write that others are gathered in,
    ``gathers`` says that it has begun, and ``in_part`` that one of those others is under way.
    """

    cursor: Any = None
    claims: tuple[Claim, ...] = ()
    waits = True
    gathered: ExitStack | None = None
    gathers = False
    in_part = False

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
