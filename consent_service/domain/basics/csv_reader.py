"""Reading CSV row by row: lazily, within limits, and so that one bad row never costs another."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

from consent_service.domain.basics.csv_lines import Line, RowBroken, RowLines, RowTooLong, split_lines
from consent_service.domain.basics.formula_cell import restore_cell
from consent_service.domain.basics.row_fault import ImportFault, RowCode, RowFault

MAX_CELLS = 1000
DELIMITERS = ",;\t|"
_BYTE_ORDER_MARK = "\ufeff"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(rf'"?sep=([{DELIMITERS}])"?\s*', re.IGNORECASE)


class CsvRow(NamedTuple):
    """One row and the line on which it begins, counted from 1."""

    line: int
    cells: list[str]


ParserMaker = Callable[[Iterable[str]], Iterator[list[str]]]
"""Makes a parser of rows for lines."""


def read_csv(
    chunks: Iterable[bytes], *, restore: bool = False, trim: bool = False, resume: int = 1
) -> Iterator[CsvRow | RowFault]:
    """Read a CSV file of UTF-8, with or without byte order mark, separated by comma, semicolon, tab or bar.

    The first row is the header and decides the separator, unless a line ``sep=`` before it does, as Excel writes one.
    ``restore`` undoes the quote that our own exports put in front of formulas, ``trim`` takes blanks behind a
    separator away, so that quotes may follow them. Blank rows are left out. ``resume`` is a line on which a row
    begins: between the header and that row none is handed out. Raises ImportFault for a file that is empty or not
    UTF-8, and where the header is longer than a row may be.
    """
    lines = split_lines(_check_encoding(chunks))
    first = _read_header(lines).removeprefix(_BYTE_ORDER_MARK)
    stated = _SEPARATOR_LINE.fullmatch(first)
    header = _read_header(lines) if stated else first
    if not header:
        raise ImportFault("empty_file", "the file holds no line")
    delimiter = stated[1] if stated else _guess_delimiter(header)
    kept = RowLines(chain([header], lines), delimiter, trim=trim, number=2 if stated else 1)
    make_parser = partial(csv.reader, delimiter=delimiter, skipinitialspace=trim, strict=True)
    return _resume_rows(_read_rows(kept, make_parser, restore), kept, resume)


def _read_header(lines: Iterator[Line]) -> str:
    line = next(lines, "")
    if line is None:
        raise ImportFault("header_too_long", "the first line is longer than 64 KB; is this a CSV file?")
    return line


def _resume_rows(rows: Iterator[CsvRow | RowFault], lines: RowLines, resume: int) -> Iterator[CsvRow | RowFault]:
    yield from islice(rows, 1)
    lines.pass_to(resume)
    yield from rows


def _check_encoding(chunks: Iterable[bytes]) -> Iterator[bytes]:
    filled = (chunk for chunk in chunks if chunk)
    first = b""
    # The marks of other encodings are up to four bytes long.
    while len(first) < 4 and (chunk := next(filled, b"")):
        first += chunk
    if first.startswith(_OTHER_ENCODINGS) or b"\x00" in first[:4]:
        raise ImportFault("not_utf8", "the file is UTF-16 or UTF-32; save it as UTF-8")
    yield first
    yield from filled


def _guess_delimiter(header: str) -> str:
    bare = _QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def _read_rows(lines: RowLines, make_parser: ParserMaker, restore: bool) -> Iterator[CsvRow | RowFault]:
    parser = make_parser(lines)
    while True:
        line = lines.number
        try:
            cells = next(parser)
        except StopIteration:
            return
        except (RowTooLong, RowBroken, csv.Error) as trouble:
            # A quote that is never closed would swallow every row behind it, so only its own line is given up.
            lines.finish_row()
            parser = make_parser(lines)
            yield _make_fault(line, trouble)
            continue
        lines.finish_row()
        if len(cells) > MAX_CELLS:
            yield RowFault(line, RowCode.TOO_LONG, f"more than {MAX_CELLS} cells")
        elif any(cell.strip() for cell in cells):
            yield CsvRow(line, [restore_cell(cell) for cell in cells] if restore else cells)


def _make_fault(line: int, trouble: Exception) -> RowFault:
    if isinstance(trouble, RowTooLong):
        return RowFault(line, RowCode.TOO_LONG, "more than 64 KB, or a quote that is never closed")
    return RowFault(line, RowCode.BROKEN_ROW, "its quotes do not fit")
