"""Suppressions: the subjects of a site on whom a block stands or who stopped everything, page by page."""

from typing import NamedTuple

from consent_service.domain.subject.standing import Standing
from consent_service.storage.engine.database import Database
from consent_service.storage.standings import COLUMNS, read_standing

AFTER = f"""
SELECT principal, {COLUMNS} FROM standing WHERE principal > ? AND principal < ?
AND (blocks IS NOT NULL OR stopped_at IS NOT NULL) ORDER BY principal LIMIT ?
"""


class OverriddenStanding(NamedTuple):
    """The standing of a principal on whom a block stands or who stopped everything."""

    principal: str
    standing: Standing


def list_overridden_standings(database: Database, site: str, after: str, most: int) -> list[OverriddenStanding]:
    """Read standings that hold a block or a stop, in the order of their principals, after one of them or empty."""
    values = (after or f"{site}/s/", f"{site}/s0", most)
    return [OverriddenStanding(row[0], read_standing(database, row[1:])) for row in database.rows(AFTER, values)]
