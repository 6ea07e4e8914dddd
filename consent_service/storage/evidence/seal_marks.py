"""Marks in the tree: where in it the records from before the ledger lie.

They were sealed long after they were made, in the order of their places. So a place tells where to look: behind the
mark of the batch that it was sealed with.
"""

from consent_service.storage.engine.database import Database

ADD = "INSERT INTO seal_mark (principal, seq, size) VALUES (?, ?, ?) ON CONFLICT (principal, seq) DO NOTHING"
FIND = """
SELECT size FROM seal_mark
WHERE principal >= ? AND (principal, seq) <= (?, ?) ORDER BY principal DESC, seq DESC LIMIT 1
"""


def add_seal_mark(database: Database, principal: str, seq: int, size: int) -> None:
    """Note how long the tree was before the batch that begins with a record was sealed; runs inside a write."""
    database.change(ADD, (principal, seq, size))


def find_seal_mark(database: Database, principal: str, seq: int) -> int | None:
    """Find behind how many leaves a record of somebody from before the ledger lies; None where no mark tells."""
    site = principal.partition("/")[0]
    rows = database.rows(FIND, (f"{site}/", principal, seq))
    return int(rows[0][0]) if rows else None


def drop_seal_marks(database: Database, principal: str) -> None:
    """Forget marks that name a principal, whose records go; runs inside a write.

    What they led to is found from the mark before.
    """
    database.change("DELETE FROM seal_mark WHERE principal = ?", (principal,))


def drop_seal_marks_below(database: Database, principal: str) -> None:
    """Forget in the same way those of the requests of a subject; runs inside a write."""
    database.change("DELETE FROM seal_mark WHERE principal >= ? AND principal < ?", (f"{principal}/", f"{principal}0"))
