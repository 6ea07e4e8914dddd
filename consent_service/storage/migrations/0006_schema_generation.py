"""The schema has a generation that every write looks at, so that a version that was left behind writes no more."""

from peewee import BigIntegerField, Model, SqliteDatabase
from playhouse.migrate import SchemaMigrator


class SchemaGeneration(Model):
    id = BigIntegerField(primary_key=True)
    number = BigIntegerField()

    class Meta:
        table_name = "schema_generation"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    with db.bind_ctx([SchemaGeneration]):
        db.create_tables([SchemaGeneration])
        SchemaGeneration.create(id=1, number=0)
