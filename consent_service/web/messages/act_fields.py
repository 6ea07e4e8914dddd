"""Act fields: what requests say of an act besides whose it is — its time, its source and its evidence."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from consent_service.domain.basics.moment import read_time
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

Time = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339; in the past or at most five minutes ahead.")]
Source = Annotated[
    str,
    msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$", description="Where it was done: a short code."),
]
EvidenceName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
EvidenceCode = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_.:/#+-]{0,99}$")]
Evidence = Annotated[
    dict[EvidenceName, EvidenceCode],
    msgspec.Meta(max_length=10, description="Short codes and references; never free text or an address."),
]
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def read_act_field(at: datetime | None) -> int:
    """Tell when something was done, in microseconds: at the time that was sent, or now.

    Raises Problem 422 for a time before 1970 or after the year 9998.
    """
    if at is None:
        return find_wiring().resources.clock()
    if not EARLIEST <= at < LATEST:
        raise Problem(422, "body_invalid", "at: expected a time after 1970 and before 9999 - at `$.at`.")
    return read_time(at.isoformat())
