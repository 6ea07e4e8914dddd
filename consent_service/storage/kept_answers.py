"""Kept answers: what a repeated write is answered with, for a day."""

from typing import NamedTuple

from consent_service.storage.engine.database import Database

FIND = "SELECT site, key, request, status, body, at FROM kept_answer WHERE site = ? AND key = ? AND at >= ?"
KEEP = """
INSERT INTO kept_answer (site, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (site, key) DO UPDATE SET request = excluded.request, status = excluded.status, body = excluded.body,
at = excluded.at
"""


class KeptAnswer(NamedTuple):
    """One answer; ``key`` and ``request`` are keyed digests, ``body`` is sealed under ``key``."""

    site: str
    key: str
    request: str
    status: int
    body: bytes
    at: int


def find_kept_answer(database: Database, site: str, key: str, since: int) -> KeptAnswer | None:
    """Find an answer that was given since a time."""
    rows = database.rows(FIND, (site, key, since))
    return KeptAnswer(*rows[0]) if rows else None


def keep_answer(database: Database, kept: KeptAnswer) -> None:
    """Keep an answer in place of an older one; runs inside a write."""
    database.change(KEEP, kept)


def prune_answers(database: Database, before: int, most: int) -> int:
    """Forget the answers given before a time and return how many that were; runs inside a write."""
    query = "DELETE FROM kept_answer WHERE (site, key) IN (SELECT site, key FROM kept_answer WHERE at < ? LIMIT ?)"
    return database.change(query, (before, most))
