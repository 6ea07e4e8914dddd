"""A mapping laid over the columns that one file really has."""

import re
from collections.abc import Sequence
from typing import cast

from consent_service.domain.basics.row_fault import RowCode
from consent_service.domain.imports.import_mapping import ImportField, ImportMapping
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_words import COMMON_WORDS, find_qualified_refusal, normalise_word

MAX_EVIDENCE = 200
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
        written = [normalise_word(name) for name in header]
        self._places = {name: place for place, name in reversed(list(enumerate(written)))}
        self.mapping = mapping
        self._fields = {field: self._find_places(names) for field, names in mapping.columns.items()}
        if prefix := normalise_word(mapping.status_prefix):
            begun = [place for place, name in enumerate(written) if name.startswith(prefix)]
            known = self._fields.setdefault(ImportField.STATUS, [])
            known += [place for place in begun if place not in known]
        self._statuses = mapping.collect_statuses()
        wanted = sorted(mapping.needed & self._fields.keys())
        self.missing = [self._tell_missing(field) for field in wanted if self._lacks(field)]
        self.reach = 0 if self.missing else 1 + max(min(self._fields[field]) for field in wanted)
        self._evidence = self._name_evidence(mapping.evidence)
        self._network = self._name_evidence(mapping.network)

    @property
    def read_places(self) -> frozenset[int]:
        """Which columns of the file this mapping reads."""
        return frozenset[int]().union(*map(self.find_places, self._fields))

    def find_places(self, field: ImportField) -> frozenset[int]:
        """Find the columns that may hold a field."""
        return frozenset(self._fields.get(field, ()))

    def read_value(self, field: ImportField, cells: Sequence[str]) -> str:
        """Return the first filled cell for a field, else its constant, else nothing."""
        return next(iter(self._read_filled(field, cells)), self.mapping.constants.get(field, ""))

    def read_status(self, cells: Sequence[str]) -> ImportStatus | None:
        """Read the status; None is no answer. Raises RowRefused for a word that nobody explained.

        Of several columns any no counts, the strictest of them, and else the first that is filled.
        """
        texts = self._read_filled(ImportField.STATUS, cells) or [self.mapping.constants.get(ImportField.STATUS, "")]
        read = [self._explain_word(text) for text in texts]
        if refusals := [status for status in read if isinstance(status, ImportStatus) and status.is_no]:
            return max(refusals, key=list(ImportStatus).index)
        for fault in read:
            if isinstance(fault, RowRefused):
                raise fault
        return cast(ImportStatus | None, read[0])

    def _explain_word(self, text: str) -> ImportStatus | RowRefused | None:
        word = normalise_word(text)
        if word in self._statuses:
            return self._statuses[word]
        if refusal := find_qualified_refusal(text, {**COMMON_WORDS, **self._statuses}):
            return refusal
        if word and self.mapping.otherwise:
            return self.mapping.otherwise
        return RowRefused(RowCode.UNKNOWN_STATUS, f"{text[:40]!r} is not a status this file is known to use")

    def _read_filled(self, field: ImportField, cells: Sequence[str]) -> list[str]:
        return [text for place in self._fields.get(field, ()) if (text := cells[place].strip())]

    def _find_places(self, names: Sequence[str]) -> list[int]:
        written = dict.fromkeys(map(normalise_word, names))
        return [self._places[name] for name in written if name in self._places]

    def _lacks(self, field: ImportField) -> bool:
        """Say whether a column is missing: one of several is enough, unless each of them may hold a no."""
        places = self._fields[field]
        every = field is ImportField.STATUS and self.mapping.common
        return not places or (every and len(places) < len(self.mapping.columns[field]))

    def _tell_missing(self, field: ImportField) -> str:
        names = self.mapping.columns.get(field, ())
        lacked = [name for name in names if normalise_word(name) not in self._places]
        return " or ".join(lacked) or f"{self.mapping.status_prefix}…"

    def _name_evidence(self, names: Sequence[str]) -> list[tuple[str, int]]:
        return [(write_evidence_name(name), place) for name in names for place in self._find_places([name])]

    def collect_evidence(self, cells: Sequence[str], *, network: bool) -> dict[str, str]:
        """Collect the codes and times worth keeping; with ``network`` also IP addresses."""
        chosen = self._evidence + self._network if network else self._evidence
        return {name: text[:MAX_EVIDENCE] for name, place in chosen if (text := cells[place].strip())}


def write_evidence_name(column: str) -> str:
    """Write the name of a column as evidence has it: small letters, digits and underscores."""
    return _NOT_IN_A_NAME.sub("_", column.casefold()).strip("_")
