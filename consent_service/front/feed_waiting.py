"""Waiting for the feed on the event loop: a request for changes that found nothing new takes up no thread."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from consent_service.domain.errors import StorageUnavailable
from consent_service.front.lane import LaneFull
from consent_service.front.request_body import Receive
from consent_service.front.wsgi_run import WholeAnswer
from consent_service.web.feed.feed_wait import FeedWait

LOOK_SECONDS = 0.1


class FeedWaiting:
    """Wakes those who wait once the newest change of their site is beyond what they know, or all is over."""

    def __init__(self, find_newest: Callable[[str], Awaitable[int]], seats: int, is_over: Callable[[], bool]) -> None:
        self._find_newest = find_newest
        self._seats = seats
        self._is_over = is_over
        self._of_site: Counter[str] = Counter()
        self._waiting: set[tuple[FeedWait, asyncio.Event]] = set()
        self._looking: asyncio.Task[None] | None = None

    def has_room(self, site: str) -> bool:
        """Say whether one more may wait; half of the seats are the most that a site gets. Any thread may ask."""
        full = len(self._waiting) >= self._seats or self._of_site[site] >= self._seats // 2
        return not full and not self._is_over()

    async def serve(self, ask: Callable[[FeedWait], Awaitable[WholeAnswer]], receive: Receive) -> WholeAnswer:
        """Ask for changes, and again each time there is something new, until there is an answer or no time left."""
        loop = asyncio.get_running_loop()
        left = asyncio.ensure_future(_wait_until_gone(receive))
        ends: float | None = None
        try:
            while True:
                wait = FeedWait(has_room=self.has_room)
                answer = await ask(wait)
                ends = loop.time() + wait.seconds if ends is None else ends
                seconds = ends - loop.time()
                if not wait.site or seconds <= 0 or left.done():
                    return answer
                if not await self.wait(wait, left, seconds):
                    return answer
        finally:
            left.cancel()

    async def wait(self, asked: FeedWait, left: asyncio.Future[Any], seconds: float) -> bool:
        """Wait until there is something beyond what is known, or the client has left, or the time is over.

        Returns whether there is something new.
        """
        news = asyncio.Event()
        place = (asked, news)
        self._waiting.add(place)
        self._of_site[asked.site] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        arrival: asyncio.Future[Any] = asyncio.ensure_future(news.wait())
        try:
            await asyncio.wait({arrival, left}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return arrival.done()
        finally:
            arrival.cancel()
            self._waiting.discard(place)
            self._of_site[asked.site] -= 1

    def wake_all(self) -> None:
        """Let everybody ask again at once."""
        for _, news in self._waiting:
            news.set()

    async def _look(self) -> None:
        while self._waiting:
            with suppress(StorageUnavailable, LaneFull):
                newest = {site: await self._find_newest(site) for site in {asked.site for asked, _ in self._waiting}}
                for asked, news in self._waiting:
                    if newest.get(asked.site, 0) > asked.known:
                        news.set()
            if self._is_over():
                self.wake_all()
            await asyncio.sleep(LOOK_SECONDS)


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
