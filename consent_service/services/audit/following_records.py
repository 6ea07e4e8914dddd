"""Following the records of the store: each verifies, stands in its place, and is in the tree or in line for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consent_service.domain.basics.moment import read_time
from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.domain.evidence.multiset_tally import MultisetTally
from consent_service.domain.identifier import name_event
from consent_service.domain.ledger.record_type import RecordType
from consent_service.domain.ledger.removal_record import PREFIX_BYTES, RemovalCause, RemovalRecord, read_prefixes
from consent_service.domain.ledger.typed_record import TypedRecord
from consent_service.keys.record_verification import read_record_header
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.services.audit.gathering_people import OwnedRows
from consent_service.services.ledger.proving_records import was_sealed_before
from consent_service.services.resources import Resources
from consent_service.storage.records import StoredRecord
from consent_service.verifier.record_chain import RecordChain

TREE, KEPT, REMOVED = "tree", "kept", "removed"
TYPES_OF_OWNERS: Mapping[str, frozenset[str]] = {
    "v": frozenset({RecordType.CONSENT, RecordType.ACKNOWLEDGEMENT, RecordType.ASK}),
    "s": frozenset({RecordType.CONSENT, RecordType.ACKNOWLEDGEMENT, RecordType.ASK}),
    "e": frozenset(RecordType) - {RecordType.CONSENT},
}


@dataclass(slots=True)
class RecordFollower:
    """Takes the records of one owner after the other; ``erased_at`` has for each site when somebody was erased last."""

    resources: Resources
    verdict: StoreVerdict
    leaves: MultisetTally
    chain: RecordChain
    compromised: Mapping[str, int]
    erased_at: dict[str, int] = field(default_factory=dict)

    def follow(self, rows: OwnedRows) -> list[TypedRecord]:
        """Check the records of an owner and return those that verify, oldest first."""
        waiting = {(one.principal, one.seq): one.leaf for one in rows.unsealed}
        followed = []
        for stored in rows.records:
            self.verdict.records += 1
            leaf = hash_leaf(stored.signed.encode("utf-8", "surrogatepass"))
            place = stored.head[:2]
            if place in waiting and waiting.pop(place) in (leaf, None):
                pass  # in line, and found right
            else:
                self.leaves.add(leaf[:PREFIX_BYTES], KEPT, describe_record(stored), -1)
            try:
                record = self._read(rows.kind, stored)
                followed.append(record)
                self.chain.follow(record)
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                self.verdict.add_fault(f"{describe_record(stored)}: {error}")
        for (principal, seq), leaf_in_line in waiting.items():
            self._take_detached(rows, principal, seq, leaf_in_line)
        return followed

    def _take_detached(self, rows: OwnedRows, principal: str, seq: int, leaf: bytes | None) -> None:
        """Take what is in line without its record: it was removed before it was sealed, and is named by its hash."""
        if rows.kind == "e" and isinstance(leaf, bytes) and principal == name_event(rows.site, leaf.hex()):
            self.leaves.add(leaf[:PREFIX_BYTES], TREE, f"in line as {principal}", 1)
        else:
            self.verdict.add_fault(f"{principal} record {seq}: it is in line for the tree, and is not there or another")

    def _read(self, kind: str, stored: StoredRecord) -> TypedRecord:
        record = self.chain.read(stored.signed)
        header = read_record_header(stored.signed)
        head = stored.head
        if (record.principal, record.seq, record.id, read_time(record.at)) != (
            head.principal,
            head.seq,
            head.id,
            head.at,
        ):
            raise ValueError("it lies where another record belongs")
        if not record.principal.startswith(f"{record.site}/"):
            raise ValueError(f"its principal is not of its site {record.site!r}")
        if header.type not in TYPES_OF_OWNERS.get(kind, ()):
            raise ValueError(f"a record of the type {header.type} does not belong there")
        since = self.compromised.get(header.kid)
        if since is not None and not was_sealed_before(self.resources, head[:2], stored.signed, head.at, since):
            raise ValueError("its key was compromised before it was sealed")
        if isinstance(record, RemovalRecord):
            self._take_removal(record)
        return record

    def _take_removal(self, record: RemovalRecord) -> None:
        for prefix in read_prefixes(record.removed):
            self.leaves.add(prefix, REMOVED, f"removal {record.id}", -1)
        if record.method == RemovalCause.ERASURE:
            self.erased_at[record.site] = max(read_time(record.at), self.erased_at.get(record.site, 0))


def describe_record(stored: StoredRecord) -> str:
    """Name the row of a record."""
    return f"{stored.head.principal} record {stored.head.seq} ({stored.head.id})"


def explain_leaf(lies: list[tuple[str, str]]) -> str | None:
    """Say what is wrong with a leaf that lies in these places; None where nothing is."""
    where = {side: [label for one, label in lies if one == side] for side in (TREE, KEPT, REMOVED)}
    kept, tree, removed = where[KEPT], where[TREE], where[REMOVED]
    if len(kept) + len(removed) == len(tree) or not (kept or tree):
        return None
    if kept and removed:
        return f"{kept[0]}: it was removed ({removed[0]}) and is back"
    if kept and not tree:
        return f"{kept[0]}: what lies there now was never sealed and is not in line"
    if len(kept) > 1:
        return f"{kept[1]}: the same record lies at {kept[0]}"
    if len(tree) > 1:
        return f"{tree[1]}: it is in the tree already, as {tree[0]}"
    return f"{tree[0]}: its record was deleted or changed, and no removal names it"
