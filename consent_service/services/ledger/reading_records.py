"""Reading records back: one's own history, a record by its id, a whole site."""

import json
import logging
from dataclasses import dataclass

from consent_service.domain.errors import BrokenRecord
from consent_service.domain.identifier import RECORD_ID, name_subject, name_visitor
from consent_service.domain.ledger.consent_record import ConsentRecord, read_record
from consent_service.domain.site.site import Site
from consent_service.keys.record_verification import read_record_key_id, verify_record
from consent_service.services.ledger.proving_records import was_sealed_before
from consent_service.services.resources import Resources
from consent_service.storage.evidence.compromises import find_compromise
from consent_service.storage.records import StoredRecord, find_record, list_latest_records, list_latest_records_about

HISTORY_LENGTH = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record and the compact JWS that proves it."""

    record: ConsentRecord
    signed: str

    @property
    def place(self) -> tuple[str, int]:
        """Whose record it is, and its number."""
        return self.record.principal, self.record.seq

    @property
    def kid(self) -> str:
        """The id of the key that signed."""
        return read_record_key_id(self.signed)


@dataclass(frozen=True, slots=True)
class History:
    """Somebody's records, newest first, and how many more there are that do not verify."""

    statements: list[SignedRecord]
    unverified: int


def read_history(resources: Resources, site: Site, visitor: str, most: int = HISTORY_LENGTH) -> History:
    """Read a visitor's newest records; one that does not verify is left out and must not hide the others."""
    return _verify_history(resources, list_latest_records(resources.database, name_visitor(site.id, visitor), most))


def read_subject_history(resources: Resources, principal: str, most: int = HISTORY_LENGTH) -> History:
    """Read the newest records of a subject and of the requests for it, in the same way."""
    return _verify_history(resources, list_latest_records_about(resources.database, principal, most))


def _verify_history(resources: Resources, stored: list[StoredRecord]) -> History:
    statements = []
    for record in stored:
        try:
            statements.append(_verify_stored(resources, record))
        except BrokenRecord as error:
            _log.error("a record of a history does not verify", extra={"cause": str(error)})
    return History(statements, len(stored) - len(statements))


def find_record_of_site(resources: Resources, site: Site, identifier: str) -> SignedRecord | None:
    """Find a record of what somebody decided by its id, unless it belongs to another site."""
    if not RECORD_ID.fullmatch(identifier):
        return None
    stored = find_record(resources.database, identifier)
    if stored is None or not stored.head.principal.startswith((name_visitor(site.id, ""), name_subject(site.id, ""))):
        return None
    return _verify_stored(resources, stored)


def find_record_of_visitor(resources: Resources, site: Site, visitor: str, identifier: str) -> SignedRecord | None:
    """Find a record by id, unless it belongs to somebody else."""
    statement = find_record_of_site(resources, site, identifier)
    if statement is None or statement.record.principal != name_visitor(site.id, visitor):
        return None
    return statement


def _verify_stored(resources: Resources, stored: StoredRecord) -> SignedRecord:
    try:
        payload = verify_record(resources.keys.public_keys, stored.signed)
        record = read_record(json.loads(payload))
        if (record.principal, record.seq, record.id) != stored.head[:3]:
            raise ValueError("it lies where another record belongs")
        since = find_compromise(resources.database, read_record_key_id(stored.signed))
        place = stored.head.principal, stored.head.seq
        if since is not None and not was_sealed_before(resources, place, stored.signed, stored.head.at, since):
            raise ValueError("its key was compromised before it was sealed")
        return SignedRecord(record, stored.signed)
    except ValueError as error:
        raise BrokenRecord(f"the record {stored.head.id} does not verify: {error}") from None
