"""API keys: only their hashes, with what each key may do."""

from typing import Any

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.storage.engine.database import Database

COLUMNS = "id, site, label, scopes, purposes, created_at, expires_at, revoked_at, last_used_at"


def add_key(database: Database, key_hash: str, key: ApiKey) -> None:
    """Store a new key under its hash; runs inside a write."""
    purposes = None if key.purposes is None else " ".join(sorted(key.purposes))
    database.change(
        f"INSERT INTO api_key (hash, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key_hash,
            key.id,
            key.site,
            key.label,
            " ".join(sorted(key.scopes)),
            purposes,
            key.created_at,
            key.expires_at,
            key.revoked_at,
            key.last_used_at,
        ),
    )


def find_key_by_hash(database: Database, key_hash: str) -> ApiKey | None:
    """Find a key by its hash."""
    rows = database.rows(f"SELECT {COLUMNS} FROM api_key WHERE hash = ?", (key_hash,))
    return _read_key(rows[0]) if rows else None


def list_all_keys(database: Database) -> list[ApiKey]:
    """List every key, oldest first."""
    return [_read_key(row) for row in database.rows(f"SELECT {COLUMNS} FROM api_key ORDER BY created_at, id")]


def set_last_used(database: Database, identifier: str, at: int) -> None:
    """Note that a key was used; a later use that is noted already stays. Runs inside a write."""
    database.change(
        "UPDATE api_key SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, 0) < ?", (at, identifier, at)
    )


def revoke_key(database: Database, identifier: str, at: int) -> int:
    """Revoke a key that is not revoked yet and return how many that were; runs inside a write."""
    return database.change("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (at, identifier))


def _read_key(row: tuple[Any, ...]) -> ApiKey:
    identifier, site, label, scopes, purposes, created_at, expires_at, revoked_at, last_used_at = row
    return ApiKey(
        id=identifier,
        site=site,
        label=label,
        scopes=frozenset(Scope(scope) for scope in scopes.split()),
        purposes=None if purposes is None else frozenset(purposes.split()),
        created_at=created_at,
        expires_at=expires_at,
        revoked_at=revoked_at,
        last_used_at=last_used_at,
    )
