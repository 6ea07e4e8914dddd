"""Cells that a spreadsheet would take for a formula: written with a quote in front, and read back without it."""

import re

# Spreadsheets of East Asia take the full-width characters for the same.
_SIGN = r"[=+\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"'*{_SIGN}")
_GUARDED = re.compile(rf"'+{_SIGN}")
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}", re.ASCII)
"""E.164 (ITU-T): a spreadsheet has nothing to run in it, and other tools take it for a number without a quote alone."""


def neutralise_cell(cell: str) -> str:
    """Put a quote in front of a cell that a spreadsheet might run; phone numbers stay plain.

    A cell that begins with quotes and then such a character gets one more, so that ``restore_cell`` undoes just this.
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _PHONE_NUMBER.fullmatch(cell) else cell


def restore_cell(cell: str) -> str:
    """Take away the quote that ``neutralise_cell`` put in front, and leave every other cell as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell
