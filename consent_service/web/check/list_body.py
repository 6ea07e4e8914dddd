"""The rows of a list that is sent to be checked: JSON lines, plain lines or CSV, and a bad row costs no other."""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from consent_service.domain.basics.csv_lines import split_lines
from consent_service.domain.basics.csv_reader import read_csv
from consent_service.domain.basics.row_fault import ImportFault, RowFault
from consent_service.domain.errors import ListFault
from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.imports.import_words import EMAIL_NAMES
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.subject.asked_row import AskedRow
from consent_service.domain.subject.subject import is_email_like

KINDS = ("email", "phone", "subject")
COLUMNS = (*KINDS, "address", "id")
EMAIL_COLUMNS = frozenset(name.lower() for name in EMAIL_NAMES)

UNREADABLE = "\ufffd"
"""What stands for bytes that are not UTF-8; no address holds it."""

MAX_LINES = 2_000_000
"""Blank lines are no rows, but reading them takes time as well."""

Read = Callable[[Iterable[bytes], Purpose], Iterator[AskedRow]]


class ListRow(msgspec.Struct, gc=False):
    """One line of JSON: exactly one of an e-mail address, a phone number and a subject key; ``id`` is echoed."""

    email: str | None = None
    phone: str | None = None
    subject: str | None = None
    id: str | int | None = None


_decode = msgspec.json.Decoder(ListRow).decode


def read_json_rows(chunks: Iterable[bytes], _: Purpose) -> Iterator[AskedRow]:
    """Read one JSON object a line; blank lines are no rows."""
    for line in _split_lines(chunks):
        if line is None:
            yield AskedRow("", "", None, "too_long")
        elif not line.isspace():
            yield _read_json_row(line.removeprefix("\ufeff"))


def _split_lines(chunks: Iterable[bytes]) -> Iterator[str | None]:
    for number, line in enumerate(split_lines(chunks)):
        if number >= MAX_LINES:
            raise ListFault("too_large", f"more than {MAX_LINES} lines")
        yield line


def _read_json_row(line: str) -> AskedRow:
    if UNREADABLE in line:
        return AskedRow("", "", None, "not_utf8")
    try:
        row = _decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return AskedRow("", "", None, "row_malformed")
    if row.email is not None and row.phone is None and row.subject is None:
        return AskedRow("email", row.email, row.id)
    given = [(kind, text) for kind in KINDS if (text := getattr(row, kind)) is not None]
    return AskedRow(*given[0], row.id) if len(given) == 1 else AskedRow("", "", row.id, "person_missing")


def read_plain_rows(chunks: Iterable[bytes], purpose: Purpose) -> Iterator[AskedRow]:
    """Read one address or subject key a line, which is its own id; blank lines are no rows."""
    for line in _split_lines(chunks):
        if line is None:
            yield AskedRow("", "", None, "too_long")
        elif not line.isspace():
            text = line.strip().removeprefix("\ufeff")
            yield AskedRow(_guess_kind(text, purpose), text, text, "not_utf8" if UNREADABLE in text else "")


def read_csv_rows(chunks: Iterable[bytes], purpose: Purpose) -> Iterator[AskedRow]:
    """Read CSV whose header names one or more of email, phone, subject and address, and perhaps id, else the
    address is its own id.

    The header is read at once; raises ListFault where it names none of them, or there is no CSV.
    """
    try:
        rows = read_csv(chunks, restore=True)
        first = next(rows, None)
    except ImportFault as fault:
        raise ListFault(fault.code, str(fault)) from None
    header = [] if first is None or isinstance(first, RowFault) else [_name_column(cell) for cell in first.cells]
    places = {name: header.index(name) for name in COLUMNS if name in header}
    if not set(places) - {"id"}:
        raise ListFault("column_missing", "the header names none of email, phone, subject and address")
    return (
        _read_csv_row(row.cells, places, purpose) if not isinstance(row, RowFault) else _name_fault(row) for row in rows
    )


def _name_column(cell: str) -> str:
    name = cell.strip().lower()
    return "email" if name in EMAIL_COLUMNS else name


def _name_fault(fault: RowFault) -> AskedRow:
    return AskedRow("", "", None, str(fault.code))


def _read_csv_row(cells: list[str], places: dict[str, int], purpose: Purpose) -> AskedRow:
    said = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
    given = [(name, said[name]) for name in COLUMNS if name != "id" and said.get(name)]
    if len(given) != 1:
        return AskedRow("", "", said.get("id") or None, "person_missing")
    name, text = given[0]
    return AskedRow(
        _guess_kind(text, purpose) if name == "address" else name,
        text,
        said.get("id") or text,
        "not_utf8" if UNREADABLE in text else "",
    )


def _guess_kind(text: str, purpose: Purpose) -> str:
    if SUBJECT_KEY.fullmatch(text):
        return "subject"
    return "email" if is_email_like(text) or purpose.channel is Channel.EMAIL else "phone"
