"""What a WSGI server calls (PEP 3333), as the callables in front of Flask wrap it, and an answer made whole."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

FAILURE = "consent_service.failure"
"""Where in an environment stands what went wrong after the request was understood: it is answered, not tried again."""


class PlainAnswer(NamedTuple):
    """An answer with all of its body, for whoever calls: a WSGI server, or our own front without an environment."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def start(self, start_response: Any) -> list[bytes]:
        """Answer a WSGI server."""
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", self.headers)
        return [self.body] if self.body else []
