"""A mapping laid over the columns that one file really has."""

import re
from collections.abc import Sequence

from consent_service.domain.basics.row_fault import RowCode
from consent_service.domain.imports.import_mapping import ImportField, ImportMapping, normalise_word
from consent_service.domain.imports.import_row import ImportStatus

LONGEST_EVIDENCE = 200
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


class RowRefused(Exception):
    """A row cannot be taken over; ``code`` says why to the report, the text to people."""

    def __init__(self, code: RowCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class MappedColumns:
    """Finds the value of each field in the cells of a row, of which there are as many as columns.

    ``missing`` are the columns the mapping needs and this file lacks; where there are none, ``reach`` is how many
    cells a row needs at least.
    """

    def __init__(self, mapping: ImportMapping, header: Sequence[str]) -> None:
        places = {name: place for place, name in reversed(list(enumerate(header)))}
        self.mapping = mapping
        self._fields = {
            field: [places[name] for name in names if name in places] for field, names in mapping.columns.items()
        }
        self._statuses = mapping.collect_statuses()
        wanted = sorted(mapping.needed & mapping.columns.keys())
        self.missing = [" or ".join(mapping.columns[field]) for field in wanted if not self._fields[field]]
        self.reach = 0 if self.missing else 1 + max(min(self._fields[field]) for field in wanted)
        self._evidence = [(write_evidence_name(name), places[name]) for name in mapping.evidence if name in places]
        self._network = [(write_evidence_name(name), places[name]) for name in mapping.network if name in places]

    def read_value(self, field: ImportField, cells: Sequence[str]) -> str:
        """Return the first filled cell for a field, else its constant, else nothing."""
        for place in self._fields.get(field, ()):
            if text := cells[place].strip():
                return text
        return self.mapping.constants.get(field, "")

    def read_status(self, cells: Sequence[str]) -> ImportStatus | None:
        """Read the status; None is no answer. Raises RowRefused for a word that nobody explained."""
        text = self.read_value(ImportField.STATUS, cells)
        word = normalise_word(text)
        if word in self._statuses:
            return self._statuses[word]
        if word and self.mapping.otherwise:
            return self.mapping.otherwise
        raise RowRefused(RowCode.UNKNOWN_STATUS, f"{text[:40]!r} is no status this file is known to use")

    def collect_evidence(self, cells: Sequence[str], *, network: bool) -> dict[str, str]:
        """Collect the codes and times worth keeping; with ``network`` also IP addresses."""
        chosen = self._evidence + self._network if network else self._evidence
        return {name: text[:LONGEST_EVIDENCE] for name, place in chosen if (text := cells[place].strip())}


def write_evidence_name(column: str) -> str:
    """Write the name of a column as evidence has it: small letters, digits and underscores."""
    return _NOT_IN_A_NAME.sub("_", column.casefold()).strip("_")
