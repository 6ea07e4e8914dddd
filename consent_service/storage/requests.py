"""Subscription requests: what waits for its confirmation, under the hash of the token that confirms it."""

from typing import Any

from consent_service.domain.messages.subscription_request import RequestEnd, SubscriptionRequest
from consent_service.storage.engine.database import Database
from consent_service.storage.evidence.seal_marks import drop_seal_marks_below
from consent_service.storage.evidence.unsealed import detach_unsealed_requests

COLUMNS = (
    "hash, id, principal, site, kind, sealed, purposes, notice, language, method, source, ref, created_at, expires_at, "
    "settled_at, settled_as"
)
REQUEST_IDS = "SELECT id FROM subscription_request"


def add_request(database: Database, request: SubscriptionRequest) -> None:
    """Keep a request; runs inside a write."""
    values = [",".join(value) if isinstance(value, tuple) else value for value in request]
    database.change(f"INSERT INTO subscription_request ({COLUMNS}) VALUES (?{', ?' * 15})", values)


def find_request_by_hash(database: Database, digest: str) -> SubscriptionRequest | None:
    """Find a request by the hash of its token."""
    rows = database.rows(f"SELECT {COLUMNS} FROM subscription_request WHERE hash = ?", (digest,))
    return _read_request(rows[0]) if rows else None


def find_request(database: Database, identifier: str) -> SubscriptionRequest | None:
    """Find a request by its id."""
    rows = database.rows(f"SELECT {COLUMNS} FROM subscription_request WHERE id = ?", (identifier,))
    return _read_request(rows[0]) if rows else None


def list_open_requests(database: Database, principal: str) -> list[SubscriptionRequest]:
    """List the requests of a subject that nobody has confirmed or disowned."""
    query = f"SELECT {COLUMNS} FROM subscription_request WHERE principal = ? AND settled_at IS NULL"
    return [_read_request(row) for row in database.rows(query, (principal,))]


def settle_request(database: Database, digest: str, at: int, end: RequestEnd) -> bool:
    """Settle a request once; False where it was settled before. Runs inside a write."""
    query = "UPDATE subscription_request SET settled_at = ?, settled_as = ? WHERE hash = ? AND settled_at IS NULL"
    return database.change(query, (at, end, digest)) == 1


def narrow_request(database: Database, digest: str, purposes: tuple[str, ...]) -> None:
    """Let a request ask for these purposes alone; runs inside a write."""
    database.change("UPDATE subscription_request SET purposes = ? WHERE hash = ?", (",".join(purposes), digest))


def list_expired_requests(database: Database, site: str, now: int, most: int) -> list[SubscriptionRequest]:
    """List requests of a site whose time is over, the longest over first."""
    query = f"SELECT {COLUMNS} FROM subscription_request WHERE expires_at <= ? AND site = ? ORDER BY expires_at LIMIT ?"
    return [_read_request(row) for row in database.rows(query, (now, site, most))]


def delete_request(database: Database, digest: str) -> None:
    """Forget one request; runs inside a write."""
    database.change("DELETE FROM subscription_request WHERE hash = ?", (digest,))


def delete_requests(database: Database, principal: str) -> int:
    """Forget every request of a subject, its jobs and its records; return how many records. Runs inside a write."""
    database.change(f"DELETE FROM job WHERE target IN ({REQUEST_IDS} WHERE principal = ?)", (principal,))
    database.change("DELETE FROM subscription_request WHERE principal = ?", (principal,))
    detach_unsealed_requests(database, principal)
    drop_seal_marks_below(database, principal)
    query = "DELETE FROM record WHERE principal >= ? AND principal < ?"
    return database.change(query, (f"{principal}/", f"{principal}0"))


def is_disowned(database: Database, principal: str, now: int) -> bool:
    """Say whether the owner of an address disowned a request and that is still remembered."""
    query = "SELECT 1 FROM subscription_request WHERE principal = ? AND settled_as = ? AND expires_at > ? LIMIT 1"
    return bool(database.rows(query, (principal, RequestEnd.NOT_ME, now)))


def blank_request(database: Database, digest: str, principal: str, expires_at: int) -> None:
    """Keep of a request only how it ended, until a time, and whose it was where a principal is given.

    Its jobs go with the rest; runs inside a write.
    """
    database.change(f"DELETE FROM job WHERE target IN ({REQUEST_IDS} WHERE hash = ?)", (digest,))
    query = """
    UPDATE subscription_request
    SET principal = ?, sealed = ?, purposes = '', notice = '', source = '', ref = NULL, expires_at = ? WHERE hash = ?
    """
    database.change(query, (principal, b"", expires_at, digest))


def _read_request(row: tuple[Any, ...]) -> SubscriptionRequest:
    request = SubscriptionRequest(*row)
    return request._replace(purposes=tuple(row[6].split(",")) if row[6] else ())
