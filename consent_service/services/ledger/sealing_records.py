"""Sealing: the hashes of new records go into the tree of their site, and its head is signed as a checkpoint."""

import logging
from collections.abc import Iterable, Sequence
from threading import Event

from consent_service.domain.basics.moment import MINUTE, SECOND
from consent_service.domain.errors import ConsentError
from consent_service.domain.evidence.checkpoint import Checkpoint, read_checkpoint
from consent_service.domain.evidence.merkle_tree import compute_root, hash_leaf
from consent_service.domain.evidence.signed_note import parse_note
from consent_service.domain.evidence.tile import WIDTH, append_leaves, read_nodes
from consent_service.domain.site.site import Site
from consent_service.services.ledger.guarding_ledger import (
    WAY_OUT,
    StoreBehind,
    compute_ledger_root,
    name_origin,
    require_whole_ledger,
    sign_checkpoint,
)
from consent_service.services.ledger.keeping_journal import JournalEntry, append_to_journal, read_journal_head
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_ledger
from consent_service.storage.evidence.seal_marks import add_seal_mark
from consent_service.storage.evidence.tree import (
    LedgerRow,
    StoredCheckpoint,
    add_checkpoint,
    drop_checkpoint,
    find_ledger,
    find_newest_checkpoint,
    find_tile,
    write_ledger,
    write_tiles,
)
from consent_service.storage.evidence.unsealed import Unsealed, list_unsealed, take_unsealed
from consent_service.storage.records import stream_principal_records

BATCH = 128
"""So many records are sealed in one write, which takes about two milliseconds."""
LEASE = 5 * SECOND
"""A sealer that did not come back by then is taken for dead."""
SPAN = 10 * MINUTE
"""How sure it is later on when a record was sealed."""
PAUSE_SECONDS = 3.0
CHANGED = f"{{}}: the tree was changed since its last checkpoint; {WAY_OUT}"

_log = logging.getLogger(__name__)


def keep_sealing(resources: Resources, sites: Iterable[Site], stop: Event) -> None:
    """Seal what is new every three seconds, until told to stop; for a thread of its own."""
    served, sealer = list(sites), resources.randomness(8).hex()
    told: dict[str, str] = {}
    while not stop.wait(PAUSE_SECONDS):
        for site in served:
            try:
                seal_records(resources, site, sealer)
                told.pop(site.id, None)
            except (ConsentError, OSError) as error:
                if told.get(site.id) != str(error):
                    told[site.id] = str(error)
                    _log.warning("records could not be sealed", extra={"site": site.id, "cause": str(error)})
    resources.database.close_connection()


def seal_records(resources: Resources, site: Site, sealer: str) -> int:
    """Seal everything that a site has in line, a batch at a time, and return how many records that were.

    While another sealer is at work nothing is done. The checkpoint is written into the database first and then into
    the journal, so that a loss of power between the two never has the database refused. Raises StoreBehind where the
    database is not the one that the journal knows.
    """
    require_whole_ledger(resources, site.id)
    sealed, after = 0, ("", 0)
    while waiting := list_unsealed(resources.database, site.id, after, BATCH):
        last = len(waiting) < BATCH
        before = _find_intact_head(resources, site)
        oldest = next((one for one in waiting if one.leaf is None), None)
        hashed = _hash_waiting(resources, waiting)
        added = _seal_batch(resources, site, sealer, before, hashed, oldest=oldest, last=last)
        if added is None:
            return sealed
        sealed, after = sealed + added, waiting[-1][:2]
    newest, head = find_newest_checkpoint(resources.database, site.id), read_journal_head(resources, site.id)
    if newest and (head is None or head.note != newest.note):
        append_to_journal(resources, site.id, JournalEntry(newest.at, newest.note))
    return sealed


def _hash_waiting(resources: Resources, waiting: Sequence[Unsealed]) -> list[Unsealed]:
    """Hash the records from before there was a ledger, outside the write: a record never changes.

    One that cannot be read back as it was signed gets no hash: it proves nothing, and reading it says so.
    """
    older = {one.principal for one in waiting if one.leaf is None}
    leaves = {
        (record.head.principal, record.head.seq): hash_leaf(record.signed.encode())
        for principal in older
        for record in stream_principal_records(resources.database, principal)
        if record.signed
    }
    return [one if one.leaf else one._replace(leaf=leaves.get(one[:2])) for one in waiting]


def _seal_batch(
    resources: Resources,
    site: Site,
    sealer: str,
    before: StoredCheckpoint | None,
    waiting: Sequence[Unsealed],
    *,
    oldest: Unsealed | None,
    last: bool,
) -> int | None:
    """Take a batch out of the line and into the tree; None while another sealer is at work, or was meanwhile.

    ``oldest`` is the first in it from before there was a ledger.
    """
    database = resources.database
    with database.write(claim_ledger(site.id)):
        now = resources.clock()
        ledger = find_ledger(database, site.id) or _begin_ledger(site, now)
        # A lease that ends later than any can was written by a clock that was ahead.
        if ledger.sealer != sealer and now < ledger.leased_until <= now + LEASE:
            return None
        if find_newest_checkpoint(database, site.id) != before:
            return None
        if ledger.size != (before.size if before else 0):
            raise StoreBehind(CHANGED.format(site.id))
        leaves = [one.leaf for one in waiting if take_unsealed(database, one) and one.leaf is not None]
        if leaves and oldest:
            add_seal_mark(database, oldest.principal, oldest.seq, ledger.size)
        if leaves:
            size, stored = ledger.size + len(leaves), _grow_tree(resources, ledger, leaves, now)
            add_checkpoint(database, site.id, stored)
            if before and _is_unnecessary(before, stored):
                drop_checkpoint(database, site.id, before)
            ledger = ledger._replace(size=size)
        leased_until = 0 if last else now + LEASE
        write_ledger(database, ledger._replace(sealer=sealer, leased_until=leased_until))
    return len(leaves)


def _begin_ledger(site: Site, now: int) -> LedgerRow:
    epoch = now // SECOND
    return LedgerRow(site.id, epoch, name_origin(site, epoch), 0, "", 0)


def _find_intact_head(resources: Resources, site: Site) -> StoredCheckpoint | None:
    """Find the newest checkpoint, on top of which the next is signed, outside the write.

    Raises StoreBehind where the tree does not begin with the one that it signs.
    """
    before = find_newest_checkpoint(resources.database, site.id)
    if before is not None:
        signed = read_checkpoint(parse_note(before.note).text)
        if signed.root != compute_ledger_root(resources, site.id, signed.size):
            raise StoreBehind(CHANGED.format(site.id))
    return before


def _grow_tree(resources: Resources, ledger: LedgerRow, leaves: Sequence[bytes], now: int) -> StoredCheckpoint:
    def find(level: int, number: int) -> bytes:
        return find_tile(resources.database, ledger.site, level, number)

    tiles = append_leaves(ledger.size, leaves, find)
    write_tiles(resources.database, ledger.site, tiles)
    size = ledger.size + len(leaves)
    root = compute_root(size, read_nodes(find))
    note = sign_checkpoint(resources, Checkpoint(ledger.origin, size, root))
    return StoredCheckpoint(ledger.epoch, size, now, note)


def _is_unnecessary(before: StoredCheckpoint, after: StoredCheckpoint) -> bool:
    """Say whether a checkpoint need not be kept beside the next: the last of each span and of each tile stays."""
    same_span = before.at // SPAN == after.at // SPAN
    return before.epoch == after.epoch and same_span and before.size // WIDTH == after.size // WIDTH
