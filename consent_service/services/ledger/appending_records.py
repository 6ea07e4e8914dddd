"""Appending: a record gets its place behind the one before it, is signed, and is kept."""

from typing import NamedTuple

from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.domain.ledger.record_type import RecordType
from consent_service.domain.ledger.removal_record import RemovalRecord
from consent_service.services.ledger.signing_records import sign_typed_record
from consent_service.services.resources import Resources
from consent_service.storage.evidence.unsealed import queue_leaf
from consent_service.storage.ledger.record_parts import RecordHead
from consent_service.storage.records import StoredRecord, append_record


class Place(NamedTuple):
    """Where a record stands among those of its principal; ``at`` is in microseconds, ``previous`` a record id."""

    seq: int
    at: int
    previous: str | None


def find_place(last: RecordHead | None, now: int) -> Place:
    """Find the place behind the last record; a clock that went back never reorders records."""
    return Place(last.seq + 1, max(now, last.at), last.id) if last else Place(1, now, None)


def append_signed_record(
    resources: Resources,
    record: ConsentRecord | RemovalRecord,
    *,
    at: int,
    act: bytes,
    key: tuple[str, bytes],
    record_type: RecordType = RecordType.CONSENT,
) -> RecordHead:
    """Sign a record with a key's id and private seed, append it and have it sealed soon; runs inside a write."""
    signed = sign_typed_record(record, key, record_type)
    head = RecordHead(record.principal, record.seq, record.id, at, act)
    append_record(resources.database, StoredRecord(head, signed))
    queue_leaf(resources.database, record.principal, record.seq, hash_leaf(signed.encode()))
    return head
