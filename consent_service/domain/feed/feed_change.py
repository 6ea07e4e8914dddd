"""A change in the feed: one thing that became different about a subject, under its number."""

from typing import NamedTuple

from consent_service.domain.basics.moment import DAY

CHANGES_KEPT = 400 * DAY
"""For how long a change stays in the feed."""


class FeedChange(NamedTuple):
    """One change; ``until`` is when a granted yes ends, 0 for not by itself. Times in microseconds.

    One that an erasure emptied keeps its number and has no kind.
    """

    seq: int
    at: int
    act_at: int
    principal: str
    ref: str | None
    kind: str
    name: str
    before: str
    after: str
    until: int
    method: str
    source: str
    record: str | None
