"""API keys: only their hashes, with what each key may do."""

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.storage.engine.database import Database

COLUMNS = "id, site, label, scopes, purposes, created_at, expires_at, revoked_at"


def add_key(database: Database, key_hash: str, key: ApiKey) -> None:
    """Store a new key under its hash; runs inside a write."""
    purposes = None if key.purposes is None else " ".join(sorted(key.purposes))
    database.change(
        f"INSERT INTO api_key (hash, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        ),
    )


def find_key_row(database: Database, key_hash: str) -> tuple[object, ...] | None:
    """Read a key's row as stored, cheaply enough for every request; ``make_api_key`` makes a value of it."""
    rows = database.rows(f"SELECT {COLUMNS} FROM api_key WHERE hash = ?", (key_hash,))
    return rows[0] if rows else None


def make_api_key(row: tuple[object, ...]) -> ApiKey:
    """Make a value of a key's row."""
    identifier, site, label, scopes, purposes, created_at, expires_at, revoked_at = row
    return ApiKey(
        id=str(identifier),
        site=str(site),
        label=str(label),
        scopes=frozenset(Scope(scope) for scope in str(scopes).split()),
        purposes=None if purposes is None else frozenset(str(purposes).split()),
        created_at=int(created_at),  # type: ignore[call-overload]
        expires_at=expires_at,  # type: ignore[arg-type]
        revoked_at=revoked_at,  # type: ignore[arg-type]
    )


def list_all_keys(database: Database) -> list[ApiKey]:
    """List every key, oldest first."""
    return [make_api_key(row) for row in database.rows(f"SELECT {COLUMNS} FROM api_key ORDER BY created_at, id")]


def revoke_key(database: Database, identifier: str, at: int) -> int:
    """Revoke a key that is not revoked yet and return how many that were; runs inside a write."""
    return database.change("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (at, identifier))
