"""The ASGI front: reads a request, finds its lane in the table, and answers by the WSGI application behind it."""

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from consent_service.domain.errors import StorageUnavailable
from consent_service.front.answer_stream import AnswerStream
from consent_service.front.feed_waiting import FeedWaiting
from consent_service.front.keep_alive import keep_listeners_alive
from consent_service.front.lane import Lane, LaneFull
from consent_service.front.lane_table import LaneName, LaneTable
from consent_service.front.request_body import BodyCutOff, BodyReader, BodyTaken, BodyTooSlow, Receive, close_at_end
from consent_service.front.server_answers import BROKEN, BUSY, CUT_OFF, NOT_FOUND, TOO_SLOW, choose_answer
from consent_service.front.wsgi_environ import Scope, build_environ
from consent_service.front.wsgi_run import WholeAnswer, run_whole
from consent_service.web.feed.feed_wait import FEED_WAIT, FeedWait
from consent_service.web.frame.wsgi_app import WsgiApp

Send = Callable[[dict[str, Any]], Awaitable[None]]

SWITCH_SECONDS = 0.0005
"""How long one thread may compute while others wait: at the usual 5 ms a busy thread holds the loop up for long."""
PATIENCE_SECONDS = 5.0
"""From the arrival of a request to the moment a thread takes it up."""
SEND_SECONDS = 30.0
NEVER_WAITS = 65_536
"""The server takes as many bytes of an answer at once, whatever its client does."""
STOP_SECONDS = 8.0
FEED_PATH = "/v1/changes"
UNSURE = frozenset({204, 503})
"""What the loop's own answer may be because the database was busy for a moment: a thread that may wait asks again."""

_log = logging.getLogger(__name__)


class AsgiFront:
    """One process's front; ``enter_loop`` and ``leave`` see to the database connection of the loop and of each thread.

    ``knows_key`` says whether the key in an Authorization header counts; without one nothing is put on the disk.
    ``beside`` runs in a thread of its own until the event it is given is set. ``stop`` is called once all is answered.
    """

    def __init__(
        self,
        app: WsgiApp,
        lanes: Mapping[LaneName, Lane],
        *,
        folder: Path,
        feed: FeedWaiting,
        knows_key: Callable[[str], bool],
        enter_loop: Callable[[], None],
        beside: Callable[[threading.Event], None],
        stop: Callable[[], None],
        table: LaneTable | None = None,
    ) -> None:
        self._app = app
        self._lanes = lanes
        self._table = table or LaneTable()
        self._bodies = BodyReader(folder, self._spool)
        self._feed = feed
        self._knows_key = knows_key
        self._enter_loop = enter_loop
        self._over = threading.Event()
        self._beside = threading.Thread(target=beside, args=(self._over,), name="beside", daemon=True)
        self._stop = stop
        self._under_way = 0
        self._idle = asyncio.Event()
        self._stopping = False
        self._listens = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if not self._listens:
            # The server opens its socket after it has let us start.
            self._listens = bool(keep_listeners_alive())
        self._under_way += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._under_way -= 1
            if self._stopping and not self._under_way:
                self._idle.set()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._start()
        except Exception as error:
            # Else the server would go on, and every request would wait for threads that are not there.
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stopping = True
        if self._under_way:
            await asyncio.wait({asyncio.ensure_future(self._idle.wait())}, timeout=STOP_SECONDS)
        for lane in self._lanes.values():
            lane.stop(1.0)
        self._over.set()
        self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    def _start(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._enter_loop()
        for lane in self._lanes.values():
            lane.start()
        self._beside.start()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._table.is_spelled_right(scope["method"], scope["raw_path"]):
            await _send(send, choose_answer(NOT_FOUND, scope["path"]))
            return
        passage = self._table.find(scope["method"], scope["path"])
        if passage.lane is LaneName.LOOP:
            environ = build_environ(scope)
            answer = self._run(environ)
            if answer.status in UNSURE:
                answer = await self._work(LaneName.READ, build_environ(scope), scope)
            await _send(send, answer)
            return
        try:
            body = await self._read_body(scope, receive, passage.longest) if passage.longest else None
        except BodyCutOff:
            # Without an answer the server would say that we are at fault; a client that has gone does not mind.
            await _send(send, choose_answer(CUT_OFF, scope["path"]))
            return
        except BodyTooSlow:
            await _send(send, choose_answer(TOO_SLOW, scope["path"]))
            return
        except (LaneFull, StorageUnavailable):
            await _send(send, choose_answer(BUSY, scope["path"]))
            return
        with close_at_end(body):
            await self._pass_on(scope, receive, send, passage.lane, body)

    async def _read_body(self, scope: Scope, receive: Receive, longest: int) -> BodyTaken:
        def has_key() -> bool:
            return self._knows_key(build_environ(scope).get("HTTP_AUTHORIZATION", ""))

        return await self._bodies.read(receive, longest, has_key)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, lane: LaneName, body: BodyTaken | None
    ) -> None:
        environ = build_environ(scope, body.file, body.length) if body else build_environ(scope)
        if lane is LaneName.BULK:
            await AnswerStream(send, receive).run(self._lanes[lane], self._app, environ, scope["path"])
        elif scope["path"] == FEED_PATH:
            await self._serve_feed(scope, receive, send)
        else:
            await _send(send, await self._work(lane, environ, scope))

    async def _serve_feed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for changes, and again each time there is something new, until there is an answer or no time left."""
        loop = asyncio.get_running_loop()
        left = asyncio.ensure_future(_wait_until_gone(receive))
        ends: float | None = None
        try:
            while True:
                environ = build_environ(scope)
                wait = environ[FEED_WAIT] = FeedWait(has_room=self._feed.has_room)
                answer = await self._work(LaneName.READ, environ, scope)
                ends = loop.time() + wait.seconds if ends is None else ends
                seconds = ends - loop.time()
                if not wait.site or seconds <= 0 or left.done():
                    break
                if not await self._feed.wait(wait, left, seconds):
                    break
        finally:
            left.cancel()
        await _send(send, answer)

    def _run(self, environ: dict[str, Any]) -> WholeAnswer:
        try:
            return run_whole(self._app, environ)
        except Exception:
            _log.exception("a request failed")
            return choose_answer(BROKEN, environ["PATH_INFO"])

    async def _work(self, lane: LaneName, environ: dict[str, Any], scope: Scope) -> WholeAnswer:
        """Have a thread of a lane answer; one that is not taken up in time is told so instead."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[WholeAnswer] = loop.create_future()
        deadline = loop.time() + PATIENCE_SECONDS

        def work() -> None:
            late = loop.time() > deadline
            answer = choose_answer(BUSY, scope["path"]) if late else self._run(environ)
            loop.call_soon_threadsafe(_settle, answered, answer)

        try:
            self._lanes[lane].submit(work)
        except LaneFull:
            return choose_answer(BUSY, scope["path"])
        return await answered

    async def _spool(self, write: Callable[[], None]) -> None:
        """Run what waits for the disk in the bulk lane, and raise what it raises."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()

        def work() -> None:
            try:
                write()
            except StorageUnavailable as error:
                loop.call_soon_threadsafe(_settle_with_error, written, error)
            else:
                loop.call_soon_threadsafe(_settle, written, None)

        self._lanes[LaneName.SPOOL].submit(work)
        await written


def _settle(future: "asyncio.Future[Any]", result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _settle_with_error(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, answer: WholeAnswer) -> None:
    """Send an answer; a client that does not take it in time is let go, by an error that closes its connection."""
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    body = {"type": "http.response.body", "body": answer.body}
    if len(answer.body) <= NEVER_WAITS:
        await send(start)
        await send(body)
        return
    async with asyncio.timeout(SEND_SECONDS):
        await send(start)
        await send(body)
