"""Yardsticks: what the server itself can do, with and without Flask."""

from collections.abc import Iterable
from typing import Any

from flask import Flask

BODY = b'{"visitor":null,"decisions":{}}'


def make_bare_wsgi() -> Any:
    """Make a WSGI application that answers a constant."""

    def application(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
        return [BODY]

    return application


def make_bare_flask() -> Flask:
    """Make a Flask application with one view that answers a constant."""
    app = Flask(__name__)

    @app.get("/")
    def constant() -> tuple[bytes, dict[str, str]]:
        return BODY, {"Content-Type": "application/json"}

    return app
