"""The sealed ledger: the tree of hashes over all records, its checkpoints, and what is still to be sealed."""

from peewee import BigIntegerField, BlobField, CompositeKey, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator

QUEUE_EVERYTHING = "INSERT INTO unsealed (principal, seq, leaf) SELECT principal, seq, NULL FROM record"


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


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    Unsealed._meta.without_rowid = isinstance(db, SqliteDatabase)
    tables = [Unsealed, Ledger, LedgerTile, Checkpoint, KeyCompromise]
    with db.bind_ctx(tables):
        db.create_tables(tables)
    # Records from before are hashed by the sealer, a batch at a time: here they are only put in line.
    db.execute_sql(QUEUE_EVERYTHING)  # type: ignore[no-untyped-call]
