"""Comparing the trees with their tiles, their checkpoints and the journal outside, leaf by leaf."""

from collections.abc import Iterator

from consent_service.domain.errors import ConsentError
from consent_service.domain.evidence.checkpoint import Checkpoint, read_checkpoint, read_origin
from consent_service.domain.evidence.growing_tree import GrowingTree
from consent_service.domain.evidence.multiset_tally import MultisetTally
from consent_service.domain.evidence.tile import WIDTH, split_tile
from consent_service.domain.ledger.removal_record import PREFIX_BYTES
from consent_service.keys.note_signing import open_note
from consent_service.services.audit.collecting_faults import StoreVerdict
from consent_service.services.audit.following_records import TREE
from consent_service.services.ledger.guarding_ledger import require_whole_ledger
from consent_service.services.ledger.keeping_journal import find_journals
from consent_service.services.resources import Resources
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.store_pages import (
    list_ledger_sizes,
    list_tile_levels,
    stream_checkpoints,
    stream_tiles,
)
from consent_service.storage.evidence.tree import StoredCheckpoint


def compare_trees(resources: Resources, snapshot: Readable, verdict: StoreVerdict, leaves: MultisetTally) -> None:
    """Check the ledger of every site, and count its leaves against the records."""
    for site in find_journals(resources):
        try:
            require_whole_ledger(resources, site)
        except ConsentError as error:
            verdict.add_fault(f"ledger {error}")
    for site, size in list_ledger_sizes(snapshot).items():
        found = _compare_tree(resources, snapshot, verdict, leaves, site)
        if found != size:
            verdict.add_fault(f"ledger {site}: it says {size} and its tree has {found} leaves")
        verdict.sealed += found


def _compare_tree(
    resources: Resources, snapshot: Readable, verdict: StoreVerdict, leaves: MultisetTally, site: str
) -> int:
    tree, signed = GrowingTree(), _read_checkpoints(resources, snapshot, verdict, site)
    head = next(signed, None)
    newest = 0
    for leaf in _stream_leaves(resources, snapshot, verdict, site):
        leaves.add(leaf[:PREFIX_BYTES], TREE, f"leaf {site} {tree.size}", 1)
        tree.append(leaf)
        while head and head.size <= tree.size:
            newest = head.size
            if head.size == tree.size and head.root != tree.compute_root():
                verdict.add_fault(f"checkpoint {site} {head.size}: it signs another tree")
            head = next(signed, None)
    while head:
        if head.size > tree.size:
            verdict.add_fault(f"checkpoint {site} {head.size}: the tree has {tree.size} leaves only")
        newest = max(newest, head.size)
        head = next(signed, None)
    if newest != tree.size:
        verdict.add_fault(f"ledger {site}: {tree.size} leaves, and the newest checkpoint signs {newest}")
    _compare_upper_tiles(resources, snapshot, verdict, site, tree)
    return tree.size


def _stream_leaves(resources: Resources, snapshot: Readable, verdict: StoreVerdict, site: str) -> Iterator[bytes]:
    expected, full = 0, True
    for tile in stream_tiles(snapshot, site, 0, resources.database.binary):
        hashes = split_tile(tile.hashes)
        if tile.number != expected or not full or not hashes or len(hashes[-1]) != len(hashes[0]):
            verdict.add_fault(f"tile {site} 0/{tile.number}: it does not follow the one before, or is cut off")
            return
        expected, full = expected + 1, len(hashes) == WIDTH
        yield from hashes


def _read_checkpoints(
    resources: Resources, snapshot: Readable, verdict: StoreVerdict, site: str
) -> Iterator[Checkpoint]:
    public = resources.keys.checkpoints.public_keys
    for stored in stream_checkpoints(snapshot, site):
        try:
            yield _read_checkpoint(stored, site, public)
        except ValueError as error:
            verdict.add_fault(f"checkpoint {site} {stored.size}: {error}")


def _read_checkpoint(stored: StoredCheckpoint, site: str, public: list[bytes]) -> Checkpoint:
    checkpoint = read_checkpoint(open_note(stored.note, public))
    origin = read_origin(checkpoint.origin)
    if (origin.site, origin.epoch, checkpoint.size) != (site, stored.epoch, stored.size):
        raise ValueError("it lies where another checkpoint belongs")
    return checkpoint


def _compare_upper_tiles(
    resources: Resources, snapshot: Readable, verdict: StoreVerdict, site: str, tree: GrowingTree
) -> None:
    for level in list_tile_levels(snapshot, site):
        if level == 0:
            continue
        stored = b"".join(tile.hashes for tile in stream_tiles(snapshot, site, level, resources.database.binary))
        if stored != tree.list_tile_hashes(level):
            verdict.add_fault(f"tile {site} {level}: it is not what the tiles below it give")
    if missing := set(range(1, tree.tile_levels)) - set(list_tile_levels(snapshot, site)):
        verdict.add_fault(f"tile {site} {min(missing)}: it is missing")
