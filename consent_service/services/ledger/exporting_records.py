"""Exporting records: everything a court or a customer needs to check them, one JSON object a line."""

import json
from collections.abc import Iterator

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.identifier import name_subject, name_visitor
from consent_service.domain.site.site import Site
from consent_service.keys.record_verification import verify_record
from consent_service.services.ledger.proving_records import prove_record
from consent_service.services.ledger.removing_records import find_removal_of, read_payload
from consent_service.services.resources import Resources
from consent_service.storage.notices import find_notice_by_digest
from consent_service.storage.records import (
    StoredRecord,
    stream_principal_records,
    stream_records_about,
    stream_site_records,
)


def export_records(
    resources: Resources, site: Site, visitor: str | None, *, subject: str | None = None, proofs: bool = False
) -> Iterator[bytes]:
    """Write the records of a site, a visitor or a subject, each followed by its notice where that is met first.

    With ``proofs`` each record that is sealed is followed by its proof. The last line is a summary; an export without
    it was cut off. Records are exported as they are stored, whether or not they verify: telling is the verifier's work.
    """
    if visitor:
        own = stream_principal_records(resources.database, name_visitor(site.id, visitor))
        stored = _lead_by_removal(resources, site, own)
    elif subject:
        about = stream_records_about(resources.database, name_subject(site.id, subject))
        stored = _lead_by_removal(resources, site, about)
    else:
        stored = stream_site_records(resources.database, site.id)
    seen: set[str] = set()
    records = proven = 0
    for record in stored:
        records += 1
        yield write_canonical_json({"kind": "record", "signed": record.signed}) + b"\n"
        if proofs and (
            proof := prove_record(resources, site.id, record.head[:2], record.signed, record.head.at, carried=False)
        ):
            proven += 1
            yield write_canonical_json({"kind": "proof", "record": record.head.id, "text": proof}) + b"\n"
        digest = _find_notice_digest(resources, record.signed)
        if digest and digest not in seen and (notice := find_notice_by_digest(resources.database, digest)):
            seen.add(digest)
            yield write_canonical_json({"kind": "notice", "digest": digest, "document": notice.content()}) + b"\n"
    counted = {"kind": "summary", "notices": len(seen), "records": records}
    yield write_canonical_json(counted | ({"proofs": proven} if proofs else {})) + b"\n"


def _lead_by_removal(resources: Resources, site: Site, records: Iterator[StoredRecord]) -> Iterator[StoredRecord]:
    """Put the removal in front of somebody's records where their oldest went, or they would begin with a gap."""
    for place, record in enumerate(records):
        if place == 0 and record.head.seq > 1 and (removal := _find_removal_before(resources, site, record)):
            yield removal
        yield record


def _find_removal_before(resources: Resources, site: Site, record: StoredRecord) -> StoredRecord | None:
    try:
        previous = read_payload(record.signed)["previous"]
        return find_removal_of(resources, site.id, previous) if isinstance(previous, str) else None
    except (ValueError, KeyError, TypeError):
        return None


def _find_notice_digest(resources: Resources, signed: str) -> str | None:
    try:
        return str(json.loads(verify_record(resources.keys.public_keys, signed))["notice"])
    except (ValueError, KeyError):
        return None
