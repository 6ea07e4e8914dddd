"""Consent records: appended, read, exported, and deleted only by erasure."""

from collections.abc import Iterator
from typing import NamedTuple

from consent_service.storage.engine.database import Database

COLUMNS = "principal, seq, id, at, act, signed"


class StoredRecord(NamedTuple):
    """A record as it lies in the table: ``signed`` is the compact JWS, ``act`` a digest of what was decided."""

    principal: str
    seq: int
    id: str
    at: int
    act: str
    signed: str


def append_record(database: Database, site: str, record: StoredRecord) -> None:
    """Append a record; runs inside a write."""
    database.change(
        "INSERT INTO record (principal, seq, id, site, at, act, signed) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (record.principal, record.seq, record.id, site, record.at, record.act, record.signed),
    )


def list_latest_records(database: Database, principal: str, most: int) -> list[StoredRecord]:
    """Read the newest records of a principal, newest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal = ? ORDER BY seq DESC LIMIT ?"
    return [StoredRecord(*row) for row in database.rows(query, (principal, most))]


def list_latest_records_about(database: Database, principal: str, most: int) -> list[StoredRecord]:
    """Read the newest records of a subject and of the requests for it, newest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal >= ? AND principal < ? ORDER BY at DESC, seq DESC LIMIT ?"
    return [StoredRecord(*row) for row in database.rows(query, (principal, f"{principal}0", most))]


def has_act(database: Database, principal: str, act: str) -> bool:
    """Say whether a principal has a record of exactly this act."""
    return bool(database.rows("SELECT 1 FROM record WHERE principal = ? AND act = ? LIMIT 1", (principal, act)))


def find_record(database: Database, identifier: str) -> StoredRecord | None:
    """Find a record by its id."""
    rows = database.rows(f"SELECT {COLUMNS} FROM record WHERE id = ?", (identifier,))
    return StoredRecord(*rows[0]) if rows else None


def stream_site_records(database: Database, site: str) -> Iterator[StoredRecord]:
    """Hand out every record of a site, principal by principal, oldest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal >= ? AND principal < ? ORDER BY principal, seq"
    for row in database.stream(query, (f"{site}/", f"{site}0")):
        yield StoredRecord(*row)


def stream_principal_records(database: Database, principal: str) -> Iterator[StoredRecord]:
    """Hand out every record of a principal, oldest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal = ? ORDER BY seq"
    for row in database.stream(query, (principal,)):
        yield StoredRecord(*row)


def stream_records_about(database: Database, principal: str) -> Iterator[StoredRecord]:
    """Hand out every record of a subject and of the requests for it, principal by principal, oldest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal >= ? AND principal < ? ORDER BY principal, seq"
    for row in database.stream(query, (principal, f"{principal}0")):
        yield StoredRecord(*row)


def delete_records(database: Database, principal: str) -> int:
    """Delete every record of a principal and return how many there were; runs inside a write."""
    return database.change("DELETE FROM record WHERE principal = ?", (principal,))


def append_erasure(database: Database, identifier: str, site: str, at: int, actor: str, records: int) -> None:
    """Keep that an erasure happened, without saying whose; runs inside a write."""
    database.change(
        "INSERT INTO erasure (id, site, at, actor, records) VALUES (?, ?, ?, ?, ?)",
        (identifier, site, at, actor, records),
    )


def has_erased_since(database: Database, since: int) -> bool:
    """Say whether anybody was erased since a time."""
    return bool(database.rows("SELECT 1 FROM erasure WHERE at >= ? LIMIT 1", (since,)))
