"""Copying SQLite: one state of the file into another, in steps, beside readers and writers."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import apsw

from consent_service.domain.errors import SettingsFault, StorageUnavailable
from consent_service.storage.engine.database import Database, Readable
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.engine.sqlite_snapshot import FAULTS, Snapshot, open_snapshot

PAGES = 2_000
"""So many pages are copied at a time; 8 MB."""

Seen = TypeVar("Seen")


def copy_database(
    database: Database,
    target: Path,
    look: Callable[[Readable], Seen],
    say: Callable[[int, int], None],
) -> Seen:
    """Copy one state of the database into a file that is there and empty, and return what ``look`` saw.

    ``look`` is called while nobody writes, with exactly the state that is copied. ``say`` is told how many pages are
    done, and of how many. Writers go on meanwhile; the log keeps what they write until the copy is done.
    """
    if not isinstance(database, SqliteDatabase):
        raise SettingsFault(f"{database.name}: is no file that could be copied; use the means of the server")
    with ExitStack() as held:
        with database.write():
            snapshot = held.enter_context(open_snapshot(database.file, database.engine.held))
            seen = look(snapshot)
        _copy(snapshot, target, say)
    return seen


def require_sound(file: Path) -> None:
    """Raise StorageUnavailable where the pages of a database do not fit together."""
    database = SqliteDatabase(file)
    try:
        found = database.rows("PRAGMA quick_check(1)")
    finally:
        database.close()
    if found != [("ok",)]:
        raise StorageUnavailable(f"{file}: the database is damaged: {found[0][0]}")


def _copy(snapshot: Snapshot, target: Path, say: Callable[[int, int], None]) -> None:
    try:
        copy = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            # Nothing is lost with it: it is made anew if anything happens.
            copy.execute("PRAGMA synchronous = off; PRAGMA journal_mode = off")
            with copy.backup("main", snapshot.connection, "main") as backup:
                while not backup.done:
                    backup.step(PAGES)
                    say(backup.page_count - backup.remaining, backup.page_count)
        finally:
            copy.close()
    except FAULTS as error:
        raise StorageUnavailable(f"{target}: the database cannot be copied: {error}") from error
