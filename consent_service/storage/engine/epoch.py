"""The epoch: which unbroken life of the store this is, by the second in which it began; a restore begins another."""

from consent_service.storage.engine.database import Database, Readable

FIRST_WITH_EPOCH = 11
"""The number of the migration that brings the epoch."""


def find_epoch(readable: Readable) -> int:
    """Tell the epoch of the store; 0 is a first one from before epochs were counted."""
    return int(readable.rows("SELECT epoch FROM schema_generation WHERE id = 1")[0][0])


def raise_epoch(database: Database, epoch: int) -> None:
    """Begin an epoch; runs inside a write, and whoever had the store open before it writes no more."""
    database.change("UPDATE schema_generation SET epoch = ? WHERE id = 1", (epoch,))
