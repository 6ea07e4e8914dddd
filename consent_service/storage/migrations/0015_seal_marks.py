"""Marks in the tree for records from before there was a ledger: where the search for one of them begins."""

from peewee import BigIntegerField, CompositeKey, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator


class SealMark(Model):
    principal = TextField()
    seq = BigIntegerField()
    size = BigIntegerField()

    class Meta:
        table_name = "seal_mark"
        primary_key = CompositeKey("principal", "seq")


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    SealMark._meta.without_rowid = isinstance(db, SqliteDatabase)
    with db.bind_ctx([SealMark]):
        db.create_tables([SealMark])
