"""Reading a file to import: each row becomes what it says about a person, or the reason why it says nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from consent_service.domain.basics.csv_reader import CsvRow, read_csv
from consent_service.domain.basics.formula_cell import restore_cell
from consent_service.domain.basics.row_fault import ImportFault, RowCode, RowFault
from consent_service.domain.imports.card_columns import DIGIT_FIELDS, CardColumns
from consent_service.domain.imports.contradiction import WatchedColumns
from consent_service.domain.imports.import_columns import MappedColumns, RowRefused, write_evidence_name
from consent_service.domain.imports.import_mapping import FileKind, ImportField, ImportMapping
from consent_service.domain.imports.import_meaning import ImportTerms, read_meaning, read_moment
from consent_service.domain.imports.import_row import ImportRow, ImportStatus, SilentRow
from consent_service.domain.imports.import_words import normalise_word

Chooser = Callable[[Sequence[str]], FileKind]
"""Decides by the columns of a file which kind it is."""

ReadRow = ImportRow | RowFault | SilentRow


def read_import(chunks: Iterable[bytes], choose: Chooser, terms: ImportTerms, *, resume: int = 1) -> Iterator[ReadRow]:
    """Read a file row by row; a row about several channels or topics gives several results.

    The header is read at once and the rows on demand, from the line ``resume`` on which a row begins. Raises
    ImportFault for a file that cannot be imported.
    """
    if not terms.source.strip():
        raise ImportFault("source_missing", "say where these people made their choices")
    rows = read_csv(chunks, trim=True, resume=resume)
    first = next(rows, None)
    if not isinstance(first, CsvRow):
        raise ImportFault("header_broken", "the first line is not a list of columns")
    header = [restore_cell(cell).strip() for cell in first.cells]
    kind = choose(header)
    columns = kind.name_columns(header)
    if columns is not header:
        return _read_rows(chain([first], rows), columns, kind, terms)
    return _read_rows(rows, header, kind, terms)


def _read_rows(
    rows: Iterable[CsvRow | RowFault], header: Sequence[str], kind: FileKind, terms: ImportTerms
) -> Iterator[ReadRow]:
    mappings = _match_mappings(kind, header)
    withdrawn = frozenset[int]().union(*(columns.find_places(ImportField.WITHDRAWN_AT) for columns in mappings))
    watched = WatchedColumns(header, _collect_read_places(mappings), withdrawn)
    sheet = _Sheet(header, mappings, watched, CardColumns(header, _collect_digit_places(mappings)), terms)
    restores = terms.restores or kind.restores
    return (result for row in rows for result in _read_row(row, sheet, restores))


class _Sheet(NamedTuple):
    """What all rows of a file have in common."""

    header: Sequence[str]
    mappings: Sequence[MappedColumns]
    watched: WatchedColumns
    cards: CardColumns
    terms: ImportTerms


def _match_mappings(kind: FileKind, header: Sequence[str]) -> list[MappedColumns]:
    mapped = [MappedColumns(one, header) for mapping in kind.mappings for one in _split_by_topic(mapping, header)]
    usable = [columns for columns in mapped if not columns.missing]
    if not usable:
        missing = mapped[0].missing if mapped else [f"{mapping.topic_prefix}…" for mapping in kind.mappings]
        raise ImportFault("missing_column", _tell_missing(missing, header))
    written = [normalise_word(name) for name in header]
    read = _collect_read_places(usable)
    if repeated := sorted({header[place] for place in read if written.count(written[place]) > 1}):
        raise ImportFault("repeated_column", f"the file has several columns {', '.join(repeated)}")
    return usable


def _collect_read_places(mappings: Iterable[MappedColumns]) -> frozenset[int]:
    return frozenset[int]().union(*(columns.read_places for columns in mappings))


def _collect_digit_places(mappings: Iterable[MappedColumns]) -> frozenset[int]:
    return frozenset[int]().union(*(columns.find_places(field) for columns in mappings for field in DIGIT_FIELDS))


def _tell_missing(missing: Sequence[str], header: Sequence[str]) -> str:
    told = f"the file has no column {' and no column '.join(missing)}"
    if not any("@" in name for name in header):
        return f"{told}; give the preset of the tool that wrote it, or a mapping that fits"
    return f"{told}; its first line holds an address, so take a list without a header for what it is: --kind suppressed"


def _split_by_topic(mapping: ImportMapping, header: Sequence[str]) -> Iterator[ImportMapping]:
    prefix = mapping.topic_prefix
    if not prefix:
        yield mapping
        return
    for name in header:
        if normalise_word(name).startswith(normalise_word(prefix)) and len(name) > len(prefix):
            columns = {**mapping.columns, ImportField.STATUS: (name,)}
            constants = {**mapping.constants, ImportField.TOPICS: name[len(prefix) :]}
            yield replace(mapping, columns=columns, constants=constants, topic_prefix="")


def _read_row(row: CsvRow | RowFault, sheet: _Sheet, restores: bool) -> Iterator[ReadRow]:
    if isinstance(row, RowFault):
        yield row
        return
    header = sheet.header
    cells = [restore_cell(cell) for cell in row.cells] if restores else row.cells
    with_card = sheet.cards.mask_cells(cells)
    original = dict(zip(header, cells, strict=False))
    if any(cell.strip() for cell in cells[len(header) :]):
        yield RowFault(row.line, RowCode.BROKEN_ROW, "the row has more cells than there are columns", original)
        return
    results = [_read_meaning(columns, cells, sheet, row.line, original) for columns in sheet.mappings]
    said: list[ReadRow] = [_tell_card(result, with_card) if with_card else result for result in results if result]
    yield from said or [SilentRow(row.line, original)]


def _tell_card(result: ImportRow | RowFault, column: str) -> ImportRow | RowFault:
    """Refuse a yes whose row holds a card number; a no beside one counts and the report tells of both."""
    detail = f"column {column} holds a card number; take it out"
    if isinstance(result, ImportRow) and result.status.is_no:
        return replace(result, remarks=(*result.remarks, (RowCode.PAYMENT_DATA, detail)))
    return RowFault(result.line, RowCode.PAYMENT_DATA, detail, result.original)


def _read_meaning(
    columns: MappedColumns, cells: Sequence[str], sheet: _Sheet, line: int, original: Mapping[str, str]
) -> ImportRow | RowFault | None:
    if len(cells) < columns.reach and not columns.mapping.optional:
        return RowFault(
            line, RowCode.MISSING_COLUMN, f"the row ends before column {sheet.header[len(cells)]}", original
        )
    filled = [*cells, *[""] * (len(sheet.header) - len(cells))]
    try:
        row = read_meaning(columns, filled, sheet.terms, line, original)
    except RowRefused as trouble:
        fault = RowFault(line, trouble.code, str(trouble), original)
        return _find_refusal(columns, filled, sheet, line, original) or fault
    if row is None:
        return _find_refusal(columns, filled, sheet, line, original)
    return row if row.status.is_no else _check_yes(row, columns, filled, sheet)


def _find_refusal(
    columns: MappedColumns, cells: Sequence[str], sheet: _Sheet, line: int, original: Mapping[str, str]
) -> ImportRow | None:
    """Look for a no in the other columns of a row that says nothing, or nothing that can be taken over."""
    try:
        row = read_meaning(columns, cells, sheet.terms, line, original, ImportStatus.WITHDRAWN)
    except RowRefused:
        return None
    # Nothing is known of when, so no date makes a no of another column one that is over.
    told = _check_yes(replace(row, at=None, status=ImportStatus.GRANTED), columns, cells, sheet) if row else None
    return told if isinstance(told, ImportRow) and told.remarks else None


def _check_yes(row: ImportRow, columns: MappedColumns, cells: Sequence[str], sheet: _Sheet) -> ImportRow | RowFault:
    """Hold a yes against the columns that nobody mapped: a no there counts, and a doubt refuses the row."""
    found = sheet.watched.find_contradiction(row, cells, lambda text: read_moment(text, columns, sheet.terms))
    if found is None:
        return row
    if found.status is None:
        return RowFault(row.line, RowCode.CONTRADICTION, f"column {found.column} speaks against a yes", row.original)
    evidence = {**row.evidence, "time": "none", "column": write_evidence_name(found.column)}
    topics = () if found.status.is_block or found.status is ImportStatus.SUPPRESSED else row.topics
    return replace(
        row,
        status=found.status,
        at=None,
        confirmed_at=None,
        topics=topics,
        remarks=((RowCode.CONTRADICTION, f"column {found.column} says no"),),
        evidence=evidence,
    )
