"""The schema: numbered migrations, applied under the writers' lock, and the check that code and database agree."""

import time
from pathlib import Path

from peewee import BigIntegerField, TextField
from playhouse.migrations import Runner

from consent_service.domain.errors import SchemaMismatch, StorageUnavailable
from consent_service.storage.engine.database import FAULTS, Database

FOLDER = Path(__file__).parents[1] / "migrations"
SUBJECTS = "_messages"


def migrate(database: Database) -> list[str]:
    """Apply every migration that is still missing and return their names; harmless to repeat.

    Raises SchemaMismatch for a database that a newer version has written.
    """
    require_known(database)
    with database.alter():
        return list(_Runner(database).up())


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the database has exactly the schema this version works with."""
    require_known(database)
    if missing := [step.name for step in _list_steps(database) if not step.applied]:
        raise SchemaMismatch(f"{database.file}: the database lacks {', '.join(missing)}; run: consent-service migrate")


def require_known(database: Database) -> None:
    """Raise SchemaMismatch where the database holds migrations that this version does not know."""
    if newer := [step.name for step in _list_steps(database) if step.path is None]:
        raise SchemaMismatch(f"{database.file}: written by a newer version ({', '.join(newer)}); install that version")


def lacks_subjects(database: Database) -> bool:
    """Say whether the migration that brings subjects is still to come."""
    return any(step.name.endswith(SUBJECTS) and not step.applied for step in _list_steps(database))


class _Runner(Runner):  # type: ignore[misc]
    """The migration runner with its history in our own time format, which every driver can bind."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine, str(FOLDER))

        class History(database.engine.Model):  # type: ignore[misc, name-defined]
            name = TextField(unique=True)
            applied = BigIntegerField(default=lambda: time.time_ns() // 1000)

            class Meta:
                table_name = self.table_name

        self.History = History


def _list_steps(database: Database) -> list:  # type: ignore[type-arg]
    if not database.file.parent.is_dir():
        raise StorageUnavailable(f"{database.file.parent}: there is no such folder; run: consent-service init")
    database.rows("SELECT 1")
    try:
        return list(_Runner(database).status())
    except FAULTS as error:
        raise StorageUnavailable(f"the database cannot be read: {error}") from error
