"""Records, current decisions, notices, API keys and erasures."""

from peewee import BigIntegerField, BlobField, CompositeKey, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator


class Record(Model):
    principal = TextField()
    seq = BigIntegerField()
    id = TextField(index=True)
    site = TextField()
    at = BigIntegerField()
    act = TextField()
    signed = TextField()

    class Meta:
        table_name = "record"
        primary_key = CompositeKey("principal", "seq")


class Decision(Model):
    principal = TextField()
    purpose = TextField()
    state = TextField()
    method = TextField()
    at = BigIntegerField()
    valid_until = BigIntegerField()
    record = TextField()
    fingerprint = TextField()
    signalled = BigIntegerField()

    class Meta:
        table_name = "decision"
        primary_key = CompositeKey("principal", "purpose")


class Notice(Model):
    digest = TextField(primary_key=True)
    site = TextField()
    surface = TextField()
    language = TextField()
    at = BigIntegerField()
    document = BlobField()

    class Meta:
        table_name = "notice"


class ApiKey(Model):
    hash = TextField(primary_key=True)
    id = TextField(index=True)
    site = TextField()
    label = TextField()
    scopes = TextField()
    purposes = TextField(null=True)
    created_at = BigIntegerField()
    expires_at = BigIntegerField(null=True)
    revoked_at = BigIntegerField(null=True)

    class Meta:
        table_name = "api_key"


class Erasure(Model):
    id = TextField(primary_key=True)
    site = TextField()
    at = BigIntegerField()
    actor = TextField()
    records = BigIntegerField()

    class Meta:
        table_name = "erasure"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    # A clustered table reads all purposes of a visitor in one descent of the tree.
    Decision._meta.without_rowid = isinstance(db, SqliteDatabase)
    tables = [Record, Decision, Notice, ApiKey, Erasure]
    with db.bind_ctx(tables):
        db.create_tables(tables)
