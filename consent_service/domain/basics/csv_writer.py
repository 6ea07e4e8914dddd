"""Writing CSV as RFC 4180 says, with no cell that a spreadsheet would run."""

import re
from collections.abc import Iterable

from consent_service.domain.basics.formula_cell import neutralise_cell

_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$')


def write_csv_line(cells: Iterable[str]) -> bytes:
    """Write one row in UTF-8 with its line end; a lone surrogate becomes a question mark."""
    texts = [_quote_cell(neutralise_cell(cell)) for cell in cells]
    # A single empty cell without quotes would be a blank line, which readers skip.
    line = ",".join(texts) or '""'
    return f"{line}\r\n".encode(errors="replace")


def _quote_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
