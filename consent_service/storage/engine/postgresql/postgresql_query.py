"""Queries to PostgreSQL: named queries are written as it takes them, and rows fetched from a connection."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import psycopg

from consent_service.storage.engine.postgresql.postgresql_connection import Connection, translate_fault


def fetch_rows(connection: Connection, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a query and fetch all of its rows; raises StorageUnavailable."""
    try:
        return connection.asks.execute(mark_places(query), values).fetchall()
    except psycopg.DataError as error:
        if any("\0" in value for value in values if isinstance(value, str)):
            return []  # no text that is kept holds the sign that ends one
        raise translate_fault(error, "read") from error
    except psycopg.ProgrammingError as error:
        if error.sqlstate is None:
            return []  # a statement that has none
        raise translate_fault(error, "read") from error
    except psycopg.Error as error:
        raise translate_fault(error, "read") from error


@lru_cache(maxsize=1024)
def mark_places(query: str) -> bytes:
    """Write a named query as PostgreSQL takes it, its question marks numbered; no query holds one in a text."""
    first, *others = query.split("?")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(others, start=1))]).encode()


class PostgresqlSnapshot:
    """Reads on the connection that holds the state."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows."""
        return fetch_rows(self._connection, query, values)

    def read_fenced(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query; whose generation the state is was looked at when it was taken."""
        return self.rows(query, values)
