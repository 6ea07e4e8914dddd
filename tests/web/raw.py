"""Requests as no well-behaved program sends them: straight to the application, byte for byte."""

import io
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple


class RawAnswer(NamedTuple):
    """What came back: the status code, every header in its order, and the body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """List the values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def raw_request(
    app: Any,
    path: str,
    *,
    method: str = "GET",
    host: str = "localhost:8000",
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> RawAnswer:
    """Call the application as a server does; ``headers`` go into the environment unchecked, latin-1 as WSGI has it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    answered: list[Any] = []
    chunks = app(environ, lambda status, given, exc_info=None: answered.extend((status, given)))
    try:
        content = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    return RawAnswer(int(answered[0][:3]), answered[1], content)
