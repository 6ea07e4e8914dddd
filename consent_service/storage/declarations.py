"""Declarations of strangers that somebody is under age, one for each person of whom more is proven."""

from consent_service.domain.messages.declaration import Declaration
from consent_service.storage.engine.database import Database

COLUMNS = "principal, site, declared_at, source, disowned_at, expires_at"


def add_declaration(database: Database, declaration: Declaration) -> None:
    """Keep a declaration; runs inside a write."""
    database.change(f"INSERT INTO declaration ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", declaration)


def find_declaration(database: Database, principal: str) -> Declaration | None:
    """Find what was declared of a subject, also what is over and not pruned yet."""
    rows = database.rows(f"SELECT {COLUMNS} FROM declaration WHERE principal = ?", (principal,))
    return Declaration(*rows[0]) if rows else None


def mark_disowned(database: Database, principal: str, at: int) -> None:
    """Note that the owner said it was not them; runs inside a write."""
    database.change("UPDATE declaration SET disowned_at = ? WHERE principal = ?", (at, principal))


def delete_declaration(database: Database, principal: str) -> None:
    """Forget what was declared of a subject; runs inside a write."""
    database.change("DELETE FROM declaration WHERE principal = ?", (principal,))


def prune_declarations(database: Database, now: int, most: int) -> int:
    """Forget at most so many whose time is over and return how many; runs inside a write."""
    query = """
    DELETE FROM declaration WHERE principal IN (SELECT principal FROM declaration WHERE expires_at <= ? LIMIT ?)
    """
    return database.change(query, (now, most))
