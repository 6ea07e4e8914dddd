"""The sealed ledger: the tree of hashes over all records, its checkpoints, and what is still to be sealed.

``copy_ahead`` puts the records from before in line, slice by slice in their order, beside a version that serves.
``up``, the last turn, adds those that came meanwhile and takes out those that went.
"""

import time
from collections.abc import Callable

from peewee import BigIntegerField, BlobField, CompositeKey, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

from consent_service.storage.engine.database import Database
from consent_service.storage.engine.slices import PAUSE_SECONDS

COPIES_SINCE = 1
"""The step since which the table of records has had what is read of it ahead."""
SLICE = 1000
SECONDS_OF_SILENCE = 5
QUEUE = """
CREATE TABLE IF NOT EXISTS "unsealed" ("principal" TEXT NOT NULL, "seq" INTEGER NOT NULL, "leaf" BLOB,
PRIMARY KEY ("principal", "seq")) WITHOUT ROWID
"""
QUEUE_NEXT = """
INSERT INTO unsealed (principal, seq, leaf) SELECT principal, seq, NULL FROM record
WHERE (principal, seq) > (?, ?) ORDER BY principal, seq LIMIT ?
"""
FIND_LAST = "SELECT principal, seq FROM unsealed ORDER BY principal DESC, seq DESC LIMIT 1"
QUEUE_MISSED = """
INSERT INTO unsealed (principal, seq, leaf) SELECT principal, seq, NULL FROM record
WHERE NOT EXISTS (SELECT 1 FROM unsealed u WHERE u.principal = record.principal AND u.seq = record.seq)
"""
DROP_GONE = """
DELETE FROM unsealed
WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.principal = unsealed.principal AND r.seq = unsealed.seq)
"""


class Unsealed(Model):
    principal = TextField()
    seq = BigIntegerField()
    leaf = BlobField(null=True)

    class Meta:
        table_name = "unsealed"
        primary_key = CompositeKey("principal", "seq")


class Ledger(Model):
    site = TextField(primary_key=True)
    epoch = BigIntegerField()
    origin = TextField()
    size = BigIntegerField()
    sealer = TextField()
    leased_until = BigIntegerField()

    class Meta:
        table_name = "ledger"


class LedgerTile(Model):
    site = TextField()
    level = BigIntegerField()
    number = BigIntegerField()
    hashes = BlobField()

    class Meta:
        table_name = "ledger_tile"
        primary_key = CompositeKey("site", "level", "number")


class Checkpoint(Model):
    site = TextField()
    epoch = BigIntegerField()
    size = BigIntegerField()
    at = BigIntegerField()
    note = TextField()

    class Meta:
        table_name = "checkpoint"
        primary_key = CompositeKey("site", "epoch", "size")


class KeyCompromise(Model):
    kid = TextField(primary_key=True)
    since = BigIntegerField()

    class Meta:
        table_name = "key_compromise"


def copy_ahead(database: Database, say: Callable[[str], None]) -> None:
    """Put what is there in line, a slice a write, beside a version that serves; goes on where it was broken off."""
    with database.write():
        database.change(QUEUE)
    [(total,)] = database.rows("SELECT count(*) FROM record")
    [(done,)] = database.rows("SELECT count(*) FROM unsealed")
    told, queued = time.monotonic(), SLICE
    while queued == SLICE:
        place = (database.rows(FIND_LAST) or [("", 0)])[0]
        with database.write():
            queued = database.change(QUEUE_NEXT, (*place, SLICE))
        done += queued
        if time.monotonic() - told > SECONDS_OF_SILENCE:
            told = time.monotonic()
            say(f"record: {done} of {total} put in line to be sealed")
        time.sleep(PAUSE_SECONDS)


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    Unsealed._meta.without_rowid = isinstance(db, SqliteDatabase)
    tables = [Unsealed, Ledger, LedgerTile, Checkpoint, KeyCompromise]
    with db.bind_ctx(tables):
        db.create_tables(tables)
    # Records from before are hashed by the sealer, a batch at a time: here they are only put in line.
    for statement in (DROP_GONE, QUEUE_MISSED):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
