"""The batches of an import: two hundred rows become acts, lines of the report and progress, in one transaction."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, groupby, islice
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.import_options import ImportOptions, read_options
from consent_service.domain.imports.import_reader import ReadRow, read_import
from consent_service.domain.imports.import_report import combine_outcomes, write_report_header, write_report_line
from consent_service.domain.site.site import Site
from consent_service.services.imports.judging_rows import RowJudge
from consent_service.services.imports.keeping_import_files import ImportFolder, read_pieces
from consent_service.services.imports.recording_imports import DryRunTarget, LedgerTarget
from consent_service.services.resources import Resources
from consent_service.storage.import_runs import Progress, StoredRun
from consent_service.storage.import_scratch_file import ImportScratchFile

BATCH = 200

Line = tuple[int, list[ReadRow]]
"""A row of the file: the line on which it begins, and what it says."""


class OpenedFile(NamedTuple):
    """A file that is being read: its columns and its rows."""

    columns: Sequence[str]
    results: Iterator[ReadRow]


def apply_batches(
    resources: Resources, site: Site, run: StoredRun, *, stop: Callable[[], bool], told: Callable[[int], object]
) -> bool:
    """Do batch after batch until told to stop, and say whether the last row of the file is done."""
    folder = ImportFolder(resources, run.id)
    scratch = ImportScratchFile(folder.scratch)
    ground = DryRunTarget(resources, run, scratch) if run.dry_run else LedgerTarget(resources, site, run, scratch)
    options = read_options(run.options)
    judge = RowJudge(resources=resources, site=site, run=run, options=options, ground=ground, scratch=scratch)
    done = ground.progress()
    with folder.upload.open("rb") as file, folder.open_report(done.report_size) as report:
        columns, results = open_import(file, options, run.file_name, run.created_at, resume=max(done.line, 1))
        if not done.report_size:
            done = done._replace(report_size=_append_lines(report, [write_report_header(columns)]))
        rows: Iterator[Line] = ((line, list(said)) for line, said in groupby(results, attrgetter("line")))
        left = dropwhile(lambda row: row[0] <= done.line, rows)
        while batch := list(islice(left, BATCH)):
            done = _apply_batch(judge, columns, batch, report, done)
            told(file.tell())
            if stop():
                break
    scratch.close()
    return not batch


def open_import(file: BinaryIO, options: ImportOptions, file_name: str, now: int, *, resume: int = 1) -> OpenedFile:
    """Read the header of a file, and its rows on demand; raises ImportFault for a file that cannot be imported."""
    columns: list[str] = []

    def choose(header: Sequence[str]) -> FileKind:
        kind = options.choose(header, file_name)
        columns.extend(kind.columns_of(header))
        return kind

    return OpenedFile(columns, read_import(read_pieces(file), choose, options.terms(now), resume=resume))


def _apply_batch(
    judge: RowJudge, columns: Sequence[str], batch: Sequence[Line], report: BinaryIO, done: Progress
) -> Progress:
    with judge.ground.write():
        counts = Counter(done.counts)
        lines = []
        for line, said in batch:
            outcome = combine_outcomes([judge.judge(one) for one in said])
            counts[outcome.result.value] += 1
            lines.append(write_report_line(columns, line, outcome, said[0].original))
        progress = Progress(batch[-1][0], _append_lines(report, lines), counts)
        judge.ground.keep_progress(progress)
    return progress


def _append_lines(report: BinaryIO, lines: Sequence[bytes]) -> int:
    report.writelines(lines)
    report.flush()
    os.fsync(report.fileno())
    return report.tell()
