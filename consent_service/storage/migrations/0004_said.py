"""What people said stands once, under a digest of itself, instead of in every row that says it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from peewee import Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

BATCH = 3_000
PAGE = "SELECT principal, decisions FROM principal_state WHERE principal > ? ORDER BY principal LIMIT ?"
UPDATE = "UPDATE principal_state SET decisions = ? WHERE principal = ?"
INSERT = "INSERT INTO said (key, text) VALUES (?, ?)"

Execute = Callable[..., Any]


class Said(Model):
    key = TextField(primary_key=True)
    text = TextField()

    class Meta:
        table_name = "said"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    Said._meta.without_rowid = isinstance(db, SqliteDatabase)
    with db.bind_ctx([Said]):
        db.create_tables([Said])
    execute: Execute = db.execute_sql
    keys: dict[str, str] = {}
    last = ""
    while rows := execute(PAGE, (last, BATCH)).fetchall():
        for principal, decisions in rows:
            execute(UPDATE, ("\n".join(_shorten_line(line, keys) for line in decisions.splitlines()), principal))
        last = rows[-1][0]
    for text, key in keys.items():
        execute(INSERT, (key, text))


def _shorten_line(line: str, keys: dict[str, str]) -> str:
    record, at, valid_until, said = line.split(" ", 3)
    if said not in keys:
        keys[said] = urlsafe_b64encode(hashlib.sha256(said.encode()).digest()[:9]).decode()
    return f"{record} {at} {valid_until} {keys[said]}"
