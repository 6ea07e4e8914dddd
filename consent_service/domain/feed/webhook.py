"""A webhook: where a site wants to be told what happened, and how that goes."""

from typing import NamedTuple


class Webhook(NamedTuple):
    """One webhook; the secrets are sealed under its id. Times in microseconds.

    ``events`` are the names of those it asked for. ``failing_since`` is the first failure after the last success.
    """

    id: str
    site: str
    url: str
    events: tuple[str, ...]
    secret: bytes
    previous_secret: bytes | None
    previous_until: int | None
    created_at: int
    failing_since: int | None = None
    disabled_at: int | None = None
    disabled_because: str = ""

    def wants(self, event: str) -> bool:
        """Say whether it is on and asked for an event."""
        return self.disabled_at is None and event in self.events
