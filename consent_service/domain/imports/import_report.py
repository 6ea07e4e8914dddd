"""The report of an import: one line for each row of the file, with what it was read as and what became of it."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.row_fault import RowCode

OWN_COLUMNS = ("line", "result", "code", "detail", "read_as", "read_time")
SHOWN = 3
"""So many lines of a code stand in a summary."""


class RowResult(StrEnum):
    """What became of a row, the word that tells most first: of several the first stands in the report.

    A rejected row could not be taken over or is a no that lost against a newer yes, a skipped one could be and had
    nothing to say or came too late.
    """

    APPLIED = "applied"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    UNCHANGED = "unchanged"


class RowOutcome(NamedTuple):
    """What became of a row; ``codes`` name what kept all or part of it from counting, ``details`` are for people.

    ``read_as`` says what it was taken for, and ``times`` from when on each of these counts.
    """

    result: RowResult
    codes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


def combine_outcomes(outcomes: Sequence[RowOutcome]) -> RowOutcome:
    """Make one outcome of those of a row that says several things."""
    result = min((outcome.result for outcome in outcomes), key=list(RowResult).index)
    codes = dict.fromkeys(code for outcome in outcomes for code in outcome.codes)
    details = dict.fromkeys(detail for outcome in outcomes for detail in outcome.details)
    read_as = tuple(word for outcome in outcomes for word in outcome.read_as)
    times = tuple(time for outcome in outcomes for time in outcome.times)
    return RowOutcome(result, tuple(codes), tuple(details), read_as, times)


def write_report_header(columns: Iterable[str]) -> bytes:
    """Write the first line of a report: our columns, then those of the file, each once."""
    return write_csv_line([*OWN_COLUMNS, *dict.fromkeys(columns)])


def write_report_line(columns: Iterable[str], line: int, outcome: RowOutcome, original: Mapping[str, str]) -> bytes:
    """Write one line: the number of the row's first line, what became of it, and the row as it was."""
    own = (str(line), outcome.result, " ".join(outcome.codes), "; ".join(outcome.details))
    read = ("; ".join(outcome.read_as), "; ".join(outcome.times))
    return write_csv_line([*own, *read, *(original.get(name, "") for name in dict.fromkeys(columns))])


class CodeSummary(NamedTuple):
    """How many rows have a code, and the first of their lines, each as its columns of our own by name."""

    code: str
    rows: int
    lines: Sequence[Mapping[str, str]]


def summarise_report(report: Iterable[str]) -> list[CodeSummary]:
    """Count the codes of a report and keep their first lines; the worst code comes first."""
    rows = csv.reader(report)
    next(rows, None)
    counts: Counter[str] = Counter()
    lines: dict[str, list[Mapping[str, str]]] = {}
    for cells in rows:
        own = dict(zip(OWN_COLUMNS, cells, strict=False))
        for code in own["code"].split():
            counts[code] += 1
            if len(kept := lines.setdefault(code, [])) < SHOWN:
                kept.append(own)
    return [CodeSummary(code, counts[code], lines[code]) for code in RowCode if code in counts]
