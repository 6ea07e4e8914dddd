"""Running the WSGI application: an answer gathered whole, or handed on piece by piece as it is made."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from consent_service.web.frame.security_headers import COMMON, POLICY
from consent_service.web.frame.wsgi_app import WsgiApp

Headers = list[tuple[bytes, bytes]]
PIECE = 32_768
REMEMBERED = frozenset(
    {POLICY, "Cache-Control", "Content-Length", "Content-Type", "Vary", *(name for name, _ in COMMON)}
)
"""Headers whose values are few and nobody's own."""


class WholeAnswer(NamedTuple):
    """An answer with all of its body."""

    status: int
    headers: Headers
    body: bytes


def encode_headers(headers: list[tuple[str, str]]) -> Headers:
    """Encode headers as ASGI has them; the few that go with every answer are remembered."""
    return [_encode_header(*header) if header[0] in REMEMBERED else _encode(*header) for header in headers]


def _encode(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode("latin-1"), value.encode("latin-1")


_encode_header = lru_cache(maxsize=500)(_encode)


class _Start:
    """What the application calls to begin its answer."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = encode_headers(headers)
        return _refuse_write


def _refuse_write(_: bytes) -> None:
    raise NotImplementedError("nothing here writes the body by itself")


def run_whole(app: WsgiApp, environ: dict[str, Any]) -> WholeAnswer:
    """Run the application and gather its answer."""
    start = _Start()
    chunks = app(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        _close(chunks)
    return WholeAnswer(start.status, start.headers, body)


def run_streamed(
    app: WsgiApp,
    environ: dict[str, Any],
    begin: Callable[[int, Headers], None],
    hand_on: Callable[[bytes], None],
) -> None:
    """Run the application and hand its answer on in pieces of some size; what these raise ends the answer."""
    start = _Start()
    chunks = app(environ, start)
    try:
        gathered, size = [], 0
        begun = False
        for chunk in chunks:
            gathered.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                if not begun:
                    begin(start.status, start.headers)
                    begun = True
                hand_on(b"".join(gathered))
                gathered, size = [], 0
        if not begun:
            begin(start.status, start.headers)
        if size:
            hand_on(b"".join(gathered))
    finally:
        _close(chunks)


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
