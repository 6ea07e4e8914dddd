"""Endings: when a yes to messages ends by itself, so that its end can be told."""

from typing import NamedTuple

from consent_service.storage.engine.database import Database

KEEP = """
INSERT INTO ending (principal, purpose, site, at) VALUES (?, ?, ?, ?)
ON CONFLICT (principal, purpose) DO UPDATE SET at = excluded.at
"""


class Ending(NamedTuple):
    """When the yes of a principal to a purpose ends, in microseconds."""

    principal: str
    purpose: str
    at: int


def set_ending(database: Database, principal: str, purpose: str, site: str, at: int) -> None:
    """Note when a yes ends, 0 for never; runs inside a write."""
    if at:
        database.change(KEEP, (principal, purpose, site, at))
    else:
        database.change("DELETE FROM ending WHERE principal = ? AND purpose = ?", (principal, purpose))


def list_reached_endings(database: Database, site: str, now: int, most: int) -> list[Ending]:
    """List what has ended on a site, the longest ended first."""
    query = "SELECT principal, purpose, at FROM ending WHERE at <= ? AND site = ? ORDER BY at LIMIT ?"
    return [Ending(*row) for row in database.rows(query, (now, site, most))]


def delete_endings(database: Database, principal: str) -> None:
    """Forget every ending of a principal; runs inside a write."""
    database.change("DELETE FROM ending WHERE principal = ?", (principal,))
