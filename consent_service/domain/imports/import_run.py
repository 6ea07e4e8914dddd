"""Import runs: which file is imported how, how far it came, and what became of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.imports.import_options import ImportOptions
from consent_service.domain.imports.import_report import RowResult


class ImportState(StrEnum):
    """Whether a run goes on; an abandoned one made no progress for long, and another took its place."""

    RUNNING = "running"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class ImportProgress(NamedTuple):
    """How far a run came: the line of the last row done, the good bytes of its report, and its rows by result."""

    line: int
    report_size: int
    counts: Mapping[RowResult, int]

    @property
    def rows(self) -> int:
        """How many rows are done."""
        return sum(self.counts.values())


NO_PROGRESS = ImportProgress(0, 0, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One run of an import; ``file_hash`` is SHA-256 of the file.

    ``stamped_at`` is when an act without a time counts from. Times in microseconds.
    """

    id: str
    site: str
    file_hash: str
    file_name: str
    options: ImportOptions
    dry_run: bool
    stamped_at: int
    actor: str
    created_at: int
    updated_at: int
    state: ImportState = ImportState.RUNNING
    progress: ImportProgress = NO_PROGRESS

    def is_same_import(self, other: "ImportRun") -> bool:
        """Say whether this run reads the same file with the same options."""
        return (self.file_hash, self.options, self.dry_run) == (other.file_hash, other.options, other.dry_run)
