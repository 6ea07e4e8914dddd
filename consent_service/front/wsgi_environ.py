"""The WSGI environment (PEP 3333) made of an ASGI scope, with every header byte as it came."""

import re
import sys
from collections.abc import MutableMapping
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]

SPELLED_OUT = re.compile(rb"/(?:[A-Za-z0-9_.~!$&'()*+,;=:@-]+/)*[A-Za-z0-9_.~!$&'()*+,;=:@-]*")
"""A path without percent signs, empty parts or bytes beyond ASCII: the one spelling of a route, but for links."""
LINKS = (b"/consent/a/", b"/consent/c/", b"/consent/p/", b"/consent/u/")
"""Mail programs add to the tokens of links whatever they like; it is taken off where the token is read."""
APART = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}
NAMES: dict[bytes, str] = {}
MAX_NAMES = 500


def is_spelled_right(raw_path: bytes) -> bool:
    """Say whether a path is written in the one way that is answered; any other way round a proxy's rule is none."""
    if raw_path.startswith(LINKS):
        return b"//" not in raw_path
    return SPELLED_OUT.fullmatch(raw_path) is not None and b"/." not in raw_path.replace(b"/.well-known/", b"/")


def build_environ(scope: Scope, body: IO[bytes] | None = None, length: int | None = None) -> dict[str, Any]:
    """Build the environment; header values keep their bytes, read as Latin-1 as PEP 3333 has it.

    Header names with an underscore are dropped: a proxy that sets ``X-Forwarded-For`` does not see
    ``X_Forwarded_For``, and here both would be the same. ``length`` is that of a body that was taken in whole,
    which then is told instead of how it was sent.
    """
    raw_path: bytes = scope["raw_path"]
    path = unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path
    server, client = scope["server"], scope["client"]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body or BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = NAMES.get(name) or _name_variable(name)
        if key:
            text = value.decode("latin-1")
            if key in environ:
                text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
            environ[key] = text
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ


def find_header(scope: Scope, name: bytes) -> str | None:
    """Find the value of a header as the environment has it: one that was sent twice is joined by a comma."""
    values = [value for found, value in scope["headers"] if found == name]
    return b",".join(values).decode("latin-1") if values else None


def _name_variable(name: bytes) -> str:
    """Name the variable of a header, empty for one that is dropped; the usual names are remembered."""
    if b"_" in name:
        return ""
    variable = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    variable = APART.get(variable, variable)
    if len(NAMES) < MAX_NAMES and len(name) < 50:
        NAMES[bytes(name)] = variable
    return variable
