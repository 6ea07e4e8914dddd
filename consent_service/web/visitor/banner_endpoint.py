"""The banner endpoint: the fragment as a small callable in front of Flask, because it is asked on every page."""

from collections.abc import Iterable
from typing import Any

from consent_service.web.frame.wiring import Wiring
from consent_service.web.frame.wsgi_app import PlainAnswer, WsgiApp
from consent_service.web.visitor.banner_fragment import PATH, make_fragment

METHODS = ("GET", "HEAD")


class BannerEndpoint:
    """Sends the fragment whose address asks for nothing more, and hands everything else on to the view behind it."""

    def __init__(self, app: WsgiApp, parts: Wiring) -> None:
        self._app = app
        self._parts = parts

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] != PATH or method not in METHODS or environ.get("QUERY_STRING"):
            return self._app(environ, start_response)
        status, headers, body = make_fragment(self._parts, environ, None)
        if body:
            headers = [*headers, ("Content-Length", str(len(body)))]
        return PlainAnswer(status, headers, body if method == "GET" else b"").start(start_response)
