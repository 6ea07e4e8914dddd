"""Outcomes: what came of posting to a webhook."""

from typing import NamedTuple

GONE = 410
THROTTLING = frozenset({429, 502, 504})


class DeliveryOutcome(NamedTuple):
    """``status`` is None where no answer came, ``retry_after`` is that header as it came, ``detail`` is for people."""

    status: int | None
    retry_after: str
    detail: str

    @property
    def delivered(self) -> bool:
        """Say whether the receiver took it; a redirect does not count."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Say whether the receiver wants nothing any more."""
        return self.status == GONE

    @property
    def throttled(self) -> bool:
        """Say whether the receiver asks for less at a time."""
        return self.status in THROTTLING
