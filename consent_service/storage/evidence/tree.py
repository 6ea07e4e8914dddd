"""The tree of a site: how long it is, who is at work on it, its tiles and its checkpoints."""

from collections.abc import Mapping
from typing import NamedTuple

from consent_service.storage.engine.database import Database

COLUMNS = "site, epoch, origin, size, sealer, leased_until"
WRITE = f"""
INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (site) DO UPDATE SET epoch = excluded.epoch, origin = excluded.origin, size = excluded.size,
sealer = excluded.sealer, leased_until = excluded.leased_until
"""
WRITE_TILE = """
INSERT INTO ledger_tile (site, level, number, hashes) VALUES (?, ?, ?, ?)
ON CONFLICT (site, level, number) DO UPDATE SET hashes = excluded.hashes
"""
ADD_CHECKPOINT = """
INSERT INTO checkpoint (site, epoch, size, at, note) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (site, epoch, size) DO NOTHING
"""
NEWEST = "SELECT epoch, size, at, note FROM checkpoint WHERE site = ? ORDER BY epoch DESC, size DESC LIMIT ?"


class LedgerRow(NamedTuple):
    """The ledger of a site: ``size`` leaves in the tree, and until when which sealer has it to itself."""

    site: str
    epoch: int
    origin: str
    size: int
    sealer: str
    leased_until: int


class StoredCheckpoint(NamedTuple):
    """A signed checkpoint; ``at`` in microseconds is when it was made."""

    epoch: int
    size: int
    at: int
    note: str


def find_ledger(database: Database, site: str) -> LedgerRow | None:
    """Find the ledger of a site; None before anything was sealed."""
    rows = database.rows(f"SELECT {COLUMNS} FROM ledger WHERE site = ?", (site,))
    return LedgerRow(*rows[0]) if rows else None


def write_ledger(database: Database, ledger: LedgerRow) -> None:
    """Write the ledger of a site; runs inside a write."""
    database.change(WRITE, ledger)


def find_tile(database: Database, site: str, level: int, number: int) -> bytes:
    """Find a tile; empty where there is none."""
    # Also what somebody edited into another type is read, and shows as no such tile.
    query = f"SELECT CAST(hashes AS {database.binary}) FROM ledger_tile WHERE site = ? AND level = ? AND number = ?"
    rows = database.rows(query, (site, level, number))
    return bytes(rows[0][0]) if rows else b""


def write_tiles(database: Database, site: str, tiles: Mapping[tuple[int, int], bytes]) -> None:
    """Write tiles that are new or longer; runs inside a write."""
    for (level, number), hashes in tiles.items():
        database.change(WRITE_TILE, (site, level, number, hashes))


def add_checkpoint(database: Database, site: str, checkpoint: StoredCheckpoint) -> None:
    """Add a checkpoint; runs inside a write."""
    database.change(ADD_CHECKPOINT, (site, *checkpoint))


def drop_checkpoint(database: Database, site: str, checkpoint: StoredCheckpoint) -> None:
    """Drop a checkpoint that a newer one makes unnecessary; runs inside a write."""
    query = "DELETE FROM checkpoint WHERE site = ? AND epoch = ? AND size = ?"
    database.change(query, (site, checkpoint.epoch, checkpoint.size))


def find_newest_checkpoint(database: Database, site: str) -> StoredCheckpoint | None:
    """Find the newest checkpoint of a site."""
    rows = database.rows(NEWEST, (site, 1))
    return StoredCheckpoint(*rows[0]) if rows else None


def find_size_before(database: Database, site: str, at: int) -> int:
    """Find how many leaves the tree of a site had at a time, by the last checkpoint made before; 0 for none."""
    rows = database.rows("SELECT max(size) FROM checkpoint WHERE site = ? AND at < ?", (site, at))
    return int(rows[0][0] or 0)
