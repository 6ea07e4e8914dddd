"""Serving changed site files: what answers is exchanged between two requests, and no connection is closed for it."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable

from consent_service.domain.api_key import Scope
from consent_service.domain.errors import ConsentError
from consent_service.front.lane import Lane
from consent_service.front.lane_call import call_in_lane
from consent_service.services.feed.reading_feed import find_newest_change
from consent_service.web.frame.wiring import Wiring
from consent_service.web.frame.wsgi_app import WsgiApp

_log = logging.getLogger(__name__)


class SiteReload:
    """What a worker process serves at present, and how it is exchanged on SIGHUP.

    ``build`` makes an application anew from the site files, with the limits that the present one has counted; it runs
    in a thread of its own, which calls ``leave`` at its end. ``asking`` is the lane for what may wait for the database.
    """

    def __init__(
        self,
        wiring: Wiring,
        build: Callable[[Wiring], tuple[WsgiApp, Wiring]],
        leave: Callable[[], None],
        asking: Lane | None,
    ) -> None:
        self._wiring = wiring
        self._build = build
        self._leave = leave
        self._asking = asking
        self._turn = threading.Lock()

    def listen(self, exchange: Callable[[WsgiApp], None]) -> None:
        """Take the signal from now on, also one that came while this process was starting; on the process's loop."""
        if threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGHUP, self._begin, loop, exchange)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})

    async def find_newest(self, site: str) -> int:
        """Find the number of a site's newest change; one that is no longer served has none."""
        wiring = self._wiring
        served = wiring.sites.sites.get(site)
        return await call_in_lane(self._asking, lambda: find_newest_change(wiring.resources, served)) if served else 0

    async def find_sender(self, authorization: str, scope: Scope) -> str | None:
        """Find the site whose key in an Authorization header has a scope."""
        return await call_in_lane(self._asking, lambda: self._wiring.gate.find_sender(authorization, scope))

    def name_sender(self, authorization: str) -> str:
        """Name the site of such a header without asking the database."""
        return self._wiring.gate.name_sender(authorization)

    def _begin(self, loop: asyncio.AbstractEventLoop, exchange: Callable[[WsgiApp], None]) -> None:
        threading.Thread(target=self._renew, args=(loop, exchange), name="reload", daemon=True).start()

    def _renew(self, loop: asyncio.AbstractEventLoop, exchange: Callable[[WsgiApp], None]) -> None:
        with self._turn:
            try:
                app, self._wiring = self._build(self._wiring)
                loop.call_soon_threadsafe(exchange, app)
            except ConsentError as error:
                _log.error("the site files were not read anew and the former ones go on", extra={"cause": str(error)})
            except Exception:
                _log.exception("the site files were not read anew and the former ones go on")
            finally:
                self._leave()


def hold_reloads_back() -> None:
    """Let a SIGHUP wait until the process that is starting listens for it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
