"""The store has an epoch, one unbroken life of it, which stands beside the generation where every write looks."""

import time

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

ADD = "ALTER TABLE schema_generation ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0"
BEGIN = "UPDATE schema_generation SET epoch = ?"
FED = "SELECT 1 FROM change LIMIT 1"


def up(migrator: SchemaMigrator, db: SqliteDatabase) -> None:
    db.execute_sql(ADD)  # type: ignore[no-untyped-call]
    # Cursors given out before there were epochs go on counting: they are of epoch 0.
    if db.execute_sql(FED).fetchone() is None:  # type: ignore[no-untyped-call]
        db.execute_sql(BEGIN, (int(time.time()),))  # type: ignore[no-untyped-call]
