"""Card data in a file to import: a column for it refuses the file, and a number among the cells is taken out."""

import re
from collections.abc import Sequence

from consent_service.domain.basics.payment_data import MASK, has_card_number, is_card_field
from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_mapping import ImportField
from consent_service.domain.imports.import_words import normalise_word

DIGIT_FIELDS = (ImportField.ADDRESS, ImportField.AT, ImportField.WITHDRAWN_AT, ImportField.CONFIRMED_AT)
"""Fields in which as many digits may stand as a card has: telephone numbers, and times in milliseconds."""
_NUMBERED = re.compile(r".*(?:phone|mobile|whatsapp|telefon|handy|fax|barcode).*|(?:.*_)?(?:[a-z]*id|sms|tel|ean|sku)")
"""Columns in which such a number is the tool's own, or a telephone number."""


class CardColumns:
    """Looks for card numbers in the cells of a file; raises ImportFault for a header with a field for them."""

    def __init__(self, header: Sequence[str], passed: frozenset[int]) -> None:
        if odd := [name for name in header if is_card_field(name)]:
            raise ImportFault("payment_data", f"the file has a column {odd[0][:40]} for card data; leave it out")
        if any(has_card_number(name) for name in header):
            raise ImportFault("payment_data", "the first line holds a card number; take it out")
        self._header = header
        self._passed = passed | {
            place for place, name in enumerate(header) if _NUMBERED.fullmatch(normalise_word(name))
        }

    def mask_cells(self, cells: list[str]) -> str:
        """Put a mask in the place of every cell with a card number, and name the first of their columns."""
        found = ""
        for place, cell in enumerate(cells):
            if len(cell) > 12 and place not in self._passed and has_card_number(cell):
                cells[place] = MASK
                found = found or (self._header[place] if place < len(self._header) else "behind the last one")
        return found
