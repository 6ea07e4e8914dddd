"""The export of subjects: everything current of a site and the number of the last change in it, by one statement."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from consent_service.domain.feed.feed_cursor import FeedPlace
from consent_service.domain.subject.standing import Standing
from consent_service.storage.engine.database import Database
from consent_service.storage.standings import COLUMNS, read_standing

# One statement sees one state of the database, however long its rows are read; it has one row where nobody is known.
SUBJECTS = f"""
SELECT h.epoch, h.head, p.principal, s.ref, s.kind, s.sealed, {COLUMNS}
FROM (
    SELECT epoch, (SELECT coalesce(max(seq), 0) FROM change WHERE site = ?) AS head FROM schema_generation WHERE id = 1
) h
LEFT JOIN standing p ON p.principal >= ? AND p.principal < ?
LEFT JOIN subject s ON s.principal = p.principal
ORDER BY p.principal
"""


class SubjectRow(NamedTuple):
    """One subject as it stood; ``kind`` and ``sealed`` of the address are None where none is kept."""

    principal: str
    ref: str | None
    kind: str | None
    sealed: bytes | None
    standing: Standing


class Export(NamedTuple):
    """The place behind the last change that the rows hold, and the rows; read them to the end or not at all."""

    head: FeedPlace
    rows: Iterator[SubjectRow]


def open_export(database: Database, site: str) -> Export:
    """Begin to read every subject of a site, all as of one moment.

    The first row is read at once, so that a database out of order is told here and not half way.
    """
    found = database.stream(SUBJECTS, (site, f"{site}/s/", f"{site}/s0"))
    epoch, head, *first = next(found)

    def rows() -> Iterator[SubjectRow]:
        if first[0] is not None:
            yield _read_row(database, first)
        for _, _, *columns in found:
            yield _read_row(database, columns)

    return Export(FeedPlace(epoch, head), rows())


def _read_row(database: Database, columns: list[Any]) -> SubjectRow:
    principal, ref, kind, sealed, *state = columns
    return SubjectRow(principal, ref, kind, sealed, read_standing(database, state))
