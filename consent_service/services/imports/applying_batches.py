"""Applying an import in batches: rows become acts, lines of the report and progress, in one transaction a batch."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, groupby, islice
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from consent_service.domain.basics.file_encoding import read_as_utf8
from consent_service.domain.basics.file_pieces import read_pieces
from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.import_options import ImportOptions
from consent_service.domain.imports.import_reader import ReadRow, read_import
from consent_service.domain.imports.import_report import combine_outcomes, write_report_header, write_report_line
from consent_service.domain.imports.import_run import ImportProgress, ImportRun
from consent_service.domain.site.site import Site
from consent_service.services.imports.judging_rows import RowJudge
from consent_service.services.imports.keeping_import_files import ImportFolder
from consent_service.services.imports.recording_imports import DryRunTarget, LedgerTarget
from consent_service.services.resources import Resources
from consent_service.storage.import_scratch_file import ImportScratchFile

BATCH = 25
"""So many rows of the file make a batch: few, so that those who choose meanwhile hardly wait for their turn."""
PAUSE_SECONDS = 0.005

NumberedRow = tuple[int, list[ReadRow]]
"""The line on which a row of the file begins, and all that the row says."""


class OpenedFile(NamedTuple):
    """A file that is being read: its columns, and what its rows say."""

    columns: Sequence[str]
    rows: Iterator[ReadRow]


def apply_batches(
    resources: Resources, site: Site, run: ImportRun, *, stop: Callable[[], bool], on_progress: Callable[[int], object]
) -> bool:
    """Do batch after batch until told to stop, and say whether the last row of the file is done."""
    folder = ImportFolder(resources, run.id)
    scratch = ImportScratchFile(folder.scratch)
    target = DryRunTarget(resources, run, scratch) if run.dry_run else LedgerTarget(resources, site, run, scratch)
    judge = RowJudge(resources=resources, site=site, run=run, target=target, scratch=scratch)
    done = target.find_progress()
    with folder.upload.open("rb") as file, folder.open_report(done.report_size) as report:
        columns, said = open_import(file, run.options, run.file_name, run.created_at, resume=max(done.line, 1))
        if not done.report_size:
            done = done._replace(report_size=_append_lines(report, [write_report_header(columns)]))
        rows: Iterator[NumberedRow] = ((line, list(together)) for line, together in groupby(said, attrgetter("line")))
        left = dropwhile(lambda row: row[0] <= done.line, rows)
        while batch := list(islice(left, BATCH)):
            done = _apply_batch(judge, columns, batch, report, done)
            # After the turn of writers, who would wait for the disk as well.
            os.fsync(report.fileno())
            on_progress(file.tell())
            if stop():
                break
            time.sleep(PAUSE_SECONDS)
    scratch.close()
    return not batch


def open_import(file: BinaryIO, options: ImportOptions, file_name: str, now: int, *, resume: int = 1) -> OpenedFile:
    """Read the header of a file, and its rows on demand; raises ImportFault for a file that cannot be imported."""
    columns: list[str] = []

    def choose(header: Sequence[str]) -> FileKind:
        kind = options.choose(header, file_name)
        columns.extend(kind.name_columns(header))
        return kind

    chunks = read_as_utf8(read_pieces(file), options.encoding)
    return OpenedFile(columns, read_import(chunks, choose, options.make_terms(now), resume=resume))


def _apply_batch(
    judge: RowJudge, columns: Sequence[str], batch: Sequence[NumberedRow], report: BinaryIO, done: ImportProgress
) -> ImportProgress:
    with judge.target.write():
        counts = Counter(done.counts)
        lines = []
        for line, said in batch:
            outcome = combine_outcomes([judge.judge(one) for one in said])
            counts[outcome.result] += 1
            lines.append(write_report_line(columns, line, outcome, said[0].original))
        progress = ImportProgress(batch[-1][0], _append_lines(report, lines), counts)
        judge.target.keep_progress(progress)
    return progress


def _append_lines(report: BinaryIO, lines: Sequence[bytes]) -> int:
    report.writelines(lines)
    report.flush()
    return report.tell()
