"""What can be wrong with a file of rows, and with one of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from consent_service.domain.errors import CodedFault


class RowCode(StrEnum):
    """What is wrong with a row, and the first is the worst; the report names it."""

    NO_OLDER_THAN_YES = "no_older_than_yes"
    CONTRADICTION = "contradiction"
    PAYMENT_DATA = "payment_data"
    INVALID_ADDRESS = "invalid_address"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    OLDER_THAN_RECORD = "older_than_record"
    WITHDRAWAL_NEWER = "withdrawal_newer"
    MISSING_TIME = "missing_time"
    FUTURE_TIME = "future_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_TOPIC = "unknown_topic"
    BLOCKED = "blocked"
    TOO_LONG = "too_long"
    BROKEN_ROW = "broken_row"
    MISSING_COLUMN = "missing_column"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be taken over, and why; ``detail`` is for people."""

    line: int
    code: RowCode
    detail: str
    original: Mapping[str, str] = field(default_factory=dict)


class ImportFault(CodedFault):
    """A file that cannot be imported at all."""
