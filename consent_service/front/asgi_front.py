"""The ASGI front: reads a request, finds its lane in the table, and answers by the WSGI application behind it."""

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from consent_service.domain.api_key import Scope as KeyScope
from consent_service.domain.errors import StorageUnavailable
from consent_service.front.answer_sending import Send, send_answer
from consent_service.front.answer_stream import AnswerStream
from consent_service.front.feed_waiting import FeedWaiting
from consent_service.front.gathering_lane import GatheredTask, GatheringLane
from consent_service.front.handover import Handover
from consent_service.front.keep_alive import keep_listeners_alive
from consent_service.front.lane import Lane, LaneFull
from consent_service.front.lane_call import call_in_lane
from consent_service.front.lane_table import LaneName, LaneTable, Passage
from consent_service.front.request_body import BodyCutOff, BodyReader, BodyTaken, BodyTooSlow, Receive, close_at_end
from consent_service.front.server_answers import BROKEN, BUSY, CUT_OFF, NOT_FOUND, TOO_SLOW, choose_answer
from consent_service.front.spool_room import SpoolFull, SpoolRoom
from consent_service.front.wsgi_environ import Scope, build_environ, find_header
from consent_service.front.wsgi_run import WholeAnswer, encode_headers, run_whole
from consent_service.web.check.check_endpoint import PATH as CHECK_PATH
from consent_service.web.check.check_endpoint import CheckEndpoint
from consent_service.web.feed.feed_wait import FEED_WAIT, FeedWait
from consent_service.web.frame.wsgi_app import FAILURE, WsgiApp

FindSender = Callable[[str, KeyScope], Awaitable[str | None]]

SWITCH_SECONDS = 0.0005
"""How long one thread may compute while others wait: at the usual 5 ms a busy thread holds the loop up for long."""
PATIENCE_SECONDS = 5.0
"""From the arrival of a request to the moment a thread takes it up."""
STOP_SECONDS = 8.0
FEED_PATH = "/v1/changes"
UNSURE = frozenset({204, 503})
"""What the loop's own answer may be because the database was busy for a moment: a thread that may wait asks again."""

_log = logging.getLogger(__name__)


class AsgiFront:
    """One process's front, which calls ``enter_loop`` on its loop at the start, with what exchanges the application.

    ``find_sender`` finds the site whose key in an Authorization header has a scope; without one nothing is put on the
    disk. ``name_sender`` names the site of such a header without asking the database, so that sites take turns.
    ``beside`` runs in a thread of its own until the event it is given is set. ``stop`` is called once all is answered.
    """

    def __init__(
        self,
        app: WsgiApp,
        lanes: Mapping[LaneName, Lane],
        writer: GatheringLane,
        *,
        folder: Path,
        feed: FeedWaiting,
        find_sender: FindSender,
        name_sender: Callable[[str], str],
        enter_loop: Callable[[Callable[[WsgiApp], None]], None],
        beside: Callable[[threading.Event], None],
        stop: Callable[[], None],
        table: LaneTable | None = None,
    ) -> None:
        self._take(app)
        self._lanes = {**lanes, LaneName.WRITE: writer}
        self._writer = writer
        self._table = table or LaneTable()
        self._bodies = BodyReader(folder, self._spool, SpoolRoom())
        self._feed = feed
        self._find_sender = find_sender
        self._name_sender = name_sender
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

    def _take(self, app: WsgiApp) -> None:
        self._app = app
        self._check = app if isinstance(app, CheckEndpoint) else None

    def _start(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._enter_loop(self._take)
        for lane in self._lanes.values():
            lane.start()
        self._beside.start()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._table.is_spelled_right(scope["method"], scope["raw_path"]):
            await send_answer(send, choose_answer(NOT_FOUND, scope["path"]))
            return
        passage = self._table.find(scope["method"], scope["path"])
        if passage.lane is LaneName.LOOP:
            answer = self._answer_at_once(scope)
            if answer.status in UNSURE:
                answer = await self._work(LaneName.READ, build_environ(scope))
            await send_answer(send, answer)
            return
        try:
            body = await self._read_body(scope, receive, passage) if passage.longest else None
        except BodyCutOff:
            # Without an answer the server would say that we are at fault; a client that has gone does not mind.
            await send_answer(send, choose_answer(CUT_OFF, scope["path"]))
            return
        except BodyTooSlow:
            await send_answer(send, choose_answer(TOO_SLOW, scope["path"]))
            return
        except (LaneFull, SpoolFull, StorageUnavailable):
            await send_answer(send, choose_answer(BUSY, scope["path"]))
            return
        with close_at_end(body):
            await self._pass_on(scope, receive, send, passage, body)

    def _answer_at_once(self, scope: Scope) -> WholeAnswer:
        if self._check is None or scope["path"] != CHECK_PATH:
            return self._run(build_environ(scope))
        query = scope["query_string"].decode("latin-1")
        status, headers, body = self._check.answer(scope["method"], query, find_header(scope, b"authorization"))
        return WholeAnswer(status, encode_headers(headers), body)

    async def _read_body(self, scope: Scope, receive: Receive, passage: Passage) -> BodyTaken:
        async def find_sender() -> str | None:
            header = find_header(scope, b"authorization")
            return await self._find_sender(header, passage.scope) if header and passage.scope else None

        return await self._bodies.read(receive, passage.longest, find_sender)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, passage: Passage, body: BodyTaken | None
    ) -> None:
        environ = build_environ(scope, body.file, body.length) if body else build_environ(scope)
        if passage.lane is LaneName.BULK:
            await AnswerStream(send, receive).run(self._lanes[passage.lane], self._app, environ, scope["path"])
        elif scope["path"] == FEED_PATH:
            await send_answer(send, await self._feed.serve(partial(self._ask_for_changes, scope), receive))
        elif passage.gathered and body:
            await send_answer(send, await self._gather(environ, scope, body))
        else:
            await send_answer(send, await self._work(passage.lane, environ))

    async def _ask_for_changes(self, scope: Scope, wait: FeedWait) -> WholeAnswer:
        return await self._work(LaneName.ASK, build_environ(scope) | {FEED_WAIT: wait})

    def _run(self, environ: dict[str, Any]) -> WholeAnswer:
        try:
            return run_whole(self._app, environ)
        except Exception:
            _log.exception("a request failed")
            return choose_answer(BROKEN, environ["PATH_INFO"])

    async def _work(self, lane: LaneName, environ: dict[str, Any]) -> WholeAnswer:
        """Have a thread of a lane answer; one that is not taken up in time is told so instead."""
        answered: Handover[WholeAnswer] = Handover()
        answer = self._answer_in_time(environ)
        sender = self._name_sender(environ.get("HTTP_AUTHORIZATION", "")) if lane is LaneName.ASK else ""
        try:
            self._lanes[lane].submit(lambda: answered.settle(answer()), sender)
        except LaneFull:
            return choose_answer(BUSY, environ["PATH_INFO"])
        return await answered.wait()

    async def _gather(self, environ: dict[str, Any], scope: Scope, body: BodyTaken) -> WholeAnswer:
        """Have the writer answer together with others, and once more where what they wrote could not be kept."""
        answered: Handover[WholeAnswer] = Handover()

        def fail(failure: StorageUnavailable) -> WholeAnswer:
            body.file.seek(0)
            return self._run(build_environ(scope, body.file, body.length) | {FAILURE: failure})

        try:
            self._writer.gather(GatheredTask(self._answer_in_time(environ), fail, answered.settle))
        except LaneFull:
            return choose_answer(BUSY, scope["path"])
        return await answered.wait()

    def _answer_in_time(self, environ: dict[str, Any]) -> Callable[[], WholeAnswer]:
        deadline = monotonic() + PATIENCE_SECONDS

        def answer() -> WholeAnswer:
            return choose_answer(BUSY, environ["PATH_INFO"]) if monotonic() > deadline else self._run(environ)

        return answer

    async def _spool(self, write: Callable[[], None]) -> None:
        """Run what waits for the disk in the bulk lane, and raise what it raises."""
        await call_in_lane(self._lanes[LaneName.SPOOL], write)
