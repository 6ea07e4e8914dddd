"""One row for each principal instead of one for each of its decisions, so that a check reads a single row."""

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from peewee import Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

BATCH = 3_000
FIRST = ("", "")
PAGE = """
SELECT principal, purpose, state, method, at, valid_until, record, fingerprint, signalled FROM decision
WHERE (principal, purpose) > (?, ?) ORDER BY principal, purpose LIMIT ?
"""
INSERT = "INSERT INTO principal_state (principal, decisions) VALUES (?, ?)"

Execute = Callable[..., Any]


class PrincipalState(Model):
    principal = TextField(primary_key=True)
    decisions = TextField()

    class Meta:
        table_name = "principal_state"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    # A clustered table finds a row in one descent of the tree.
    PrincipalState._meta.without_rowid = isinstance(db, SqliteDatabase)
    with db.bind_ctx([PrincipalState]):
        db.create_tables([PrincipalState])
    execute: Execute = db.execute_sql
    for principal, rows in groupby(_read_decisions(execute), key=itemgetter(0)):
        execute(INSERT, (principal, _write_statements(rows)))
    execute("DROP TABLE decision")


def _read_decisions(execute: Execute) -> Iterator[tuple[Any, ...]]:
    last = FIRST
    while rows := execute(PAGE, (*last, BATCH)).fetchall():
        yield from rows
        last = rows[-1][:2]


def _write_statements(rows: Iterator[tuple[Any, ...]]) -> str:
    statements: dict[tuple[Any, ...], dict[str, list[str]]] = {}
    for _, purpose, state, method, at, valid_until, record, fingerprint, signalled in rows:
        said = statements.setdefault((record, at, valid_until, method, bool(signalled)), {})
        said[purpose] = [state, fingerprint]
    return "\n".join(
        f"{record} {at} {valid_until} {json.dumps([method, signalled, said], separators=(',', ':'))}"
        for (record, at, valid_until, method, signalled), said in statements.items()
    )
