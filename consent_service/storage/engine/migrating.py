"""The schema: numbered migrations, applied under the writers' lock, and the check that code and database agree."""

import time
from collections.abc import Callable
from pathlib import Path

import peewee
from peewee import BigIntegerField, TextField
from playhouse.apsw_ext import APSWDatabase
from playhouse.migrations import Migration, Runner

from consent_service.domain.errors import SchemaMismatch
from consent_service.storage.engine.database import Database, Readable
from consent_service.storage.engine.postgresql.whole_schema import list_rows, list_statements

FOLDER = Path(__file__).parents[1] / "migrations"
FENCED = 6
"""The number of the migration that brings the generation."""
HISTORY = "schema_migration"
LIST_APPLIED = f"SELECT name FROM {HISTORY}"
RAISE = "UPDATE schema_generation SET number = ? WHERE id = 1"
SUBJECTS = "_messages"
LEDGER = "_ledger"


def _read_number(name: str) -> int:
    return int(name.partition("_")[0])


GENERATION = max(_read_number(file.name) for file in FOLDER.glob("[0-9]*.py"))
"""What the schema of this version is: the number of its newest migration."""


def migrate(database: Database, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Apply every migration that is still missing and return their names; harmless to repeat.

    One that can copies most of it ahead, beside a version that serves, and tells ``say`` how far it is. With the last
    of them the schema's generation is raised, and from that moment a version that was serving until then writes nothing
    more. Raises SchemaMismatch for a database that a newer version has written.
    """
    require_known(database)
    if database.begins_whole and is_empty(database):
        return _begin_whole(database)
    _copy_ahead(database, say)
    with database.alter() as altered:
        applied = list(_Runner(altered).up())
        generation = max(_read_number(step.name) for step in _list_steps(database))
        if generation >= FENCED:
            database.change(RAISE, (generation,))
    return applied


def _begin_whole(database: Database) -> list[str]:
    """Make everything at once that the steps would have made, one after the other."""
    whole = APSWDatabase(":memory:")
    applied = list(_Runner(whole).up())
    with database.alter() as altered:
        for statement in list_statements(whole):
            altered.execute_sql(statement)  # type: ignore[no-untyped-call]
        for insert, rows in list_rows(whole):
            database.change_many(insert, rows)
        database.change(RAISE, (GENERATION,))
    whole.close()
    return applied


def _copy_ahead(database: Database, say: Callable[[str], None]) -> None:
    """Let the next migration copy what it can in short writes, and each later one that reads nothing newer.

    ``COPIES_SINCE`` of a migration is the number of the newest whose tables it reads for that, by default the one
    before it. Others do it all in their turn.
    """
    missing = [] if is_empty(database) else [step for step in _list_steps(database) if not step.applied]
    for step in missing:
        module, number = step.load(), _read_number(step.name)
        copy = getattr(module, "copy_ahead", None)
        if copy and getattr(module, "COPIES_SINCE", number - 1) < _read_number(missing[0].name):
            copy(database, say)


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the database has exactly the schema this version works with."""
    require_known(database)
    if missing := [step.name for step in _list_steps(database) if not step.applied]:
        raise SchemaMismatch(f"{database.name}: the database lacks {', '.join(missing)}; run: consent-service migrate")


def require_known(database: Database) -> None:
    """Raise SchemaMismatch where the database holds migrations that this version does not know."""
    if newer := [step.name for step in _list_steps(database) if step.path is None]:
        raise SchemaMismatch(f"{database.name}: written by a newer version ({', '.join(newer)}); install that version")


def touch_generation(database: Database) -> None:
    """Write what stands there already, to see that something can be written; runs inside a write."""
    database.change("UPDATE schema_generation SET number = number WHERE id = 1")


def find_generation(readable: Readable) -> int:
    """Tell which migration was the newest that was applied."""
    return max((_read_number(name) for (name,) in readable.rows(LIST_APPLIED)), default=0)


def is_empty(database: Database) -> bool:
    """Say whether no migration was ever applied."""
    return not any(step.applied for step in _list_steps(database))


def lacks_subjects(database: Database) -> bool:
    """Say whether the migration that brings subjects is still to come."""
    return any(step.name.endswith(SUBJECTS) and not step.applied for step in _list_steps(database))


def lacks_ledger(database: Database) -> bool:
    """Say whether the migration that brings the sealed ledger is still to come."""
    return any(step.name.endswith(LEDGER) and not step.applied for step in _list_steps(database))


class _Runner(Runner):  # type: ignore[misc]
    """The migration runner with its history in our own time format, and without a number that an engine hands out."""

    def __init__(self, altered: peewee.Database) -> None:
        super().__init__(altered, str(FOLDER), HISTORY)

        class History(altered.Model):  # type: ignore[misc, name-defined]
            name = TextField(primary_key=True)
            applied = BigIntegerField(default=lambda: time.time_ns() // 1000)

            class Meta:
                table_name = HISTORY

        self.History = History


def _list_steps(database: Database) -> list[Migration]:
    """List the steps of this version, and behind them those that it does not know and so has no path of."""
    applied = {name for (name,) in database.rows(LIST_APPLIED)} if database.has_table(HISTORY) else set()
    known = [step._replace(applied=step.name in applied) for step in Migration.load_directory(str(FOLDER))]
    strange = sorted(applied - {step.name for step in known})
    return [*known, *(Migration(_read_number(name), name, None, True) for name in strange)]
