"""What is still to be sealed: the hash of each record, put in line in the transaction that appends the record."""

from typing import Any, NamedTuple

from consent_service.storage.engine.database import Database

ADD = "INSERT INTO unsealed (principal, seq, leaf) VALUES (?, ?, ?)"
LIST = """
SELECT principal, seq, leaf FROM unsealed
WHERE principal >= ? AND principal < ? AND (principal, seq) > (?, ?) ORDER BY principal, seq LIMIT ?
"""
LIST_OF = "SELECT principal, seq, leaf FROM unsealed WHERE principal = ?"
LIST_BELOW = "SELECT principal, seq, leaf FROM unsealed WHERE principal >= ? AND principal < ?"
TAKE = "DELETE FROM unsealed WHERE principal = ? AND seq = ?"


class Unsealed(NamedTuple):
    """One in line; ``leaf`` is None for a record from before there was a ledger, whose hash is still to be computed."""

    principal: str
    seq: int
    leaf: bytes | None


def queue_leaf(database: Database, principal: str, seq: int, leaf: bytes) -> None:
    """Put a record in line; runs inside the write that appends it."""
    database.change(ADD, (principal, seq, leaf))


def list_unsealed(database: Database, site: str, after: tuple[str, int], most: int) -> list[Unsealed]:
    """List what a site has in line behind a place."""
    values = (f"{site}/", f"{site}0", *after, most)
    return [Unsealed(*row) for row in database.rows(LIST, values)]


def take_unsealed(database: Database, waiting: Unsealed) -> bool:
    """Take one out of the line; False where another sealer did so before. Runs inside a write."""
    return database.change(TAKE, (waiting.principal, waiting.seq)) == 1


def is_unsealed(database: Database, principal: str, seq: int) -> bool:
    """Say whether a record is in line."""
    return bool(database.rows("SELECT 1 FROM unsealed WHERE principal = ? AND seq = ?", (principal, seq)))


def count_unsealed(database: Database, site: str) -> int:
    """Count what a site has in line."""
    query = "SELECT count(*) FROM unsealed WHERE principal >= ? AND principal < ?"
    return int(database.rows(query, (f"{site}/", f"{site}0"))[0][0])


def detach_unsealed(database: Database, principal: str) -> None:
    """Keep what a principal has in line without saying whose it is; runs inside the write that deletes the records."""
    _detach(database, database.rows(LIST_OF, (principal,)))


def detach_oldest_unsealed(database: Database, principal: str, last: int) -> None:
    """Do the same for the records of a principal up to one of their numbers; runs inside a write."""
    rows = database.rows(LIST_OF, (principal,))
    _detach(database, [row for row in rows if row[1] <= last])


def detach_unsealed_requests(database: Database, principal: str) -> None:
    """Do the same for the requests of a subject; runs inside a write."""
    _detach(database, database.rows(LIST_BELOW, (f"{principal}/", f"{principal}0")))


def _detach(database: Database, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        waiting = Unsealed(*row)
        # Where a sealer was quicker it is in the tree already.
        if take_unsealed(database, waiting) and waiting.leaf is not None:
            site = waiting.principal.partition("/")[0]
            queue_leaf(database, f"{site}/e/{waiting.leaf.hex()}", waiting.seq, waiting.leaf)
