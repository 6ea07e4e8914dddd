"""Reading whole tables of one snapshot page by page, in the order of their keys."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from consent_service.domain.feed.feed_change import FeedChange
from consent_service.storage.changes import COLUMNS as CHANGE
from consent_service.storage.endings import Ending
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.tree import StoredCheckpoint
from consent_service.storage.evidence.unsealed import Unsealed
from consent_service.storage.records import COLUMNS as RECORD
from consent_service.storage.records import StoredRecord, read_stored_record
from consent_service.storage.standings import COLUMNS as STANDING

PAGE = 1000
FIRST: tuple[Any, ...] = ("", 0)
"""In front of every principal."""


class StandingRow(NamedTuple):
    """The row of a standing as it is stored."""

    principal: str
    columns: tuple[Any, ...]


class StoredTile(NamedTuple):
    """A tile of a tree and its place."""

    level: int
    number: int
    hashes: bytes


def stream_records(readable: Readable) -> Iterator[StoredRecord]:
    """Hand out every record, principal by principal, oldest first."""
    query = f"SELECT {RECORD} FROM record WHERE (principal, seq) > (?, ?) ORDER BY principal, seq LIMIT ?"
    for row in _read_pages(readable, query, FIRST, lambda row: row[:2]):
        yield read_stored_record(readable, row)


def stream_standings(readable: Readable) -> Iterator[StandingRow]:
    """Hand out every standing in the order of the principals."""
    query = f"SELECT principal, {STANDING} FROM standing WHERE principal > ? ORDER BY principal LIMIT ?"
    for row in _read_pages(readable, query, ("",), lambda row: row[:1]):
        yield StandingRow(row[0], row[1:])


def stream_endings(readable: Readable) -> Iterator[tuple[Ending, str]]:
    """Hand out every ending with the site it says, in the order of the principals."""
    query = """
    SELECT principal, purpose, at, site FROM ending WHERE (principal, purpose) > (?, ?)
    ORDER BY principal, purpose LIMIT ?
    """
    for row in _read_pages(readable, query, ("", ""), lambda row: row[:2]):
        yield Ending(*row[:3]), row[3]


def stream_unsealed(readable: Readable) -> Iterator[Unsealed]:
    """Hand out everything that is in line, in the order of the principals."""
    query = """
    SELECT principal, seq, leaf FROM unsealed WHERE (principal, seq) > (?, ?) ORDER BY principal, seq LIMIT ?
    """
    for row in _read_pages(readable, query, FIRST, lambda row: row[:2]):
        yield Unsealed(*row)


def stream_changes(readable: Readable) -> Iterator[tuple[str, FeedChange]]:
    """Hand out every change of every feed with its site, in the order of the numbers."""
    query = f"SELECT site, {CHANGE} FROM change WHERE (site, seq) > (?, ?) ORDER BY site, seq LIMIT ?"
    for row in _read_pages(readable, query, FIRST, lambda row: row[:2]):
        yield row[0], FeedChange(*row[1:])


def stream_notices(readable: Readable) -> Iterator[tuple[str, str, bytes]]:
    """Hand out every archived notice: digest, site and document."""
    query = "SELECT digest, site, document FROM notice WHERE digest > ? ORDER BY digest LIMIT ?"
    yield from ((row[0], row[1], row[2]) for row in _read_pages(readable, query, ("",), lambda row: row[:1]))


def stream_dictionary(readable: Readable) -> Iterator[tuple[int, str]]:
    """Hand out every text that rows share, under its number."""
    query = "SELECT number, text FROM dictionary WHERE number > ? ORDER BY number LIMIT ?"
    yield from ((row[0], row[1]) for row in _read_pages(readable, query, (-(2**63),), lambda row: row[:1]))


def stream_tiles(readable: Readable, site: str, level: int, binary: str) -> Iterator[StoredTile]:
    """Hand out the tiles of one level of a tree."""
    query = f"""
    SELECT level, number, CAST(hashes AS {binary}) FROM ledger_tile
    WHERE site = ? AND level = ? AND number > ? ORDER BY number LIMIT ?
    """
    for row in _read_pages(readable, query, (site, level, -1), lambda row: (site, level, row[1])):
        yield StoredTile(row[0], row[1], bytes(row[2]))


def list_tile_levels(readable: Readable, site: str) -> list[int]:
    """List the levels that have tiles."""
    query = "SELECT DISTINCT level FROM ledger_tile WHERE site = ? ORDER BY level"
    return [row[0] for row in readable.rows(query, (site,))]


def list_ledger_sizes(readable: Readable) -> dict[str, int]:
    """List the sites that have a ledger, each with the number of its leaves."""
    return dict(readable.rows("SELECT site, size FROM ledger ORDER BY site"))


def stream_checkpoints(readable: Readable, site: str) -> Iterator[StoredCheckpoint]:
    """Hand out the checkpoints of a site, the smallest tree first."""
    query = """
    SELECT epoch, size, at, note FROM checkpoint WHERE site = ? AND (size, epoch) > (?, ?)
    ORDER BY size, epoch LIMIT ?
    """
    for row in _read_pages(readable, query, (site, -1, -1), lambda row: (site, row[1], row[0])):
        yield StoredCheckpoint(*row)


def _read_pages(
    readable: Readable, query: str, start: Sequence[Any], place: Callable[[tuple[Any, ...]], Sequence[Any]]
) -> Iterator[tuple[Any, ...]]:
    while rows := readable.rows(query, (*start, PAGE)):
        yield from rows
        if len(rows) < PAGE:
            return
        start = place(rows[-1])
