"""The report of an import: one line for each row of the file, with what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.basics.csv_writer import write_csv_line

OWN_COLUMNS = ("line", "result", "code", "detail")


class RowResult(StrEnum):
    """What became of a row, the word that tells most first: of several the first stands in the report.

    A rejected row could not be taken over, a skipped one could and had nothing to say or came too late.
    """

    APPLIED = "applied"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    UNCHANGED = "unchanged"


class RowOutcome(NamedTuple):
    """What became of a row; ``codes`` name what kept all or part of it from counting, ``details`` are for people."""

    result: RowResult
    codes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def combine_outcomes(outcomes: Sequence[RowOutcome]) -> RowOutcome:
    """Make one outcome of those of a row that says several things."""
    result = min((outcome.result for outcome in outcomes), key=list(RowResult).index)
    codes = dict.fromkeys(code for outcome in outcomes for code in outcome.codes)
    details = dict.fromkeys(detail for outcome in outcomes for detail in outcome.details)
    return RowOutcome(result, tuple(codes), tuple(details))


def write_report_header(columns: Iterable[str]) -> bytes:
    """Write the first line of a report: our columns, then those of the file, each once."""
    return write_csv_line([*OWN_COLUMNS, *dict.fromkeys(columns)])


def write_report_line(columns: Iterable[str], line: int, outcome: RowOutcome, original: Mapping[str, str]) -> bytes:
    """Write one line: the number of the row's first line, what became of it, and the row as it was."""
    own = (str(line), outcome.result, " ".join(outcome.codes), "; ".join(outcome.details))
    return write_csv_line([*own, *(original.get(name, "") for name in dict.fromkeys(columns))])
