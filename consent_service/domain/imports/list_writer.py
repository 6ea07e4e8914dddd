"""Exports in the shapes that other tools read: who may be mailed, and who must not."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import write_act_time
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.site.purpose import Channel

ALLOWED = frozenset({Reason.GRANTED, Reason.SOFT_OPT_IN})
NEITHER = frozenset({Reason.NEVER_ASKED, Reason.NOT_CONSENT_BASED, Reason.PAUSED})
BLOCKS = {Reason.BLOCKED_BOUNCE: ImportStatus.BOUNCE, Reason.BLOCKED_COMPLAINT: ImportStatus.COMPLAINT}


class ListedStanding(NamedTuple):
    """Where one person stands on one topic; ``since`` in microseconds.

    ``address`` is the address, or the subject's key where addresses are not kept. ``state`` is the decision, empty
    for none, and ``reason`` what a check answers now.
    """

    address: str
    channel: str
    topic: str
    state: str
    since: int | None
    reason: str
    source: str


def write_list_rows(
    kind: FileKind, rows: Iterable[ListedStanding], *, topics: Sequence[str] = ()
) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """Write rows in the shape of a file: its header, empty for a file that has none, and its cells row by row.

    A row that the file has no place for is left out. ``topics`` are for the file that has a column for each topic:
    there, rows of one address that follow one another become one.
    """
    prefix = next((mapping.topic_prefix for mapping in kind.mappings if mapping.topic_prefix), "")
    header = kind.header + tuple(f"{prefix}{topic}" for topic in topics if prefix)
    if not prefix:
        return header, _write_lines(kind, header or kind.headless, ([row] for row in rows))
    together = (list(group) for _, group in groupby(rows, key=lambda row: row.address))
    return header, _write_lines(kind, header, together)


def find_list_status(row: ListedStanding) -> ImportStatus | None:
    """Say which list a person belongs to, or None for neither.

    Only what a check would allow is a yes. Who was never asked is on no list, and who paused is on none until the
    pause ends.
    """
    if row.reason in BLOCKS:
        return BLOCKS[Reason(row.reason)]
    if row.state == State.GRANTED and row.reason in ALLOWED:
        return ImportStatus.GRANTED
    if row.reason == Reason.PENDING:
        return ImportStatus.PENDING
    return None if row.reason in NEITHER else ImportStatus.WITHDRAWN


def _write_lines(
    kind: FileKind, columns: Sequence[str], groups: Iterable[Sequence[ListedStanding]]
) -> Iterator[list[str]]:
    for group in groups:
        filled: dict[str, str] = {}
        for row in group:
            filled |= _fill_cells(kind, columns, row)
        if filled:
            filled = {**kind.usual, **filled}
            yield [filled.get(name, "") for name in columns]


def _fill_cells(kind: FileKind, columns: Sequence[str], row: ListedStanding) -> dict[str, str]:
    status = find_list_status(row)
    takers = [one for one in kind.mappings if status in one.words and _has_place(one, row)]
    if status is None or not takers:
        return {}
    # Where topics have columns of their own, a word about one topic must not become a word about all.
    mapping = max(takers, key=lambda one: bool(one.topic_prefix))
    since = "" if row.since is None else write_act_time(row.since, mapping.time_form)
    values = {
        ImportField.ADDRESS: row.address,
        ImportField.CHANNEL: row.channel,
        ImportField.TOPICS: row.topic,
        ImportField.STATUS: mapping.words[status],
        ImportField.AT: since,
        ImportField.WITHDRAWN_AT: since if status.is_no else "",
        ImportField.SOURCE: row.source,
    }
    places = {field: mapping.columns.get(field, ()) for field in values}
    if mapping.topic_prefix:
        places[ImportField.STATUS] = (f"{mapping.topic_prefix}{row.topic}",)
    chosen = {field: next((name for name in names if name in columns), "") for field, names in places.items()}
    return {name: values[field] for field, name in chosen.items() if name}


def _has_place(mapping: ImportMapping, row: ListedStanding) -> bool:
    if mapping.topic_prefix and not row.topic:
        return False
    fixed = mapping.constants.get(ImportField.CHANNEL, row.channel)
    return row.channel == fixed and row.channel in set(Channel)
