"""Import runs: which file was imported how, how far it came, and what became of its rows."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from consent_service.storage.engine.database import Database

COLUMNS = (
    "id, site, file_hash, file_name, options, dry_run, stamped_at, state, line, report_size, counts, actor, "
    "created_at, updated_at"
)
INSERT = f"INSERT INTO import_run ({COLUMNS}) VALUES (?{', ?' * 13})"
RUNNING, FINISHED, ABANDONED = "running", "finished", "abandoned"


class Progress(NamedTuple):
    """How far a run came: the line of the last row done, the good bytes of its report, and its rows by result."""

    line: int
    report_size: int
    counts: Mapping[str, int]


NO_PROGRESS = Progress(0, 0, {})


class StoredRun(NamedTuple):
    """One run; ``file_hash`` is SHA-256 of the file, ``options`` the text of them, ``dry_run`` 0 or 1.

    ``stamped_at`` is when an act without a time counts from. ``line`` is that of the last row done, and the report is
    good up to ``report_size`` bytes. ``counts`` is JSON. Times in microseconds.
    """

    id: str
    site: str
    file_hash: str
    file_name: str
    options: str
    dry_run: int
    stamped_at: int
    state: str
    line: int
    report_size: int
    counts: str
    actor: str
    created_at: int
    updated_at: int

    @property
    def progress(self) -> Progress:
        """How far it came."""
        return Progress(self.line, self.report_size, json.loads(self.counts))


def add_run(database: Database, run: StoredRun) -> None:
    """Keep a new run; runs inside a write."""
    database.change(INSERT, run)


def find_run(database: Database, identifier: str) -> StoredRun | None:
    """Find a run."""
    rows = database.rows(f"SELECT {COLUMNS} FROM import_run WHERE id = ?", (identifier,))
    return StoredRun(*rows[0]) if rows else None


def find_unfinished_run(database: Database, site: str) -> StoredRun | None:
    """Find the run of a site that is not finished; there is at most one."""
    rows = database.rows(f"SELECT {COLUMNS} FROM import_run WHERE site = ? AND state = ?", (site, RUNNING))
    return StoredRun(*rows[0]) if rows else None


def find_first_import(database: Database, site: str, file_hash: str) -> int | None:
    """Tell when a file was first imported for a site; trying it out does not count."""
    query = "SELECT min(created_at) FROM import_run WHERE site = ? AND file_hash = ? AND dry_run = 0"
    found: int | None = database.rows(query, (site, file_hash))[0][0]
    return found


def save_progress(database: Database, identifier: str, progress: Progress, now: int) -> None:
    """Note how far a run came; runs inside a write."""
    query = "UPDATE import_run SET line = ?, report_size = ?, counts = ?, updated_at = ? WHERE id = ?"
    database.change(query, (progress.line, progress.report_size, json.dumps(dict(progress.counts)), now, identifier))


def close_run(database: Database, identifier: str, state: str, now: int) -> bool:
    """Give a run its last state, once; runs inside a write."""
    query = "UPDATE import_run SET state = ?, updated_at = ? WHERE id = ? AND state = ?"
    return database.change(query, (state, now, identifier, RUNNING)) == 1


def list_closed_runs(database: Database, site: str) -> list[str]:
    """List the ids of the imports of a site that are over."""
    rows = database.rows("SELECT id FROM import_run WHERE site = ? AND state != ?", (site, RUNNING))
    return [row[0] for row in rows]
