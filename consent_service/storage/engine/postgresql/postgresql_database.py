"""The PostgreSQL engine: a pool of connections, and claims as rows that are locked.

It goes on where a server was restarted or another took over: what breaks before anything was written is tried again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import peewee
import psycopg

from consent_service.domain.errors import StorageUnavailable
from consent_service.storage.engine.claims import Claim, require_held
from consent_service.storage.engine.database import Readable
from consent_service.storage.engine.postgresql.postgresql_altering import FENCE, AlteredDatabase
from consent_service.storage.engine.postgresql.postgresql_claims import begin_claiming, commit_claiming
from consent_service.storage.engine.postgresql.postgresql_connection import (
    Connection,
    describe_place,
    read_url,
    translate_fault,
)
from consent_service.storage.engine.postgresql.postgresql_pool import ATTEMPTS, PostgresqlPool
from consent_service.storage.engine.postgresql.postgresql_query import PostgresqlSnapshot, fetch_rows, mark_places
from consent_service.storage.engine.schema_fence import FIND_LIFE, SchemaFence

FREEZE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {settings}{first}"
FENCED = """
SELECT life.number, life.epoch, asked.* FROM schema_generation life
LEFT JOIN (SELECT TRUE AS found, rest.* FROM ({query}) rest) asked ON TRUE WHERE life.id = 1
"""
FIND_TABLE = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = ?"
FETCHED = 500
"""How many rows of a stream come at a time."""


class _Own(threading.local):
    """What a thread holds while it writes; ``last`` is what is to be done directly before the commit."""

    connection: Connection | None = None
    claims: tuple[Claim, ...] = ()

    def __init__(self) -> None:
        self.last: dict[str, tuple[Callable[[list[Any]], None], list[Any]]] = {}


class PostgresqlDatabase:
    """A database on a server, or on whichever of several is the primary; raises SettingsFault for a malformed URL.

    ``generation`` is that of the schema this version knows. A write locks what it claims, in the order of the claims
    and before it reads anything, so that two writes that claim nothing in common run side by side.
    """

    skip_claimed, binary = " FOR UPDATE SKIP LOCKED", "BYTEA"
    reads_on_loop, begins_whole = False, True
    readers, writers = 8, 8

    def __init__(self, url: str, folder: Path, generation: int | None = None) -> None:
        self._conninfo = read_url(url)
        self.name, self.folder = describe_place(self._conninfo), folder
        self.archived: frozenset[str] = frozenset()
        self._fence = SchemaFence(self.name, generation)
        self._own = _Own()
        self._pool = PostgresqlPool(self._conninfo)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows; outside a write it is asked again where the connection was broken."""
        if own := self._own.connection:
            return fetch_rows(own, query, values)
        left = ATTEMPTS
        while True:
            connection, left = self._pool.take(), left - 1
            try:
                return fetch_rows(connection, query, values)
            except StorageUnavailable:
                if not (left and connection.closed):
                    raise
            finally:
                self._pool.give_back(connection)
            self._pool.drop_broken()

    def read_fenced(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query on what is in force; raises LeftBehind, and goes to the server and back but once."""
        if not self._fence.stands or self._own.connection:
            return self.rows(query, values)
        rows = self.rows(FENCED.format(query=query), values)
        if rows:
            self._fence.require_same([rows[0][:2]])
        else:
            self.require_generation()
        return [row[3:] for row in rows if row[2]]

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and hand out its rows one by one, on a connection of its own that sees one state."""
        with self._frozen() as connection:
            try:
                with psycopg.RawServerCursor(connection, "stream") as cursor:
                    cursor.itersize = FETCHED
                    yield from cursor.execute(mark_places(query), values, binary=True)
            except psycopg.Error as error:
                raise translate_fault(error, "read") from error

    @contextmanager
    def snapshot(self) -> Iterator[Readable]:
        """Keep the present state readable, on a connection of its own."""
        with self._frozen() as connection:
            yield PostgresqlSnapshot(connection)

    @contextmanager
    def _frozen(self) -> Iterator[Connection]:
        first = FIND_LIFE if self._fence.stands else "SELECT 1"

        def freeze(fresh: Connection) -> None:
            [life] = fresh.tell(FREEZE.format(settings=fresh.local_settings, first=first))
            self._fence.require_same(life)

        connection = self._pool.begin(freeze)
        try:
            yield connection
        finally:
            self._pool.give_back(connection)

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement inside ``write`` and return the number of rows it changed."""
        try:
            return self._held().asks.execute(mark_places(statement), values).rowcount
        except psycopg.Error as error:
            raise translate_fault(error, "written") from error

    def change_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for every row inside ``write``, without holding the rows in memory."""
        try:
            self._held().asks.executemany(mark_places(statement), rows)
        except psycopg.Error as error:
            raise translate_fault(error, "written") from error

    def _held(self) -> Connection:
        if self._own.connection is None:
            raise RuntimeError("a change stands inside a write")
        return self._own.connection

    @contextmanager
    def write(self, *claims: Claim) -> Iterator[None]:
        """Hold a write transaction and lock what it claims; a write inside a write of the same thread is part of it."""
        own = self._own
        if own.connection is not None:
            require_held(own.claims, claims)
            yield
            return
        taken = sorted(set(claims))
        connection = self._pool.begin(lambda fresh: self._fence.require_same(begin_claiming(fresh, taken)))
        own.connection, own.claims = connection, claims
        try:
            yield
            for act, told in own.last.values():
                act(told)
            commit_claiming(connection, taken)
        except psycopg.Error as error:
            raise translate_fault(error, "written") from error
        finally:
            own.connection = None
            own.last.clear()
            self._pool.give_back(connection)

    def gather_writes(self) -> AbstractContextManager[None]:
        """Keep each write by itself: several threads write at a time, and the server waits once for all of them."""
        return nullcontext()

    def before_commit(self, name: str, act: Callable[[list[Any]], None], told: Any) -> None:
        """Have ``act`` called directly before the commit, once, with all told under a name; runs inside ``write``."""
        self._own.last.setdefault(name, (act, []))[1].append(told)

    @contextmanager
    def alter(self) -> Iterator[peewee.Database]:
        """Hold everything for a change of the schema, which the migration runner makes through what this hands out.

        Writes that are under way end first, and those that come after see the new generation.
        """
        altered = AlteredDatabase(self._conninfo)
        own = self._own
        try:
            with altered.connection_context(), altered.atomic():
                if altered.table_exists("schema_generation"):
                    altered.execute_sql(FENCE)  # type: ignore[no-untyped-call]
                own.connection = altered.connection()  # type: ignore[no-untyped-call]
                yield altered
        except (psycopg.Error, peewee.PeeweeException) as error:
            raise translate_fault(error, "written") from error
        finally:
            own.connection = None

    def has_table(self, name: str) -> bool:
        """Say whether there is a table; raises StorageUnavailable."""
        return bool(self.rows(FIND_TABLE, (name,)))

    def require_generation(self) -> None:
        """Raise LeftBehind where another version has migrated the database, or another epoch has begun since."""
        if self._fence.stands:
            self._fence.require_same(self.rows(FIND_LIFE))

    def join_epoch(self) -> None:
        """Go on in whatever epoch the next write finds."""
        self._fence.join_epoch()

    def require_in_place(self) -> None:
        """Do nothing: a server does not go on in files that were taken away."""

    def read_without_waiting(self) -> None:
        """Do nothing: nobody reads from a server without waiting."""

    def checkpoint(self) -> None:
        """Do nothing: the server does it by itself."""

    def empty_log(self) -> None:
        """Do nothing: what was deleted goes with the server's next vacuum."""

    def close_connection(self) -> None:
        """Do nothing: a thread holds a connection only while it works."""

    def close(self) -> None:
        """Close all connections; the next query opens others."""
        self._pool.close()
