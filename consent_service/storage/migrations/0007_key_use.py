"""Making links becomes a scope of its own, which keys that see all purposes had; keys know when they were last used."""

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

GIVE_LINKS = """
UPDATE api_key SET scopes = scopes || ' links'
WHERE purposes IS NULL AND ' ' || scopes || ' ' LIKE '% check %'
"""


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    db.execute_sql("ALTER TABLE api_key ADD COLUMN last_used_at BIGINT")  # type: ignore[no-untyped-call]
    db.execute_sql(GIVE_LINKS)  # type: ignore[no-untyped-call]
