"""Subjects, subscription requests, the change feed, the outbox, webhooks, imports and answers kept for repeats."""

from peewee import BigIntegerField, BlobField, CompositeKey, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator


class Subject(Model):
    principal = TextField(primary_key=True)
    kind = TextField()
    sealed = BlobField(null=True)
    ref = TextField(null=True)
    language = TextField()
    created_at = BigIntegerField()

    class Meta:
        table_name = "subject"


class SubscriptionRequest(Model):
    hash = TextField(primary_key=True)
    id = TextField(index=True)
    principal = TextField(index=True)
    site = TextField()
    kind = TextField()
    sealed = BlobField()
    purposes = TextField()
    notice = TextField()
    language = TextField()
    method = TextField()
    source = TextField()
    ref = TextField(null=True)
    created_at = BigIntegerField()
    expires_at = BigIntegerField(index=True)
    settled_at = BigIntegerField(null=True)
    settled_as = TextField(null=True)

    class Meta:
        table_name = "subscription_request"


class Attempt(Model):
    bucket = TextField()
    at = BigIntegerField()
    id = TextField()

    class Meta:
        table_name = "attempt"
        primary_key = CompositeKey("bucket", "at", "id")


class Change(Model):
    site = TextField()
    seq = BigIntegerField()
    at = BigIntegerField()
    act_at = BigIntegerField()
    principal = TextField()
    ref = TextField(null=True)
    kind = TextField()
    name = TextField()
    before = TextField()
    after = TextField()
    until = BigIntegerField()
    method = TextField()
    source = TextField()
    record = TextField(null=True)

    class Meta:
        table_name = "change"
        primary_key = CompositeKey("site", "seq")


class Job(Model):
    id = TextField(primary_key=True)
    site = TextField()
    kind = TextField()
    target = TextField(index=True)
    seq = BigIntegerField()
    event = TextField()
    body = BlobField()
    created_at = BigIntegerField()
    due_at = BigIntegerField(null=True, index=True)
    attempts = BigIntegerField()
    finished_at = BigIntegerField(null=True, index=True)
    result = TextField()

    class Meta:
        table_name = "job"


class Webhook(Model):
    id = TextField(primary_key=True)
    site = TextField(index=True)
    url = TextField()
    events = TextField()
    secret = BlobField()
    previous_secret = BlobField(null=True)
    previous_until = BigIntegerField(null=True)
    created_at = BigIntegerField()
    failing_since = BigIntegerField(null=True)
    disabled_at = BigIntegerField(null=True)
    disabled_because = TextField()

    class Meta:
        table_name = "webhook"


class Ending(Model):
    principal = TextField()
    purpose = TextField()
    site = TextField()
    at = BigIntegerField(index=True)

    class Meta:
        table_name = "ending"
        primary_key = CompositeKey("principal", "purpose")


class ImportRun(Model):
    id = TextField(primary_key=True)
    site = TextField(index=True)
    file_hash = TextField()
    file_name = TextField()
    options = TextField()
    dry_run = BigIntegerField()
    stamped_at = BigIntegerField()
    state = TextField()
    line = BigIntegerField()
    report_size = BigIntegerField()
    counts = TextField()
    actor = TextField()
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "import_run"


class KeptAnswer(Model):
    site = TextField()
    key = TextField()
    request = TextField()
    status = BigIntegerField()
    body = BlobField()
    at = BigIntegerField(index=True)

    class Meta:
        table_name = "kept_answer"
        primary_key = CompositeKey("site", "key")


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    for table in (Change, Attempt, Ending):
        table._meta.without_rowid = isinstance(db, SqliteDatabase)
    tables = [Subject, SubscriptionRequest, Attempt, Change, Job, Webhook, Ending, ImportRun, KeptAnswer]
    with db.bind_ctx(tables):
        db.create_tables(tables)
    for column in ("blocks TEXT", "stopped_at BIGINT", "paused_until BIGINT"):
        db.execute_sql(f"ALTER TABLE principal_state ADD COLUMN {column}")  # type: ignore[no-untyped-call]
