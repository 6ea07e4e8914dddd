"""What a request for changes leaves in its environment, where the server can let it wait without a thread."""

from collections.abc import Callable

FEED_WAIT = "consent_service.feed_wait"
"""Where in the environment a ``FeedWait`` stands."""


class FeedWait:
    """Filled in by the view that found nothing new; ``has_room`` says whether one more of a site may wait.

    ``known`` is the number of the newest change that the asker knows, ``seconds`` how long to wait at most.
    """

    __slots__ = ("has_room", "known", "seconds", "site")

    def __init__(self, *, has_room: Callable[[str], bool]) -> None:
        self.has_room = has_room
        self.site = ""
        self.known = 0
        self.seconds = 0

    def ask(self, site: str, known: int, seconds: int) -> None:
        """Ask to wait for a change of a site beyond a number."""
        self.site, self.known, self.seconds = site, known, seconds
