"""Guarding the ledger: a store that is not the one whose checkpoints lie in the journal is noticed, and refused."""

from urllib.parse import urlsplit

from consent_service.domain.errors import ConsentError
from consent_service.domain.evidence.checkpoint import Checkpoint, LedgerOrigin, read_checkpoint, read_origin
from consent_service.domain.evidence.checkpoint import write_checkpoint as write_checkpoint_text
from consent_service.domain.evidence.merkle_tree import Nodes, compute_root
from consent_service.domain.evidence.tile import read_nodes
from consent_service.domain.site.site import Site
from consent_service.keys.note_signing import open_note, sign_note
from consent_service.services.ledger.keeping_journal import find_journals, read_journal_head
from consent_service.services.resources import Resources
from consent_service.storage.evidence.tree import find_ledger, find_tile

WAY_OUT = (
    "restore the newest backup; or, to go on with this database and what it lost, run: consent-service ledger "
    "accept-loss"
)


class StoreBehind(ConsentError):
    """The database is an older copy, or another history, than the checkpoints outside it tell of."""


def require_whole_ledgers(resources: Resources) -> None:
    """Raise StoreBehind where the ledger of any site is not the one whose checkpoints lie outside the database."""
    for site in find_journals(resources):
        require_whole_ledger(resources, site)


def require_whole_ledger(resources: Resources, site: str) -> None:
    """Raise StoreBehind where a site's ledger does not begin with everything its newest checkpoint outside covers.

    A journal that is behind the database is fine: power was lost between the two. So is one that is not there.
    """
    head = read_journal_head(resources, site)
    if head is None:
        return
    checkpoint, origin = _read_own(resources, site, head.note)
    ledger = find_ledger(resources.database, site)
    if ledger is None or origin.epoch > ledger.epoch:
        raise StoreBehind(f"{site}: the database is from before the epoch that its checkpoints tell of; {WAY_OUT}")
    if origin.epoch < ledger.epoch:
        return
    if checkpoint.size > ledger.size:
        missing = f"{checkpoint.size} records were sealed and the database holds {ledger.size}: it is an older copy"
        raise StoreBehind(f"{site}: {missing}; {WAY_OUT}")
    if compute_ledger_root(resources, site, checkpoint.size) != checkpoint.root:
        raise StoreBehind(f"{site}: the database tells another history than its checkpoints; {WAY_OUT}")


def compute_ledger_root(resources: Resources, site: str, size: int) -> bytes:
    """Compute the root over the first so many leaves; raises StoreBehind where a part of the tree is missing."""
    try:
        return compute_root(size, read_ledger_nodes(resources, site))
    except ValueError as error:
        raise StoreBehind(f"{site}: a part of the tree is missing ({error}); {WAY_OUT}") from None


def read_ledger_nodes(resources: Resources, site: str) -> Nodes:
    """Read the tree of a site as proofs need it."""
    return read_nodes(lambda level, number: find_tile(resources.database, site, level, number))


def name_origin(site: Site, epoch: int) -> str:
    """Name the log of a site in one epoch."""
    host = urlsplit(site.origins[0].removesuffix(":*")).netloc
    return str(LedgerOrigin(host, site.id, epoch))


def sign_checkpoint(resources: Resources, checkpoint: Checkpoint) -> str:
    """Sign a checkpoint as a note, with the newest key for checkpoints."""
    return sign_note(resources.keys.checkpoints.current, checkpoint.origin, write_checkpoint_text(checkpoint))


def _read_own(resources: Resources, site: str, note: str) -> tuple[Checkpoint, LedgerOrigin]:
    try:
        checkpoint = read_checkpoint(open_note(note, resources.keys.checkpoints.public_keys))
        origin = read_origin(checkpoint.origin)
        if origin.site != site:
            raise ValueError(f"it is of the site {origin.site!r}")
    except ValueError as error:
        raise StoreBehind(f"{site}: the checkpoint outside the database is not ours: {error}; {WAY_OUT}") from None
    return checkpoint, origin
