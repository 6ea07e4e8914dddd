"""Attempts: how often something was asked for lately, counted under keyed names."""

from consent_service.storage.engine.database import Database


def add_attempt(database: Database, bucket: str, at: int, identifier: str) -> None:
    """Count one; runs inside a write."""
    database.change("INSERT INTO attempt (bucket, at, id) VALUES (?, ?, ?)", (bucket, at, identifier))


def count_attempts(database: Database, bucket: str, since: int) -> int:
    """Tell how many there were since a time."""
    rows = database.rows("SELECT count(*) FROM attempt WHERE bucket = ? AND at >= ?", (bucket, since))
    return int(rows[0][0])


def has_attempt(database: Database, bucket: str, identifier: str) -> bool:
    """Say whether this very one was counted."""
    return bool(database.rows("SELECT 1 FROM attempt WHERE bucket = ? AND id = ? LIMIT 1", (bucket, identifier)))


def prune_attempts(database: Database, before: int, most: int) -> int:
    """Forget those before a time and return how many that were; runs inside a write."""
    query = """
    DELETE FROM attempt WHERE (bucket, at, id) IN (SELECT bucket, at, id FROM attempt WHERE at < ? LIMIT ?)
    """
    return database.change(query, (before, most))
