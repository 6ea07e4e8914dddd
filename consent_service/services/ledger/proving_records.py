"""Proving records: that one was sealed, as a text file that anybody can check offline with our public keys."""

from consent_service.domain.errors import BrokenRecord
from consent_service.domain.evidence.checkpoint import read_checkpoint
from consent_service.domain.evidence.merkle_tree import hash_leaf, prove_inclusion, verify_inclusion
from consent_service.domain.evidence.signed_note import parse_note
from consent_service.domain.evidence.tile import WIDTH, find_leaf
from consent_service.domain.evidence.tlog_proof import TlogProof, write_proof
from consent_service.services.ledger.guarding_ledger import read_ledger_nodes
from consent_service.services.resources import Resources
from consent_service.storage.evidence.seal_marks import find_seal_mark
from consent_service.storage.evidence.tree import find_newest_checkpoint, find_size_before, find_tile
from consent_service.storage.evidence.unsealed import is_unsealed

RecordPlace = tuple[str, int]
"""Whose record it is, and its number."""


def find_checkpoint(resources: Resources, site: str) -> str | None:
    """Find the newest checkpoint of a site, a signed note; None before anything was sealed."""
    newest = find_newest_checkpoint(resources.database, site)
    return newest.note if newest else None


def is_sealed(resources: Resources, place: RecordPlace) -> bool:
    """Say whether a record was sealed, without a look at the tree."""
    return not is_unsealed(resources.database, *place)


def prove_record(
    resources: Resources, site: str, place: RecordPlace, signed: str, at: int, *, carried: bool = True
) -> str | None:
    """Prove that a record of a site, made at a time in microseconds, was sealed; None where it is not yet.

    The signed record is in the proof where it is to be ``carried``.

    Raises BrokenRecord where the tree is not the one that was signed.
    """
    newest = find_newest_checkpoint(resources.database, site)
    # Else a record that is still in line would be looked for in the whole tree.
    if newest is None or not is_sealed(resources, place):
        return None
    head, leaf = read_checkpoint(parse_note(newest.note).text), hash_leaf(signed.encode())
    index = find_leaf_index(resources, site, place, leaf, at, head.size)
    if index is None:
        return None
    try:
        path = prove_inclusion(index, head.size, read_ledger_nodes(resources, site))
    except ValueError as error:
        raise BrokenRecord(f"the tree of {site} cannot be read: {error}") from None
    if not verify_inclusion(leaf, index, head.size, path, head.root):
        raise BrokenRecord(f"the tree of {site} is not the one that its checkpoint signs")
    return write_proof(TlogProof(index, tuple(path), newest.note, signed.encode() if carried else None))


def was_sealed_before(resources: Resources, place: RecordPlace, signed: str, at: int, since: int) -> bool:
    """Say whether a record made at a time was sealed before another time."""
    site = place[0].partition("/")[0]
    size = find_size_before(resources.database, site, since)
    return find_leaf_index(resources, site, place, hash_leaf(signed.encode()), at, size) is not None


def find_leaf_index(resources: Resources, site: str, place: RecordPlace, leaf: bytes, at: int, size: int) -> int | None:
    """Find where the leaf of a record lies among the first so many.

    A record is sealed soon after it is made, so the search begins there, and one from before the ledger at its mark; it
    comes to what lies before only where clocks went wrong. In this way no index of hashes is needed, which would be
    longer than the tree.
    """
    made = find_size_before(resources.database, site, at) or find_seal_mark(resources.database, *place) or 0
    begin = min(made, size) // WIDTH
    for number in (*range(begin, size // WIDTH + 1), *range(begin)):
        found = find_leaf(find_tile(resources.database, site, 0, number), leaf)
        if found is not None:
            index: int = number * WIDTH + found
            return index if index < size else None
    return None
