"""The change feed: every change of a subject's standing, numbered without a gap in the order of the commits."""

from collections.abc import Sequence
from typing import NamedTuple

from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.feed.feed_cursor import FeedPlace
from consent_service.storage.engine.database import Database, Readable

COLUMNS = "seq, at, act_at, principal, ref, kind, name, before, after, until, method, source, record"
INSERT = f"INSERT INTO change (site, {COLUMNS}) VALUES (?{', ?' * 13})"
AFTER = f"SELECT {COLUMNS} FROM change WHERE site = ? AND seq > ? ORDER BY seq LIMIT ?"

END = """
SELECT epoch, (SELECT coalesce(max(seq), 0) FROM change WHERE site = ?) FROM schema_generation WHERE id = 1
"""


class NumberedKind(NamedTuple):
    """The number of a change and its kind."""

    seq: int
    kind: str


def find_head(database: Readable, site: str) -> int:
    """Tell the number of the newest change of a site, 0 before the first."""
    rows = database.rows("SELECT seq FROM change WHERE site = ? ORDER BY seq DESC LIMIT 1", (site,))
    return rows[0][0] if rows else 0


def find_feed_end(database: Readable, site: str) -> FeedPlace:
    """Tell the place behind the newest change of a site."""
    return FeedPlace(*database.rows(END, (site,))[0])


def append_changes(database: Database, site: str, changes: Sequence[FeedChange]) -> None:
    """Append changes that were numbered from the head on; runs inside a write, which makes the numbers gap-free."""
    for change in changes:
        database.change(INSERT, (site, *change))


def list_changes_after(database: Database, site: str, after: int, most: int) -> list[FeedChange]:
    """Read the changes that follow a number, in order."""
    return [FeedChange(*row) for row in database.rows(AFTER, (site, after, most))]


def list_changes_of(database: Database, site: str, principal: str, after: int = 0) -> list[NumberedKind]:
    """List the number and the kind of a subject's changes that follow a number."""
    query = "SELECT seq, kind FROM change WHERE site = ? AND seq > ? AND principal = ? ORDER BY seq"
    return [NumberedKind(*row) for row in database.rows(query, (site, after, principal))]


def blank_changes(database: Database, site: str, numbers: Sequence[int]) -> None:
    """Take out of changes whose they were and what they told, but leave their numbers; runs inside a write."""
    query = """
    UPDATE change SET principal = '', ref = NULL, kind = '', name = '', before = '', after = '', source = '',
    record = NULL WHERE site = ? AND seq = ?
    """
    database.change_many(query, [(site, number) for number in numbers])


def prune_changes(database: Database, site: str, before: int, most: int) -> int:
    """Drop changes up to the first that is not older than a time, but never the newest, whom the next one follows.

    Drops the oldest first, at most so many; runs inside a write and returns how many were dropped. What is left has no
    gap, even if a clock once went back.
    """
    younger = database.rows("SELECT seq FROM change WHERE site = ? AND at >= ? ORDER BY seq LIMIT 1", (site, before))
    first = younger[0][0] if younger else find_head(database, site)
    query = """
    DELETE FROM change WHERE site = ? AND seq IN
    (SELECT seq FROM change WHERE site = ? AND seq < ? ORDER BY seq LIMIT ?)
    """
    return database.change(query, (site, site, first, most))
