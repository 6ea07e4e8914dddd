"""What a WSGI server calls (PEP 3333), as the callables in front of Flask wrap it."""

from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
