"""Subjects: what is kept about a person besides decisions — the sealed address, the shop's reference, the language."""

from typing import NamedTuple

from consent_service.storage.engine.database import Database

COLUMNS = "principal, kind, sealed, ref, language, created_at"
INSERT = f"""
INSERT INTO subject ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (principal) DO UPDATE SET
sealed = coalesce(excluded.sealed, subject.sealed), ref = coalesce(excluded.ref, subject.ref),
language = excluded.language
"""


class StoredSubject(NamedTuple):
    """A person as the table knows them; ``sealed`` is the address, opened under the principal, or None."""

    principal: str
    kind: str
    sealed: bytes | None
    ref: str | None
    language: str
    created_at: int


def keep_subject(database: Database, subject: StoredSubject) -> None:
    """Keep a subject; an address or a reference that is not given leaves the one that is kept. Runs inside a write."""
    database.change(INSERT, subject)


def find_subject(database: Database, principal: str) -> StoredSubject | None:
    """Find a subject."""
    rows = database.rows(f"SELECT {COLUMNS} FROM subject WHERE principal = ?", (principal,))
    return StoredSubject(*rows[0]) if rows else None


def find_ref(database: Database, principal: str) -> str | None:
    """Find the shop's own reference of a subject."""
    rows = database.rows("SELECT ref FROM subject WHERE principal = ?", (principal,))
    return rows[0][0] if rows else None


def delete_subject(database: Database, principal: str) -> None:
    """Forget the address and the reference of a subject; runs inside a write."""
    database.change("DELETE FROM subject WHERE principal = ?", (principal,))
