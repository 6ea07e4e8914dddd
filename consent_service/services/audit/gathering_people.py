"""Gathering: all rows about one person or browser at a time, out of tables that are read side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from typing import Any

from consent_service.storage.endings import Ending
from consent_service.storage.engine.database import Readable
from consent_service.storage.evidence.store_pages import (
    StandingRow,
    stream_endings,
    stream_records,
    stream_standings,
    stream_unsealed,
)
from consent_service.storage.evidence.unsealed import Unsealed
from consent_service.storage.records import StoredRecord


@dataclass(slots=True)
class OwnedRows:
    """The rows of one owner: a visitor, a subject with its requests, or something that a site states."""

    owner: str
    records: list[StoredRecord] = field(default_factory=list)
    standings: list[StandingRow] = field(default_factory=list)
    endings: list[tuple[Ending, str]] = field(default_factory=list)
    unsealed: list[Unsealed] = field(default_factory=list)

    @property
    def site(self) -> str:
        """The id of the site."""
        return self.owner.partition("/")[0]

    @property
    def kind(self) -> str:
        """The letter of the kind of owner: v, s or e."""
        return self.owner.split("/")[1] if self.owner.count("/") > 1 else ""


def gather_people(snapshot: Readable) -> Iterator[OwnedRows]:
    """Hand out the rows of one owner after the other; only those of one are held at a time."""
    streams = (
        ((str(row.head.principal), 0, row) for row in stream_records(snapshot)),
        ((str(row.principal), 1, row) for row in stream_standings(snapshot)),
        ((str(row[0].principal), 2, row) for row in stream_endings(snapshot)),
        ((str(row.principal), 3, row) for row in stream_unsealed(snapshot)),
    )
    merged: Iterable[tuple[str, int, Any]] = merge(*streams, key=lambda tagged: tagged[:2])
    for owner, tagged in groupby(merged, key=lambda tagged: name_owner(tagged[0])):
        rows = OwnedRows(owner)
        lists = (rows.records, rows.standings, rows.endings, rows.unsealed)
        for _, number, row in tagged:
            lists[number].append(row)
        yield rows


def name_owner(principal: str) -> str:
    """Name whose principal it is: that of a request belongs to its subject."""
    return "/".join(principal.split("/")[:3])
