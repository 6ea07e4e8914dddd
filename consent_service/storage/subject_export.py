"""The export of subjects: everything current of a site and the number of the last change in it, by one statement."""

from collections.abc import Iterator
from typing import NamedTuple

from consent_service.domain.standing import NO_STANDING, Standing
from consent_service.storage.database import Database
from consent_service.storage.standings import COLUMNS, read_standing

# One statement sees one state of the database, however long its rows are read; it has one row where nobody is known.
SUBJECTS = f"""
SELECT h.head, p.principal, s.ref, {COLUMNS}
FROM (SELECT coalesce(max(seq), 0) AS head FROM change WHERE site = ?) h
LEFT JOIN principal_state p ON p.principal >= ? AND p.principal < ?
LEFT JOIN subject s ON s.principal = p.principal
"""


class ExportRow(NamedTuple):
    """One subject as it stood at the change ``head``; ``principal`` is empty where nobody is known."""

    head: int
    principal: str
    ref: str | None
    standing: Standing


def export_rows(database: Database, site: str) -> Iterator[ExportRow]:
    """Hand out every subject of a site, all as of one moment; one row without a subject where there is none."""
    for head, principal, ref, *state in database.stream(SUBJECTS, (site, f"{site}/s/", f"{site}/s0")):
        yield ExportRow(head, principal or "", ref, read_standing(state) if principal else NO_STANDING)
