"""Following records one by one, principal by principal: each is signed, canonical, and behind the one before it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.ledger.consent_record import ResumedRecord
from consent_service.domain.ledger.record_type import RECORD_TYPES
from consent_service.domain.ledger.removal_record import RemovalRecord, read_prefixes
from consent_service.domain.ledger.typed_record import TypedRecord, read_typed_record
from consent_service.keys.record_verification import read_record_header, verify_record

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


class Link(NamedTuple):
    """The record that was followed last: the next of the same principal must name it."""

    principal: str
    seq: int
    id: str
    at: str


class RecordChain:
    """Follows the records of one site in the order in which they are exported; keeps no more than the last of them.

    A principal whose oldest records are gone begins where a removal, which stands in front of all people, says so.
    """

    def __init__(self, public_keys: Mapping[str, bytes]) -> None:
        self._keys = dict(public_keys)
        self._last: Link | None = None
        self._greatest = ""
        self._cuts: set[bytes] = set()

    def read(self, signed: str) -> TypedRecord:
        """Read a record that one of our keys signed; raises ValueError that says what is wrong."""
        payload = verify_record(self._keys, signed, RECORD_TYPES)
        return read_typed_record(decode_canonical(payload), read_record_header(signed).type)

    def follow(self, record: TypedRecord) -> None:
        """Take the next record; raises ValueError where it does not follow the one before."""
        before = self._last if self._last and self._last.principal == record.principal else None
        self._last = Link(record.principal, record.seq, record.id, record.at)
        if before is None and record.seq > 1 and self._is_cut(record):
            before = Link(record.principal, record.seq - 1, str(record.previous), "")
        seq = _find_next_seq(record, before)
        previous = before.id if before else None
        if record.seq != seq:
            raise ValueError(f"record {record.id}: expected seq {seq}, got {record.seq}")
        if record.previous != previous:
            raise ValueError(f"record {record.id}: it does not name the record before it")
        if before and record.at < before.at:
            raise ValueError(f"record {record.id}: it is dated before the record before it")
        if record.principal < self._greatest:
            raise ValueError(f"record {record.id}: its principal stands behind {self._greatest!r}")
        self._greatest = record.principal
        if not record.principal.startswith(f"{record.site}/"):
            raise ValueError(f"record {record.id}: its principal is not of the site {record.site!r}")
        if isinstance(record, RemovalRecord):
            self._cuts.update(read_prefixes(record.cuts))

    def _is_cut(self, record: TypedRecord) -> bool:
        try:
            return bytes.fromhex(str(record.previous).replace("-", "")) in self._cuts
        except ValueError:
            return False


def _find_next_seq(record: TypedRecord, before: Link | None) -> int:
    """Tell the number of a record behind another, which a store that had lost some counts on from the cookie."""
    lost = int(record.store_behind["seq"]) if isinstance(record, ResumedRecord) else 0
    return max(before.seq if before else 0, lost) + 1


def decode_canonical(payload: bytes) -> Any:
    """Decode a payload; raises ValueError where it is not spelled in the one canonical way."""
    try:
        content = _decode(payload)
        # Half as long; what it writes otherwise, such as the order of odd names, is looked at once more.
        if _encode(content) == payload or write_canonical_json(content) == payload:
            return content
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ValueError(f"the payload is not JSON: {error}") from None
    raise ValueError("the payload is not canonical JSON")
