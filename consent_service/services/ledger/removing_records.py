"""Removing records: a signed record of their hashes stays, so that no other deletion passes for ours."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Sequence
from typing import Any

from consent_service.domain.basics.moment import write_time
from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.domain.identifier import name_event
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.record_type import RecordType
from consent_service.domain.ledger.removal_record import (
    SCHEMA,
    RemovalCause,
    RemovalRecord,
    read_prefixes,
    read_removal,
    write_prefixes,
)
from consent_service.services.ledger.appending_records import append_signed_record
from consent_service.services.resources import Resources
from consent_service.storage.ledger.packed_values import pack_record_id
from consent_service.storage.records import (
    StoredRecord,
    delete_records,
    stream_principal_records,
    stream_site_statements,
)

NO_ACT = b""


def remove_records(resources: Resources, principal: str, cause: RemovalCause, actor: str = Actor.SYSTEM) -> int:
    """Delete every record of a principal and return how many there were; runs inside a write."""
    records = list(stream_principal_records(resources.database, principal))
    removed = delete_records(resources.database, principal)
    append_removal(resources, principal.partition("/")[0], records, cause, actor)
    return removed


def append_removal(
    resources: Resources,
    site: str,
    removed: Iterable[StoredRecord],
    cause: RemovalCause,
    actor: str,
    *,
    cuts: Sequence[str] = (),
) -> str | None:
    """Sign what was removed and return the id of the record of it, None where it was nothing; runs inside a write.

    ``cuts`` are the ids of those that were removed from in front of a record that stays.
    """
    leaves = [hash_leaf(record.signed.encode()) for record in removed]
    if not leaves:
        return None
    now = resources.clock()
    identifier = resources.new_id(now)
    record = RemovalRecord(
        schema=SCHEMA,
        id=identifier,
        site=site,
        principal=name_event(site, identifier),
        seq=1,
        at=write_time(now),
        actor=actor,
        method=cause,
        removed=write_prefixes(sorted(leaves)),
        cuts=write_prefixes(map(pack_record_id, cuts)),
    )
    key = resources.keys.current
    append_signed_record(resources, record, at=now, act=NO_ACT, key=key, record_type=RecordType.REMOVAL)
    return identifier


def find_removal_of(resources: Resources, site: str, identifier: str) -> StoredRecord | None:
    """Find the removal that cut off a record in front of one that stays, by the id of the one that went."""
    cut = pack_record_id(identifier)
    for stored in stream_site_statements(resources.database, site):
        try:
            if cut in read_prefixes(read_removal(read_payload(stored.signed)).cuts):
                return stored
        except ValueError:
            continue
    return None


def read_payload(signed: str) -> Any:
    """Read what a record says without verifying it; raises ValueError for what is none."""
    try:
        payload = signed.split(".")[1]
        return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, RecursionError) as error:
        raise ValueError(f"not a record: {error}") from None
