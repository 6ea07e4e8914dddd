"""What is in force for visitors gets a table of its own, numbered, whose tree stays flat however many they are."""

from collections.abc import Callable
from typing import Any
from zlib import crc32

from peewee import BigAutoField, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

BATCH = 3_000
REACH = 8
PAGE = """
SELECT principal, decisions FROM principal_state WHERE principal > ? AND principal LIKE '%/v/%'
ORDER BY principal LIMIT ?
"""
NEAR = "SELECT slot FROM visitor_state WHERE slot BETWEEN ? AND ?"
INSERT = "INSERT INTO visitor_state (slot, principal, decisions) VALUES (?, ?, ?)"

Execute = Callable[..., Any]


class VisitorState(Model):
    slot = BigAutoField()
    principal = TextField()
    decisions = TextField()

    class Meta:
        table_name = "visitor_state"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    with db.bind_ctx([VisitorState]):
        db.create_tables([VisitorState])
    execute: Execute = db.execute_sql
    last = ""
    while rows := execute(PAGE, (last, BATCH)).fetchall():
        for principal, decisions in rows:
            execute(INSERT, (_find_free_slot(execute, principal), principal, decisions))
        last = rows[-1][0]
    execute("DELETE FROM principal_state WHERE principal LIKE '%/v/%'")


def _find_free_slot(execute: Execute, principal: str) -> int:
    number = crc32(principal.encode())
    taken = {slot for (slot,) in execute(NEAR, (number, number + REACH - 1)).fetchall()}
    return next(slot for slot in range(number, number + REACH) if slot not in taken)
