"""The runs of imports in their table."""

import json
from collections.abc import Mapping

from consent_service.domain.imports.import_options import read_options
from consent_service.domain.imports.import_report import RowResult
from consent_service.domain.imports.import_run import ImportProgress, ImportRun, ImportState
from consent_service.storage.engine.database import Database

COLUMNS = (
    "id, site, file_hash, file_name, options, dry_run, stamped_at, state, line, report_size, counts, actor, "
    "created_at, updated_at"
)
INSERT = f"INSERT INTO import_run ({COLUMNS}) VALUES (?{', ?' * 13})"
SELECT = f"SELECT {COLUMNS} FROM import_run"


def add_run(database: Database, run: ImportRun) -> None:
    """Keep a new run; runs inside a write."""
    line, report_size, counts = run.progress
    values = (
        *(run.id, run.site, run.file_hash, run.file_name, run.options.write_text(), int(run.dry_run), run.stamped_at),
        *(run.state, line, report_size, write_counts(counts), run.actor, run.created_at, run.updated_at),
    )
    database.change(INSERT, values)


def find_run(database: Database, identifier: str) -> ImportRun | None:
    """Find a run."""
    rows = database.rows(f"{SELECT} WHERE id = ?", (identifier,))
    return _read_run(*rows[0]) if rows else None


def find_unfinished_run(database: Database, site: str) -> ImportRun | None:
    """Find the run of a site that is not finished; there is at most one."""
    rows = database.rows(f"{SELECT} WHERE site = ? AND state = ?", (site, ImportState.RUNNING))
    return _read_run(*rows[0]) if rows else None


def find_first_import(database: Database, site: str, file_hash: str) -> int | None:
    """Tell when a file was first imported for a site; trying it out does not count."""
    query = "SELECT min(created_at) FROM import_run WHERE site = ? AND file_hash = ? AND dry_run = 0"
    found: int | None = database.rows(query, (site, file_hash))[0][0]
    return found


def save_progress(database: Database, identifier: str, progress: ImportProgress, now: int) -> None:
    """Note how far a run came; runs inside a write."""
    query = "UPDATE import_run SET line = ?, report_size = ?, counts = ?, updated_at = ? WHERE id = ?"
    line, report_size, counts = progress
    database.change(query, (line, report_size, write_counts(counts), now, identifier))


def close_run(database: Database, identifier: str, state: ImportState, now: int) -> bool:
    """Give a run its last state, once; runs inside a write."""
    query = "UPDATE import_run SET state = ?, updated_at = ? WHERE id = ? AND state = ?"
    return database.change(query, (state, now, identifier, ImportState.RUNNING)) == 1


def list_closed_runs(database: Database, site: str) -> list[str]:
    """List the ids of the imports of a site that are over."""
    rows = database.rows("SELECT id FROM import_run WHERE site = ? AND state != ?", (site, ImportState.RUNNING))
    return [row[0] for row in rows]


def write_counts(counts: Mapping[RowResult, int]) -> str:
    """Write the rows by result as they are kept."""
    return json.dumps(dict(counts))


def read_counts(text: str) -> dict[RowResult, int]:
    """Read the rows by result as they were kept."""
    return {RowResult(result): count for result, count in json.loads(text).items()}


def _read_run(
    identifier: str,
    site: str,
    file_hash: str,
    file_name: str,
    options: str,
    dry_run: int,
    stamped_at: int,
    state: str,
    line: int,
    report_size: int,
    counts: str,
    actor: str,
    created_at: int,
    updated_at: int,
) -> ImportRun:
    return ImportRun(
        id=identifier,
        site=site,
        file_hash=file_hash,
        file_name=file_name,
        options=read_options(options),
        dry_run=bool(dry_run),
        stamped_at=stamped_at,
        state=ImportState(state),
        progress=ImportProgress(line, report_size, read_counts(counts)),
        actor=actor,
        created_at=created_at,
        updated_at=updated_at,
    )
