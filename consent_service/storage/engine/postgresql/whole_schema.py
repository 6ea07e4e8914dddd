"""The whole schema for an engine that has not lived through the steps: what they make of nothing in SQLite, copied.

So there is one description of the schema, the numbered steps, and an engine that came later begins where they end.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import peewee

LIST_TABLES = """
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
"""
LIST_COLUMNS = """SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid"""
LIST_INDEXES = """
SELECT i.name, i."unique", s.sql FROM pragma_index_list(?) i JOIN sqlite_schema s ON s.name = i.name
WHERE i.origin = 'c' ORDER BY i.name
"""
LIST_INDEXED = "SELECT name FROM pragma_index_info(?) ORDER BY seqno"
TYPES = {"TEXT": 'TEXT COLLATE "C"', "BIGINT": "BIGINT", "INTEGER": "BIGINT", "BLOB": "BYTEA"}
"""Texts sort by their octets everywhere: ranges of keys, and pages that go on behind a key, rest on it."""
CLAIMS = 'CREATE TABLE "claim" ("name" TEXT COLLATE "C" NOT NULL PRIMARY KEY)'
"""What writes lock; an engine with one writer needs none."""

Row = tuple[Any, ...]
Ask = Callable[[str, Sequence[Any]], list[Row]]


def list_statements(whole: peewee.Database) -> Iterator[str]:
    """Write what makes the tables and indexes of a SQLite database in PostgreSQL."""
    ask = _make_ask(whole)
    yield CLAIMS
    for table in _list_tables(ask):
        columns = ask(LIST_COLUMNS, (table,))
        key = ", ".join(f'"{name}"' for name, *_, place in sorted(columns, key=lambda one: one[4]) if place)
        lines = [_write_column(*column[:4]) for column in columns]
        yield f'CREATE TABLE "{table}" ({", ".join(lines)}, PRIMARY KEY ({key}))'
        for name, unique, written in ask(LIST_INDEXES, (table,)):
            indexed = ", ".join(f'"{column}"' for (column,) in ask(LIST_INDEXED, (name,)))
            _, where, condition = written.partition(" WHERE ")
            kind = "UNIQUE INDEX" if unique else "INDEX"
            yield f'CREATE {kind} "{name}" ON "{table}" ({indexed}){where}{condition}'


def list_rows(whole: peewee.Database) -> Iterator[tuple[str, list[Row]]]:
    """Hand out, table by table, the statement that inserts a row and the rows that there are from the start."""
    ask = _make_ask(whole)
    for table in _list_tables(ask):
        names = [name for name, *_ in ask(LIST_COLUMNS, (table,))]
        if rows := ask(f'SELECT * FROM "{table}"', ()):
            columns = ", ".join(f'"{name}"' for name in names)
            yield f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})', rows


def _make_ask(whole: peewee.Database) -> Ask:
    def ask(query: str, values: Sequence[Any]) -> list[Row]:
        return list(whole.execute_sql(query, values).fetchall())  # type: ignore[no-untyped-call]

    return ask


def _list_tables(ask: Ask) -> list[str]:
    return [name for (name,) in ask(LIST_TABLES, ())]


def _write_column(name: str, kind: str, required: int, default: str | None) -> str:
    """Write a column; raises KeyError for a type that has no counterpart."""
    return f'"{name}" {TYPES[kind]}{" NOT NULL" if required else ""}{f" DEFAULT {default}" if default else ""}'
