"""An answer of any length, sent piece by piece while a thread makes it, to a reader who has to keep up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from typing import Any

from consent_service.front.lane import Lane, LaneFull
from consent_service.front.request_body import Receive
from consent_service.front.server_answers import BROKEN, BUSY, choose_answer
from consent_service.front.wsgi_run import Headers, WholeAnswer, run_streamed
from consent_service.web.frame.wsgi_app import WsgiApp

Send = Callable[[dict[str, Any]], Awaitable[None]]

STALL_SECONDS = 30.0
"""A reader who takes nothing for as long is given up."""
MAX_SECONDS = 600.0
"""No answer takes longer, and so no snapshot of the database grows older, as the log grows while it is open."""

_log = logging.getLogger(__name__)


class ReaderGone(Exception):
    """Nobody takes the answer any more; what makes it ends."""


class AnswerStream:
    """One streamed answer."""

    def __init__(self, send: Send, receive: Receive) -> None:
        self._send = send
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._begun = False
        self._gone = False
        self._deadline = 0.0

    async def run(self, lane: Lane, app: WsgiApp, environ: dict[str, Any], path: str) -> None:
        """Have a thread of the lane make the answer and send it; raises ReaderGone for one that broke off."""
        finished: asyncio.Future[Exception | None] = self._loop.create_future()

        def work() -> None:
            failure: Exception | None = None
            try:
                run_streamed(app, environ, self._begin, self._hand_on)
            except Exception as error:
                failure = error
            self._loop.call_soon_threadsafe(finished.set_result, failure)

        watch = asyncio.ensure_future(self._watch())
        try:
            lane.submit(work)
            failure = await finished
        except LaneFull:
            await self._send_whole(choose_answer(BUSY, path))
            return
        finally:
            watch.cancel()
        if failure is None:
            await self._send({"type": "http.response.body", "body": b""})
        elif self._begun:
            if not isinstance(failure, ReaderGone):
                _log.error("an answer broke off", exc_info=failure)
            # Left without its end, so that nobody takes a part for the whole.
            raise ReaderGone from failure
        else:
            _log.error("a request failed", exc_info=failure)
            await self._send_whole(choose_answer(BROKEN, path))

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True

    async def _send_whole(self, answer: WholeAnswer) -> None:
        await self._send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await self._send({"type": "http.response.body", "body": answer.body})

    def _begin(self, status: int, headers: Headers) -> None:
        self._deadline = self._loop.time() + MAX_SECONDS
        self._begun = True
        self._deliver({"type": "http.response.start", "status": status, "headers": headers})

    def _hand_on(self, piece: bytes) -> None:
        self._deliver({"type": "http.response.body", "body": piece, "more_body": True})

    def _deliver(self, message: dict[str, Any]) -> None:
        """Send from the thread, and wait until the server has taken it; sending alone never tells of a client gone."""
        if self._gone or self._loop.time() > self._deadline:
            raise ReaderGone
        sending = asyncio.run_coroutine_threadsafe(self._pass_to_server(message), self._loop)
        try:
            sending.result(STALL_SECONDS)
        except (TimeoutError, CancelledError):
            sending.cancel()
            raise ReaderGone from None

    async def _pass_to_server(self, message: dict[str, Any]) -> None:
        await self._send(message)
