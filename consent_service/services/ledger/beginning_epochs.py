"""Beginning an epoch: the store goes on as it is after a loss, and nothing of before is taken for what comes now.

The epoch stands in the database, in the origin of each ledger and in the home folder. The database is written first,
so that a loss of power in between never refuses a start: a home that is behind follows.
"""

from collections.abc import Collection
from pathlib import Path

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.errors import SettingsFault
from consent_service.domain.evidence.checkpoint import Checkpoint, read_origin
from consent_service.domain.site.site import Site
from consent_service.private_files import write_whole
from consent_service.services.ledger.guarding_ledger import (
    WAY_OUT,
    StoreBehind,
    compute_ledger_root,
    name_origin,
    sign_checkpoint,
)
from consent_service.services.ledger.keeping_journal import (
    JournalEntry,
    JournalFault,
    append_to_journal,
    read_journal_head,
)
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_ledger
from consent_service.storage.engine.epoch import find_epoch, raise_epoch
from consent_service.storage.evidence.tree import (
    LedgerRow,
    StoredCheckpoint,
    add_checkpoint,
    find_ledger,
    write_ledger,
)

FILE = "epoch"


def begin_epoch(resources: Resources, sites: Collection[Site]) -> dict[str, int]:
    """Go on with the database as it is, in a new epoch, and return how many sealed records each ledger holds.

    Cursors of the feed from before are refused for good, and whoever served the database until now writes nothing more
    until it is started again. Sites that have neither ledger nor journal are left out of the answer. What was signed
    before stays true of the epoch before; the new one has another origin, so that no checkpoint ever contradicts
    another.
    """
    database = resources.database
    heads = {site.id: _read_head(resources, site.id) for site in sites}
    ledgers = {site.id: find_ledger(database, site.id) for site in sites}
    now = resources.clock()
    known = [
        find_epoch(database),
        _read_home_epoch(resources) or 0,
        *(ledger.epoch for ledger in ledgers.values() if ledger),
        *(_read_epoch(head) for head in heads.values()),
    ]
    epoch = max(now // SECOND, *(one + 1 for one in known))
    rows = {
        site.id: LedgerRow(site.id, epoch, name_origin(site, epoch), ledger.size if ledger else 0, "", 0)
        for site in sites
        if (ledger := ledgers[site.id]) or heads[site.id]
    }
    stored = {row.site: _sign_head(resources, row, now) for row in rows.values()}
    with database.write(*(claim_ledger(site.id) for site in sites)):
        raise_epoch(database, epoch)
        for row in rows.values():
            write_ledger(database, row)
            add_checkpoint(database, row.site, stored[row.site])
    database.join_epoch()
    _write_home_epoch(resources, epoch)
    for site, checkpoint in stored.items():
        append_to_journal(resources, site, JournalEntry(now, checkpoint.note))
    return {row.site: row.size for row in rows.values()}


def require_home_epoch(resources: Resources) -> None:
    """Raise StoreBehind where the database is from before the epoch that the home folder tells of.

    A home that is behind, or tells of none, is told the present one.
    """
    present, told = find_epoch(resources.database), _read_home_epoch(resources)
    if told is not None and told > present:
        raise StoreBehind(f"{_find_file(resources)}: the database is from before this epoch; {WAY_OUT}")
    if told != present:
        _write_home_epoch(resources, present)


def _sign_head(resources: Resources, row: LedgerRow, now: int) -> StoredCheckpoint:
    head = Checkpoint(row.origin, row.size, compute_ledger_root(resources, row.site, row.size))
    return StoredCheckpoint(row.epoch, row.size, now, sign_checkpoint(resources, head))


def _read_head(resources: Resources, site: str) -> JournalEntry | None:
    try:
        return read_journal_head(resources, site)
    except JournalFault:
        return JournalEntry(0, "")


def _read_epoch(head: JournalEntry | None) -> int:
    try:
        return read_origin(head.note.partition("\n")[0]).epoch if head else 0
    except ValueError:
        return 0


def _find_file(resources: Resources) -> Path:
    return resources.database.folder / FILE


def _read_home_epoch(resources: Resources) -> int | None:
    try:
        text = _find_file(resources).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsFault(f"{_find_file(resources)}: cannot be read ({error.strerror})") from None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _write_home_epoch(resources: Resources, epoch: int) -> None:
    try:
        with write_whole(_find_file(resources)) as stream:
            stream.write(f"{epoch}\n".encode())
    except OSError as error:
        raise SettingsFault(f"{_find_file(resources)}: cannot be written ({error.strerror})") from None
