"""The clock mark: when the store was last seen by a clock that could be trusted."""

from consent_service.storage.engine.database import Database


def find_clock_mark(database: Database) -> int:
    """Tell the mark in microseconds; 0 for none."""
    return int(database.rows("SELECT seen_at FROM schema_generation WHERE id = 1")[0][0])


def set_clock_mark(database: Database, at: int) -> None:
    """Set the mark; runs inside a write."""
    database.change("UPDATE schema_generation SET seen_at = ? WHERE id = 1", (at,))
