"""The SQLite engine: one file through APSW, durable commits, one writer at a time across all processes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import apsw
import peewee

from consent_service.domain.errors import StorageBusy, StorageUnavailable
from consent_service.storage.engine.claims import Claim, require_held
from consent_service.storage.engine.database import Readable
from consent_service.storage.engine.schema_fence import FIND_LIFE, SchemaFence
from consent_service.storage.engine.sqlite_connection import Engine, ThreadConnection
from consent_service.storage.engine.sqlite_snapshot import BUSY_SECONDS, FAULTS, open_snapshot
from consent_service.storage.engine.writers_turn import WritersTurn

READ_ONLY = "PRAGMA query_only = 1"
FIND_TABLE = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"


class SqliteDatabase:
    """A database in one file.

    ``generation`` is that of the schema this version knows, for the database whose schema has one. Each thread has its
    own connection, and writers of all processes wait for their turn. The engine's errors become StorageUnavailable.
    """

    skip_claimed, binary = "", "BLOB"
    reads_on_loop, begins_whole, readers, writers = True, False, 4, 1

    def __init__(self, file: Path, generation: int | None = None) -> None:
        self.file, self.folder, self.name = file, file.parent, str(file)
        self.engine, self._fence = Engine(file), SchemaFence(self.name, generation)
        self.archived: frozenset[str] = frozenset()
        self._own = ThreadConnection(file.resolve().parent)
        self._turn = WritersTurn(Path(f"{file}.lock"))

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows, straight from the driver because every check comes by here."""
        try:
            cursor = self._own.cursor or self._open_cursor()
            return cursor.execute(query, values).fetchall()  # type: ignore[no-any-return]
        except apsw.BusyError as error:
            raise StorageBusy("the database is busy") from error
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be read: {error}") from error

    def read_fenced(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query on what is in force; raises LeftBehind as ``require_generation`` does."""
        found = self.rows(query, values)
        self.require_generation()  # afterwards: then nothing had been moved away when it was read
        return found

    def _open_cursor(self) -> Any:
        try:
            connection = self.engine.connection()
            cursor = connection.cursor()
            if not self._own.waits:
                connection.set_busy_timeout(0)
                cursor.execute(READ_ONLY)
        except apsw.BusyError as error:
            raise StorageBusy("the database is busy") from error
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be opened: {error}") from error
        self._own.cursor = cursor
        return cursor

    def require_in_place(self) -> None:
        """Raise StorageUnavailable where other files stand there than are held, or the database was overwritten.

        The engine does not notice when they are moved, replaced or removed while it runs: it goes on in what it has
        open, and all of that is lost when it ends. The log and its index are looked at only where the folder has
        changed: asked for its times at every commit, the log would have them written at every commit too.
        """
        own, held = self._own, self.engine.held
        if own.cursor is None:
            return
        if (change := own.watch.change()) is not None:
            held.require_in_place()
            own.watch.settle(change)
        held.require_untouched()

    def require_generation(self) -> None:
        """Raise LeftBehind where another version has migrated the database, or another epoch has begun since."""
        if self._fence.stands:
            self._fence.require_same(self.rows(FIND_LIFE))

    def join_epoch(self) -> None:
        """Go on in whatever epoch the next write finds."""
        self._fence.join_epoch()

    def read_without_waiting(self) -> None:
        """Let this thread read alone and wait for nothing: where it would have to, it gets StorageBusy at once."""
        self.close_connection()
        self._own.waits = False

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and hand out its rows one by one, for results of any size; raises LeftBehind."""
        try:
            found = self.engine.execute_sql(query, values)
            self.require_generation()
            yield from found
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be read: {error}") from error

    @contextmanager
    def snapshot(self) -> Iterator[Readable]:
        """Keep the present state readable; while it is open the write-ahead log grows with every write."""
        self.rows("SELECT 1")  # a connection that may move the log holds the files
        with open_snapshot(self.file, self.engine.held) as snapshot:
            if self._fence.stands:
                self._fence.require_same(snapshot.rows(FIND_LIFE))
            yield snapshot

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement inside ``write`` and return the number of rows it changed."""
        cursor = self._own.cursor or self._open_cursor()
        cursor.execute(statement, values)
        return cursor.connection.changes()  # type: ignore[no-any-return]

    def change_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for every row inside ``write``, without holding the rows in memory."""
        self.engine.connection().executemany(statement, rows)

    @contextmanager
    def alter(self) -> Iterator[peewee.Database]:
        """Like ``write``, for the migration runner: peewee opens the transaction, so that it can nest its own in it."""
        with self._turn:
            try:
                with self.engine.atomic("IMMEDIATE"):
                    yield self.engine
            except FAULTS as error:
                raise StorageUnavailable(f"the database cannot be written: {error}") from error

    def has_table(self, name: str) -> bool:
        """Say whether there is a table; raises StorageUnavailable."""
        if not self.folder.is_dir():
            raise StorageUnavailable(f"{self.folder}: there is no such folder; run: consent-service init")
        return bool(self.rows(FIND_TABLE, (name,)))

    @contextmanager
    def write(self, *claims: Claim) -> Iterator[None]:
        """Hold the one write transaction, whatever it claims; all of it is durable when the block is left, or none.

        A write inside a write of the same thread is part of it. Where writes are gathered, it is durable with them.
        """
        own = self._own
        cursor = own.cursor or self._open_cursor()
        if own.gathered is not None and not own.in_part:
            with self._write_part(cursor, own.gathered, claims):
                yield
        elif cursor.connection.in_transaction:
            require_held(own.claims, claims)
            yield
        else:
            with self._write_alone(cursor, claims):
                yield

    @contextmanager
    def gather_writes(self) -> Iterator[None]:
        """Make the writes of this thread in the block one, for which the disk is waited for once.

        The turn is held from the first of them on.
        """
        own = self._own
        with ExitStack() as gathered:
            own.gathered, own.gathers = gathered, False
            try:
                yield
            finally:
                own.gathered = None

    @contextmanager
    def _write_alone(self, cursor: Any, claims: tuple[Claim, ...]) -> Iterator[None]:
        own = self._own
        with self._turn:
            own.claims = claims
            try:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    self.require_generation()
                    yield
                    for act, told in own.last.values():
                        if told:
                            act(told)
                    self.require_in_place()
                    cursor.execute("COMMIT")
                finally:
                    own.last.clear()
                    if cursor.connection.in_transaction:
                        cursor.execute("ROLLBACK")
            except FAULTS as error:
                raise StorageUnavailable(f"the database cannot be written: {error}") from error

    @contextmanager
    def _write_part(self, cursor: Any, gathered: ExitStack, claims: tuple[Claim, ...]) -> Iterator[None]:
        own = self._own
        if not own.gathers:
            gathered.enter_context(self._write_alone(cursor, claims))
            own.gathers = True
        elif not cursor.connection.in_transaction:
            # A full disk, for one, has the engine undo all of it by itself.
            raise StorageUnavailable("the database cannot be written: what was gathered before was undone")
        own.claims = claims
        try:
            with own.hold_part():
                yield
        except FAULTS as error:
            raise StorageUnavailable(f"the database cannot be written: {error}") from error

    def before_commit(self, name: str, act: Callable[[list[Any]], None], told: Any) -> None:
        """Have ``act`` called directly before the commit, once, with all told under a name; runs inside ``write``."""
        self._own.last.setdefault(name, (act, []))[1].append(told)

    def checkpoint(self) -> None:
        """Move what was written into the main file, beside readers and writers; waits for nobody."""
        with self.engine.held.move_log() as may:
            if may:
                self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def empty_log(self) -> None:
        """Move everything into the main file and empty the write-ahead log, where deleted rows still lie.

        A reader at work keeps the log as it is; the next call or checkpoint empties it then.
        """
        connection = (self._own.cursor or self._open_cursor()).connection
        with self.engine.held.move_log(patience=BUSY_SECONDS) as may:
            if not may:
                return
            # Most of it is moved while others write, so that their turn is held for the rest alone.
            self.rows("PRAGMA wal_checkpoint(PASSIVE)")
            with self._turn:
                connection.set_busy_timeout(0)
                try:
                    self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    connection.set_busy_timeout(BUSY_SECONDS * 1000)

    def close_connection(self) -> None:
        """Close this thread's connection; the next query opens another."""
        self._own.cursor = None
        self.engine.close()

    def close(self) -> None:
        """Close this thread's connection and let go of the files."""
        self.close_connection()
        self.engine.held.leave()
        self._turn.close()
