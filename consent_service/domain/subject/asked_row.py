"""A row of a list that is checked: whom it asks about, or why it cannot be read."""

from typing import NamedTuple


class AskedRow(NamedTuple):
    """One row; ``kind`` is email, phone or subject, and ``id`` is what the asker calls it.

    ``fault`` is the code of what is wrong with a row that names nobody, else empty.
    """

    kind: str
    text: str
    id: str | int | None = None
    fault: str = ""
