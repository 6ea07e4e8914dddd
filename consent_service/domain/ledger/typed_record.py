"""Records of every type, read by the type that their header names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from consent_service.domain.ledger.consent_record import ConsentRecord, read_record
from consent_service.domain.ledger.record_type import RecordType
from consent_service.domain.ledger.removal_record import RemovalRecord, read_removal

PLACE = ("schema", "id", "site", "principal", "at")


class PlacedRecord(NamedTuple):
    """Of a record whose type has no reader yet: where it stands among those of its principal."""

    schema: str
    id: str
    site: str
    principal: str
    at: str
    seq: int
    previous: str | None


TypedRecord = ConsentRecord | RemovalRecord | PlacedRecord


def read_typed_record(content: Any, record_type: str) -> TypedRecord:
    """Rebuild a record from its decoded payload; raises ValueError that says what is wrong."""
    if record_type == RecordType.CONSENT:
        return read_record(content)
    if record_type == RecordType.REMOVAL:
        return read_removal(content)
    return _read_place(content, record_type)


def _read_place(content: Any, record_type: str) -> PlacedRecord:
    if not isinstance(content, Mapping) or not all(isinstance(content.get(name), str) for name in PLACE):
        raise ValueError(f"not a record of the type {record_type}")
    if str(content["schema"]).partition("/")[0] != record_type.partition("+")[0]:
        raise ValueError(f"the schema {content['schema']!r} is not one of the type {record_type}")
    seq, previous = content.get("seq"), content.get("previous")
    if type(seq) is not int or seq < 1 or not isinstance(previous, str | None):
        raise ValueError(f"not a record of the type {record_type}")
    schema, identifier, site, principal, at = (content[name] for name in PLACE)
    return PlacedRecord(schema, identifier, site, principal, at, seq, previous)
