"""The pool of connections to PostgreSQL: given out for one query or one transaction, and made anew where they broke."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from secrets import randbelow

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from consent_service.domain.errors import StorageBusy, StorageConflict
from consent_service.storage.engine.postgresql.postgresql_connection import (
    Connection,
    describe_place,
    require_fit,
    settle_connection,
    translate_fault,
)

MOST_CONNECTIONS = 32
"""In one process; a thread needs one only while it works."""
PATIENCE_SECONDS = 2.0
"""How long to wait for a connection; once somebody has waited in vain, others fail at once for a while."""
IMPATIENCE_SECONDS = 0.05
FAIL_FAST_SECONDS = 1.0
ATTEMPTS = 4


class PostgresqlPool:
    """Opened at its first use, so that a process that is forked before has its own."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._opening = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None
        self._fails_fast_until = 0.0

    def take(self) -> Connection:
        """Take a connection, to be given back; raises StorageBusy where there is none in time."""
        pool = self._pool or self._open()
        patience = IMPATIENCE_SECONDS if time.monotonic() < self._fails_fast_until else PATIENCE_SECONDS
        try:
            return pool.getconn(timeout=patience)
        except PoolTimeout:
            self._fails_fast_until = time.monotonic() + FAIL_FAST_SECONDS
            place = describe_place(self._conninfo)
            raise StorageBusy(f"{place}: the database cannot be reached, or is busy") from None

    def give_back(self, connection: Connection) -> None:
        """Give a connection back, without what it left open; one that is broken is thrown away."""
        with suppress(psycopg.Error):
            connection.end()
        if (pool := self._pool) is None:
            connection.close()
        else:
            pool.putconn(connection)

    def begin(self, begin: Callable[[Connection], object]) -> Connection:
        """Take a connection and begin a transaction on it, again where nothing but the beginning went wrong."""
        left = ATTEMPTS
        while True:
            connection, left = self.take(), left - 1
            try:
                begin(connection)
            except psycopg.Error as error:
                fault = translate_fault(error, "written")
                passes = connection.closed or isinstance(fault, StorageConflict)
                self.give_back(connection)
                if not (left and passes):
                    raise fault from error
            except BaseException:
                self.give_back(connection)
                raise
            else:
                return connection
            self.drop_broken()
            time.sleep(randbelow(20) / 1000)  # so that two do not meet again

    def drop_broken(self) -> None:
        """Throw away every connection that waits here and is broken: a server that was restarted breaks them all."""
        if self._pool is not None:
            self._pool.check()

    def close(self) -> None:
        """Close all connections; the next to be taken opens the pool anew."""
        with self._opening:
            if self._pool is not None:
                self._pool.close()
            self._pool = None

    def _open(self) -> ConnectionPool[Connection]:
        """Open the pool, and tell at once what is wrong where it could not."""
        with self._opening:
            if self._pool is None:
                require_fit(self._conninfo)
                self._pool = ConnectionPool(
                    self._conninfo,
                    connection_class=Connection,
                    configure=settle_connection,
                    kwargs={"autocommit": True, "prepare_threshold": None},
                    min_size=1,
                    max_size=MOST_CONNECTIONS,
                    timeout=PATIENCE_SECONDS,
                    open=True,
                )
            return self._pool
