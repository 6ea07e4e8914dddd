"""A checked list as it is sent: a line for every row, and one last line without which the list is worth nothing."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.messages.link_pack import LinkPack

INVALID = "invalid"
"""The reason of a row that names nobody."""
COLUMNS = ("n", "id", "subject", "allowed", "reason", "record", "since", "valid_until", "error")
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")
URLS = ("unsubscribe_url", "preferences_url")


class CheckedRow(msgspec.Struct, gc=False):
    """The answer to one row; ``n`` counts the rows from 1, ``error`` is the code of what is wrong with an invalid row.

    ``headers`` and the links behind it come with rows that are allowed, where they were asked for.
    """

    n: int
    id: str | int | None
    subject: str | None
    allowed: bool
    reason: str
    record: str | None = None
    since: datetime | None = None
    valid_until: datetime | None = None
    error: str | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    unsubscribe_url: str | UnsetType = UNSET
    preferences_url: str | UnsetType = UNSET

    def add_links(self, pack: LinkPack) -> None:
        """Put the links of a pack into the row, in the words of POST /v1/links."""
        self.headers = pack.headers
        self.unsubscribe_url = pack.unsubscribe_url
        if pack.preferences_url:
            self.preferences_url = pack.preferences_url


class ListSummary(msgspec.Struct, kw_only=True):
    """What a whole list came to; only ``complete`` makes it fit for use.

    ``duplicates`` are rows that named somebody again, ``as_of`` is the cursor of the change feed to go on from before
    sending, ``valid_until`` when the first yes of the list ends. ``code`` and ``detail`` say why it broke off.
    """

    purpose: str
    rows: int
    allowed: int
    denied: int
    invalid: int
    duplicates: int
    as_of: str
    valid_until: datetime | None
    complete: bool
    code: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET


class LastLine(msgspec.Struct):
    """The last line of a checked list."""

    summary: ListSummary


_encoder = msgspec.json.Encoder()


class JsonLines:
    """One JSON object a line."""

    content_type = "application/x-ndjson"
    head = b""

    def rows(self, rows: Sequence[CheckedRow]) -> bytes:
        """Write some rows."""
        return _encoder.encode_lines(rows)

    def end(self, summary: ListSummary) -> bytes:
        """Write the last line."""
        return _encoder.encode(LastLine(summary)) + b"\n"


class CsvLines:
    """CSV with a header; the last row has ``summary`` for its number and the summary as JSON for its id."""

    content_type = "text/csv; charset=utf-8"

    def __init__(self, *, links: bool) -> None:
        self._columns = (*COLUMNS, *HEADERS, *URLS) if links else COLUMNS
        self.head = write_csv_line(self._columns)

    def rows(self, rows: Sequence[CheckedRow]) -> bytes:
        """Write some rows."""
        return b"".join(write_csv_line(self._write_cells(row)) for row in rows)

    def _write_cells(self, row: CheckedRow) -> list[str]:
        plain = msgspec.to_builtins(row)
        plain |= plain.get("headers", {}) | {"allowed": "true" if row.allowed else "false"}
        return [_write_cell(plain.get(name)) for name in self._columns]

    def end(self, summary: ListSummary) -> bytes:
        """Write the last row."""
        return write_csv_line(["summary", _encoder.encode(summary).decode(), *[""] * (len(self._columns) - 2)])


def _write_cell(value: object) -> str:
    return "" if value is None else str(value)
