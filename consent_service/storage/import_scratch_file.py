"""The scratch file of one import: whom it met on which line, and for a dry run where they would stand now."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from consent_service.domain.imports.import_run import NO_PROGRESS, ImportProgress
from consent_service.domain.subject.standing import Standing
from consent_service.private_files import open_private
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.import_runs import read_counts, write_counts
from consent_service.storage.standings import find_standing, write_standing

TABLES = (
    "CREATE TABLE IF NOT EXISTS met (principal TEXT, name TEXT, line BIGINT, PRIMARY KEY (principal, name))",
    "CREATE TABLE IF NOT EXISTS progress (id BIGINT PRIMARY KEY, line BIGINT, report_size BIGINT, counts TEXT)",
    """
    CREATE TABLE IF NOT EXISTS standing
    (principal TEXT PRIMARY KEY, decisions BLOB, blocks TEXT, stopped_at BIGINT, paused_until BIGINT)
    """,
    "CREATE TABLE IF NOT EXISTS dictionary (number BIGINT PRIMARY KEY, text TEXT)",
)
MEET = "INSERT INTO met (principal, name, line) VALUES (?, ?, ?) ON CONFLICT (principal, name) DO NOTHING"
KEEP = """
INSERT INTO progress (id, line, report_size, counts) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
line = excluded.line, report_size = excluded.report_size, counts = excluded.counts
"""


class ImportScratchFile:
    """A small database beside the file that is imported, so that an import of any size needs little memory."""

    def __init__(self, file: Path) -> None:
        os.close(open_private(file, os.O_RDWR | os.O_CREAT))
        self._database = SqliteDatabase(file)
        with self._database.write():
            for table in TABLES:
                self._database.change(table)

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold a transaction of this file."""
        with self._database.write():
            yield

    def remember_line(self, principal: str, names: Iterable[str], line: int) -> bool:
        """Remember a line, and say whether earlier ones were about all of the same; runs inside a write.

        Asking again for the same line answers the same, so that a batch may be done twice.
        """
        before = []
        for name in names:
            self._database.change(MEET, (principal, name, line))
            query = "SELECT line FROM met WHERE principal = ? AND name = ?"
            before.append(self._database.rows(query, (principal, name))[0][0] < line)
        return all(before)

    def find_standing(self, principal: str) -> Standing | None:
        """Read where somebody would stand by now; None for whom no row has changed."""
        standing = find_standing(self._database, principal)
        return standing if standing.decisions or standing.blocks else None

    def keep_standing(self, principal: str, standing: Standing) -> None:
        """Remember where somebody would stand; runs inside a write."""
        write_standing(self._database, principal, standing)

    def find_progress(self) -> ImportProgress:
        """Tell how far the standings kept here have come."""
        rows = self._database.rows("SELECT line, report_size, counts FROM progress")
        return ImportProgress(rows[0][0], rows[0][1], read_counts(rows[0][2])) if rows else NO_PROGRESS

    def keep_progress(self, progress: ImportProgress) -> None:
        """Note how far the standings kept here have come; runs inside a write."""
        self._database.change(KEEP, (progress.line, progress.report_size, write_counts(progress.counts)))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
