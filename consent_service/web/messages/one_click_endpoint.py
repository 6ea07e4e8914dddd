"""One click: POST to an unsubscribe link as RFC 8058 has it, a small WSGI callable in front of Flask.

Mailbox providers send it without cookie, login or a form of ours, so nothing but the token counts: whatever the body
is, a good token ends the messages. A form of our own page is handed on, because a person wants a page back.
"""

import logging
import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from consent_service.domain.errors import SettingsFault, StorageUnavailable
from consent_service.domain.ledger.decision import Method
from consent_service.domain.messages.broken_link import mend_token
from consent_service.domain.messages.link_token import LinkKind
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.services.messages.unsubscribing import read_link, unsubscribe
from consent_service.services.resources import Resources
from consent_service.web.frame.metrics import count_unsubscribe
from consent_service.web.frame.wsgi_app import FAILURE, WsgiApp

PATH = "/consent/u/"
MAX_READ = 4096
"""More of a body is never looked at; it says nothing that would matter."""
OURS = b"from=page"
ONE_CLICK = re.compile(rb"List-Unsubscribe[^&]*One-Click", re.IGNORECASE | re.DOTALL)

DONE = b"You are unsubscribed.\n"
UNKNOWN = b"This link is not complete. Use the whole link from the message.\n"
UNAVAILABLE = b"This could not be stored. Please try again.\n"
HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex"),
]

_log = logging.getLogger(__name__)


class OneClickEndpoint:
    """Answers the posts of mail programs to unsubscribe links and hands everything else on unread."""

    def __init__(self, app: WsgiApp, resources: Resources, sites: SiteDirectory) -> None:
        self._app = app
        self._resources = resources
        self._sites = sites

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith(PATH):
            return self._app(environ, start_response)
        mount = self._sites.at(environ.get("HTTP_HOST", ""))
        body = _read_body_start(environ)
        if mount is None or body.strip() == OURS:
            return self._app(environ, start_response)
        try:
            if failure := environ.get(FAILURE):
                raise failure
            token = read_link(self._resources, mount.site, mend_token(path[len(PATH) :]), LinkKind.UNSUBSCRIBE)
            if token is None:
                return _answer(start_response, "404 Not Found", UNKNOWN)
            source = "one_click" if ONE_CLICK.search(body) else "bare_post"
            unsubscribe(self._resources, mount.site, token, method=Method.ONE_CLICK, source=source)
        except (StorageUnavailable, SettingsFault):
            _log.exception("an unsubscribe could not be stored")
            return _answer(start_response, "503 Service Unavailable", UNAVAILABLE, ("Retry-After", "2"))
        count_unsubscribe(mount.site.id, source)
        return _answer(start_response, "200 OK", DONE)


def _read_body_start(environ: dict[str, Any]) -> bytes:
    """Read the start of the body and leave it to be read again."""
    length = environ.get("CONTENT_LENGTH") or ""
    most = min(int(length), MAX_READ) if length.isascii() and length.isdigit() else MAX_READ
    body: bytes = environ["wsgi.input"].read(most)
    environ["wsgi.input"] = BytesIO(body)
    return body


def _answer(start_response: Any, status: str, body: bytes, *more: tuple[str, str]) -> list[bytes]:
    start_response(status, [*HEADERS, *more, ("Content-Length", str(len(body)))])
    return [body]
