"""Cells that a spreadsheet would take for a formula: written with a quote in front, and read back without it."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\x00]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\x00]")


def neutralise_cell(cell: str) -> str:
    """Put a quote in front of a cell that a spreadsheet might run.

    A cell that begins with quotes and then such a character gets one more, so that ``restore_cell`` undoes just this.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore_cell(cell: str) -> str:
    """Take away the quote that ``neutralise_cell`` put in front, and leave every other cell as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell
