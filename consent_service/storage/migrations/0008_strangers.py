"""Jobs are found site by site, and what strangers say of somebody under age is kept apart from what is proven."""

from peewee import BigIntegerField, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator


class Declaration(Model):
    principal = TextField(primary_key=True)
    site = TextField()
    declared_at = BigIntegerField()
    source = TextField()
    disowned_at = BigIntegerField(null=True)
    expires_at = BigIntegerField(index=True)

    class Meta:
        table_name = "declaration"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    Declaration._meta.without_rowid = isinstance(db, SqliteDatabase)
    with db.bind_ctx([Declaration]):
        db.create_tables([Declaration])
    db.execute_sql("CREATE INDEX job_turn ON job (site, due_at) WHERE due_at IS NOT NULL")  # type: ignore[no-untyped-call]
    db.execute_sql("DROP INDEX job_due_at")  # type: ignore[no-untyped-call]
