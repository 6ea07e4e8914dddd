"""The choice endpoint: a plain form goes straight to the ledger in front of Flask, all others are left to Flask."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from werkzeug.exceptions import HTTPException

from consent_service.domain.errors import ChoiceFault
from consent_service.domain.visitor.form_origin import OriginVerdict
from consent_service.web.frame.form_guard import URLENCODED, judge_form_origin
from consent_service.web.frame.visit import read_environ
from consent_service.web.frame.wiring import Wiring
from consent_service.web.frame.wsgi_app import FAILURE, WsgiApp
from consent_service.web.visitor.choice_answer import Headers, find_way_back, save_choice
from consent_service.web.visitor.choice_form import read_choice

PATH = "/consent/choice"
MAX_PLAIN_BYTES = 4096
NONE = [""]


class ChoiceEndpoint:
    """Records a choice whose form, notice and origin leave nothing to ask, and hands everything else on as it came.

    It uses the same rules as the view behind it and never refuses: only that view can, because it has the pages.
    """

    def __init__(self, app: WsgiApp, parts: Wiring) -> None:
        self._app = app
        self._parts = parts

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        if environ["PATH_INFO"] == PATH and _may_be_plain(environ) and (headers := self._choose(environ)):
            start_response("303 SEE OTHER", [*headers, ("Content-Length", "0")])
            return [b""]
        return self._app(environ, start_response)

    def _choose(self, environ: dict[str, Any]) -> Headers | None:
        length = int(environ["CONTENT_LENGTH"])
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        try:
            fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
            return self._record(environ, fields) if len(body) == length else None
        except (UnicodeDecodeError, ChoiceFault, HTTPException):
            return None  # nothing was written, and the view meets the same again
        except Exception as failure:
            # Not tried again: an error does not prove that nothing was written.
            environ[FAILURE] = failure
            return None

    def _record(self, environ: dict[str, Any], fields: dict[str, list[str]]) -> Headers | None:
        submission = read_choice(fields)
        parts = self._parts
        visit = read_environ(parts.resources, parts.sites, environ)
        notice = parts.board.find(visit.site, fields.get("notice", NONE)[0])
        if notice is None or judge_form_origin(visit.mount, environ) is not OriginVerdict.ACCEPT:
            return None
        return_path = find_way_back(visit.mount, fields.get("return", NONE)[0], environ)
        return save_choice(parts, visit, submission, notice, return_path, environ)


def _may_be_plain(environ: dict[str, Any]) -> bool:
    """Say whether a request can be a plain form: small, of known length, and with nothing more in its address."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and FAILURE not in environ
        and environ.get("CONTENT_TYPE") == URLENCODED
        and not environ.get("QUERY_STRING")
        and "HTTP_TRANSFER_ENCODING" not in environ
        and len(length) <= 4
        and length.isascii()
        and length.isdigit()
        and int(length) <= MAX_PLAIN_BYTES
    )
