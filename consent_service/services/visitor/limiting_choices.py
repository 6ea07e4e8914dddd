"""Limiting choices: each one is written for good, so a program that chooses all day must not fill the disk."""

import threading
from collections import Counter

from consent_service.domain.basics.client_network import LINE, find_client_network
from consent_service.domain.basics.moment import MINUTE
from consent_service.domain.errors import TooManyRequests
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources

WINDOW = 10 * MINUTE
MAX_CHOICES_PER_VISITOR = 600
"""How often one known visitor may choose."""
MAX_CHOICES_PER_LINE = 600
"""How many choices may come from one line: a whole office may sit behind it."""
MAX_REFUSALS_PER_LINE = 2 * MAX_CHOICES_PER_LINE
"""A known visitor may still say no where the line has used up its choices: its neighbours cannot keep it at a yes."""
MAX_NEW_VISITORS_PER_SITE = 60_000
"""How many new visitors of one site may choose, wherever they are."""


class ChoiceLimiter:
    """Counts the choices of the last ten minutes; what no people do is refused.

    Each of several ``processes`` counts for itself, and so takes its share of what all of them may.
    """

    def __init__(self, resources: Resources, processes: int = 1) -> None:
        self._processes = processes
        self._clock = resources.clock
        self._counting = threading.Lock()
        self._window = 0
        self._counts: Counter[str] = Counter()

    def admit(self, site: Site, visitor: str | None, address: str | None, *, grants: bool) -> None:
        """Count a choice, or raise TooManyRequests where there were too many.

        ``visitor`` is proven by a cookie, None for a new one; ``address`` is the client's where that is known.
        """
        network = find_client_network(address, LINE) if address else None
        caps = {f"{site.id}/v/{visitor}": MAX_CHOICES_PER_VISITOR} if visitor else {site.id: MAX_NEW_VISITORS_PER_SITE}
        if network:
            caps[network] = MAX_REFUSALS_PER_LINE if visitor and not grants else MAX_CHOICES_PER_LINE
        with self._counting:
            self._begin_window(self._clock() // WINDOW)
            if any(self._counts[name] >= most // self._processes for name, most in caps.items()):
                raise TooManyRequests("too many choices came lately; try again in ten minutes")
            self._counts.update(caps.keys())

    def _begin_window(self, window: int) -> None:
        if window != self._window:
            self._window = window
            self._counts.clear()
