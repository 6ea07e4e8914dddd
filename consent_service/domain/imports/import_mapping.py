"""Mappings: which columns of a file mean what, and which words in them mean what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.imports.import_row import ImportStatus
from consent_service.domain.imports.import_time import TimeForm
from consent_service.domain.imports.import_words import COMMON_WORDS, normalise_word


class ImportField(StrEnum):
    """What a column can hold."""

    ADDRESS = "address"
    CHANNEL = "channel"
    TOPICS = "topics"
    STATUS = "status"
    AT = "at"
    WITHDRAWN_AT = "withdrawn_at"
    CONFIRMED_AT = "confirmed_at"
    SOURCE = "source"


NEEDED = frozenset({ImportField.ADDRESS, ImportField.STATUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """What the columns of a file mean for one channel.

    Columns are compared as ``normalise_word`` writes them. Of several ``columns`` for a field the first filled one
    counts, but of several with a status any no; each column that begins with ``status_prefix`` holds one too.
    ``constants`` stand in where none is filled. Only the column for ``withdrawn_at`` dates a no. ``words`` are
    what the tool writes for each status, ``status_map`` what else it writes; ``common`` adds the words that mean the
    same everywhere, and ``otherwise`` is for every other word. A mapping without its ``needed`` columns is passed
    over. An ``optional`` one is silent where a row has no address for it. ``everything`` says that a no here is about
    every topic. Each column that begins with ``topic_prefix`` holds the status of the topic it is named after.
    Phone numbers that are ``international`` begin with their country, with or without a plus or 00. ``evidence``
    names columns with codes and times worth keeping, ``network`` those with IP addresses.
    """

    columns: Mapping[ImportField, tuple[str, ...]]
    constants: Mapping[ImportField, str] = field(default_factory=dict)
    words: Mapping[ImportStatus, str] = field(default_factory=dict)
    status_map: Mapping[str, ImportStatus | None] = field(default_factory=dict)
    common: bool = False
    otherwise: ImportStatus | None = None
    needed: frozenset[ImportField] = NEEDED
    optional: bool = False
    everything: bool = False
    topic_prefix: str = ""
    status_prefix: str = ""
    international: bool = False
    evidence: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    zone: tzinfo | None = None
    time_form: TimeForm = TimeForm.ZONED

    def collect_statuses(self) -> dict[str, ImportStatus | None]:
        """Collect every word this mapping understands, in the form ``normalise_word`` gives."""
        shared = COMMON_WORDS if self.common else {}
        written = {normalise_word(word): status for status, word in reversed(list(self.words.items()))}
        return {**shared, **written, **{normalise_word(word): status for word, status in self.status_map.items()}}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of file that a tool exports.

    ``header`` are the columns as the tool writes them. ``marks`` are columns, and ``file_names`` beginnings of file
    names, by which the kind is told from the others. ``headless`` names the columns of a file that comes without a
    header. A kind that is ``named_only`` is never guessed. ``usual`` holds what our own export writes into columns
    that no field fills. ``restores`` says that the tool puts a quote in front of formulas, as we do.
    """

    name: str
    mappings: tuple[ImportMapping, ...]
    header: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    headless: tuple[str, ...] = ()
    named_only: bool = False
    usual: Mapping[str, str] = field(default_factory=dict)
    restores: bool = False

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column that some mapping reads."""
        return frozenset(name for mapping in self.mappings for names in mapping.columns.values() for name in names)

    def name_columns(self, first: Sequence[str]) -> Sequence[str]:
        """Name the columns of a file by its first row, which is data already where the file has no header."""
        known = set(map(normalise_word, self.known_columns))
        if not self.headless or known & set(map(normalise_word, first)):
            return first
        rest = [f"column {number + 1}" for number in range(len(self.headless), len(first))]
        return [*self.headless, *rest]


def make_plain_kind(
    columns: Mapping[str, str | Sequence[str]],
    status_map: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
) -> FileKind:
    """Make a kind of file of a mapping that the caller gives: field to column, word to status, field to value.

    A status of ``none`` says that the word is no answer. Raises ImportFault for a field or a status there is not, and
    where nothing says what the address or the status is.
    """
    named = {_read_field(key): (value,) if isinstance(value, str) else tuple(value) for key, value in columns.items()}
    fixed = {_read_field(key): value for key, value in (constants or {}).items()}
    words = {word: _read_status(status) for word, status in (status_map or {}).items()}
    if missing := sorted({ImportField.ADDRESS} - named.keys() | NEEDED - named.keys() - fixed.keys()):
        raise ImportFault("mapping_incomplete", f"the mapping does not say where to find: {', '.join(missing)}")
    mapping = ImportMapping(columns=named, constants=fixed, status_map=words, common=True, needed=frozenset(named))
    return FileKind(name="mapping", mappings=(mapping,))


def _read_field(name: str) -> ImportField:
    if name not in set(ImportField):
        raise ImportFault("unknown_field", f"{name!r} is not a field; there are {', '.join(ImportField)}")
    return ImportField(name)


def _read_status(name: str) -> ImportStatus | None:
    if name == "none":
        return None
    if name not in set(ImportStatus):
        raise ImportFault("unknown_status", f"{name!r} is not a status; there are {', '.join(ImportStatus)} and none")
    return ImportStatus(name)
