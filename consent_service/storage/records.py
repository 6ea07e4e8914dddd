"""Consent records: appended, read, exported, and deleted by erasure and for their age."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from consent_service.storage.engine.database import Database, Readable
from consent_service.storage.evidence.seal_marks import drop_seal_marks
from consent_service.storage.evidence.unsealed import detach_oldest_unsealed, detach_unsealed
from consent_service.storage.ledger.dictionary import SharedTexts, keep_text
from consent_service.storage.ledger.packed_values import pack_record_id, unpack_record_id
from consent_service.storage.ledger.record_parts import RecordHead, put_together, read_template, take_apart

HEAD = "principal, seq, id, at, act"
COLUMNS = f"{HEAD}, template, own, signature, signed"
INSERT = f"INSERT INTO record ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

_log = logging.getLogger(__name__)
_templates = SharedTexts(read_template)


class StoredRecord(NamedTuple):
    """A record; ``signed`` is the compact JWS, empty where it cannot be put together and so verifies nowhere."""

    head: RecordHead
    signed: str


def append_record(database: Database, record: StoredRecord) -> None:
    """Append a record as its parts, or whole where those would not give the same text; runs inside a write."""
    head, signed = record
    parts = take_apart(head, signed)
    placed = (head.principal, head.seq, pack_record_id(head.id), head.at, head.act)
    if parts is None:
        database.change(INSERT, (*placed, None, None, None, signed))
    else:
        template = keep_text(database, parts.template)
        database.change(INSERT, (*placed, template, parts.own, parts.signature, None))


def find_last_record(database: Database, principal: str) -> RecordHead | None:
    """Find which record of a principal is the newest."""
    rows = database.rows(f"SELECT {HEAD} FROM record WHERE principal = ? ORDER BY seq DESC LIMIT 1", (principal,))
    return _read_head(*rows[0]) if rows else None


def list_latest_records(database: Database, principal: str, most: int) -> list[StoredRecord]:
    """Read the newest records of a principal, newest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal = ? ORDER BY seq DESC LIMIT ?"
    return [read_stored_record(database, row) for row in database.rows(query, (principal, most))]


def list_latest_records_about(database: Database, principal: str, most: int) -> list[StoredRecord]:
    """Read the newest records of a subject and of the requests for it, newest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal >= ? AND principal < ? ORDER BY at DESC, seq DESC LIMIT ?"
    return [read_stored_record(database, row) for row in database.rows(query, (principal, f"{principal}0", most))]


def has_act(database: Database, principal: str, act: bytes) -> bool:
    """Say whether a principal has a record of exactly this act."""
    return bool(database.rows("SELECT 1 FROM record WHERE principal = ? AND act = ? LIMIT 1", (principal, act)))


def find_record(database: Database, identifier: str) -> StoredRecord | None:
    """Find a record by its id; raises ValueError for what can be no id."""
    rows = database.rows(f"SELECT {COLUMNS} FROM record WHERE id = ?", (pack_record_id(identifier),))
    return read_stored_record(database, rows[0]) if rows else None


def list_recorded_sites(readable: Readable) -> list[str]:
    """List the sites that have a record, without reading more than one record of each."""
    query, sites, behind = "SELECT principal FROM record WHERE principal >= ? ORDER BY principal LIMIT 1", [], ""
    while rows := readable.rows(query, (behind,)):
        sites.append(rows[0][0].partition("/")[0])
        # The sign behind the slash.
        behind = f"{sites[-1]}0"
    return sites


def stream_site_records(database: Database, site: str) -> Iterator[StoredRecord]:
    """Hand out every record of a site, principal by principal, oldest first."""
    return _stream_records(database, f"{site}/", f"{site}0")


def stream_site_statements(database: Database, site: str) -> Iterator[StoredRecord]:
    """Hand out every record of what a site itself states, oldest first."""
    return _stream_records(database, f"{site}/e/", f"{site}/e0")


def stream_principal_records(database: Database, principal: str) -> Iterator[StoredRecord]:
    """Hand out every record of a principal, oldest first."""
    query = f"SELECT {COLUMNS} FROM record WHERE principal = ? ORDER BY seq"
    for row in database.stream(query, (principal,)):
        yield read_stored_record(database, row)


def stream_records_about(database: Database, principal: str) -> Iterator[StoredRecord]:
    """Hand out every record of a subject and of the requests for it, principal by principal, oldest first."""
    return _stream_records(database, principal, f"{principal}0")


def delete_records(database: Database, principal: str) -> int:
    """Delete every record of a principal and return how many there were; runs inside a write.

    The hashes of those that are not sealed yet stay in line, without saying whose they are.
    """
    detach_unsealed(database, principal)
    drop_seal_marks(database, principal)
    return database.change("DELETE FROM record WHERE principal = ?", (principal,))


def delete_oldest_records(database: Database, principal: str, last: int) -> None:
    """Delete the records of a principal up to one of their numbers; runs inside a write.

    The hashes of those that are not sealed yet stay in line, without saying whose they are.
    """
    detach_oldest_unsealed(database, principal, last)
    database.change("DELETE FROM record WHERE principal = ? AND seq <= ?", (principal, last))


def list_with_several_records(database: Database, principals: Sequence[str]) -> frozenset[str]:
    """List those of a few principals who have more than one record."""
    if not principals:
        return frozenset()
    marks = ", ".join("?" * len(principals))
    query = f"SELECT principal FROM record WHERE principal IN ({marks}) GROUP BY principal HAVING count(*) > 1"
    return frozenset(row[0] for row in database.rows(query, principals))


def append_erasure(database: Database, identifier: str, site: str, at: int, actor: str, records: int) -> None:
    """Keep that an erasure happened, without saying whose; runs inside a write."""
    database.change(
        "INSERT INTO erasure (id, site, at, actor, records) VALUES (?, ?, ?, ?, ?)",
        (identifier, site, at, actor, records),
    )


def has_erased_since(database: Database, since: int) -> bool:
    """Say whether anybody was erased since a time."""
    return bool(database.rows("SELECT 1 FROM erasure WHERE at >= ? LIMIT 1", (since,)))


def _stream_records(database: Database, first: str, behind: str) -> Iterator[StoredRecord]:
    query = f"SELECT {COLUMNS} FROM record WHERE principal >= ? AND principal < ? ORDER BY principal, seq"
    for row in database.stream(query, (first, behind)):
        yield read_stored_record(database, row)


def read_stored_record(readable: Readable, row: tuple[Any, ...]) -> StoredRecord:
    """Read the row of a record; one that cannot be put together is logged, and has no text."""
    *placed, template, own, signature, signed = row
    head = _read_head(*placed)
    if signed is None:
        try:
            signed = put_together(head, _templates.find(readable, template), own, signature)
        except (ValueError, TypeError, AttributeError, OverflowError, msgspec.MsgspecError) as error:
            _log.error("a record cannot be put together", extra={"record": head.id, "cause": str(error)})
            signed = ""
    return StoredRecord(head, signed)


def _read_head(principal: str, seq: int, identifier: bytes, at: int, act: bytes) -> RecordHead:
    # What somebody edited into another type names no record, and reads as such.
    name = unpack_record_id(identifier) if isinstance(identifier, bytes) else str(identifier)
    return RecordHead(principal, seq, name, at, act)
