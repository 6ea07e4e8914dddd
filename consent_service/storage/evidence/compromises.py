"""Keys that somebody else may have: what they signed counts only where it was sealed before."""

from consent_service.storage.engine.database import Database

ADD = """
INSERT INTO key_compromise (kid, since) VALUES (?, ?)
ON CONFLICT (kid) DO UPDATE SET since = excluded.since
WHERE excluded.since < key_compromise.since
"""


def add_compromise(database: Database, kid: str, since: int) -> None:
    """Note since when a key is no longer ours alone; the earliest time stays. Runs inside a write."""
    database.change(ADD, (kid, since))


def list_compromises(database: Database) -> dict[str, int]:
    """List the keys that were compromised, each with the time since when."""
    return dict(database.rows("SELECT kid, since FROM key_compromise"))


def find_compromise(database: Database, kid: str) -> int | None:
    """Find since when a key is compromised; None for one that is not."""
    rows = database.rows("SELECT since FROM key_compromise WHERE kid = ?", (kid,))
    return int(rows[0][0]) if rows else None
