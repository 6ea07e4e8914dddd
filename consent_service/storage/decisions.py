"""Current decisions: one row for each principal and purpose."""

from collections.abc import Iterable

from consent_service.domain.decision import Decision
from consent_service.storage.database import Database

CURRENT = """
SELECT purpose, state, method, at, valid_until, record, fingerprint, signalled FROM decision WHERE principal = ?
"""
REPLACE = """
INSERT INTO decision (principal, purpose, state, method, at, valid_until, record, fingerprint, signalled)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (principal, purpose) DO UPDATE SET state = excluded.state, method = excluded.method, at = excluded.at,
valid_until = excluded.valid_until, record = excluded.record, fingerprint = excluded.fingerprint,
signalled = excluded.signalled
"""


def current_decisions(database: Database, principal: str) -> dict[str, Decision]:
    """Read every current decision of a principal by purpose."""
    return {row[0]: Decision._make(row) for row in database.rows(CURRENT, (principal,))}


def replace_decisions(database: Database, principal: str, decisions: Iterable[Decision]) -> None:
    """Make these the current decisions on their purposes; runs inside a write."""
    write_rows(database, ((principal, *decision[:-1], int(decision.signalled)) for decision in decisions))


def delete_decisions(database: Database, principal: str) -> None:
    """Forget every decision of a principal; runs inside a write."""
    database.change("DELETE FROM decision WHERE principal = ?", (principal,))


def write_rows(database: Database, rows: Iterable[tuple[object, ...]]) -> None:
    """Write many rows at once, as they stand in the table; runs inside a write."""
    database.change_many(REPLACE, rows)
