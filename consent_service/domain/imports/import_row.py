"""What a row of an imported file says about a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from consent_service.domain.basics.row_fault import RowCode
from consent_service.domain.site.purpose import Channel


class ImportStatus(StrEnum):
    """What a row says about a person: a yes, an unconfirmed yes, a no, or that mail must not be sent at all.

    The later of two is the stricter. Withdrawn is a no to some topics, suppressed one to all of the channel.
    """

    GRANTED = "granted"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"
    SUPPRESSED = "suppressed"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"

    @property
    def is_no(self) -> bool:
        """Say whether this can only lower what is allowed."""
        return self not in (ImportStatus.GRANTED, ImportStatus.PENDING)

    @property
    def is_block(self) -> bool:
        """Say whether this is about the address, whatever the topic."""
        return self in (ImportStatus.BOUNCE, ImportStatus.COMPLAINT)


LISTED = tuple(status for status in ImportStatus if status is not ImportStatus.SUPPRESSED)
"""What the lists that we write can say of somebody; they are each about one topic."""
EVERY_NO = tuple(status for status in LISTED if status.is_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """What one row says about one person on one channel.

    ``kind`` is ``email`` or ``phone``; the address is as the file has it, not yet checked. No topics means every
    topic of the channel. ``at`` and ``confirmed_at`` are in microseconds; only a no may lack ``at``, and counts from
    the import on. ``remarks`` are codes with details that the report has to tell though the row counts. ``evidence``
    holds short codes and times, ``original`` the row as it was.
    """

    line: int
    address: str
    kind: str
    channel: Channel
    topics: tuple[str, ...]
    status: ImportStatus
    at: int | None
    confirmed_at: int | None
    source: str
    remarks: tuple[tuple[RowCode, str], ...] = ()
    evidence: Mapping[str, str]
    original: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SilentRow:
    """A row that says nothing: this person was never asked, or gave no answer."""

    line: int
    original: Mapping[str, str]
