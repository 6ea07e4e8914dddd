"""The store notes when it was last seen by a clock that could be trusted, beside its generation and epoch."""

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

ADD = "ALTER TABLE schema_generation ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0"
BEGIN = "UPDATE schema_generation SET seen_at = coalesce((SELECT at FROM record ORDER BY id DESC LIMIT 1), 0)"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    db.execute_sql(ADD)  # type: ignore[no-untyped-call]
    # Ids of records are ordered by time.
    db.execute_sql(BEGIN)  # type: ignore[no-untyped-call]
