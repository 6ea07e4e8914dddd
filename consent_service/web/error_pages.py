"""Error pages: every error as a page for people or as problem details for machines, and never as an allow."""

import logging

from flask import Flask, Response, request
from werkzeug.exceptions import BadHost, HTTPException

from consent_service.domain.errors import BrokenRecord, StorageUnavailable, TooManyRequests
from consent_service.web.frame.metrics import ERRORS
from consent_service.web.frame.page_rendering import render_page
from consent_service.web.frame.problems import PROBLEMS, Problem
from consent_service.web.frame.visit import UnknownHost, read_visit
from consent_service.web.messages import subscribe_page as subscribe
from consent_service.web.visitor import banner_fragment as banner

MACHINE_PATHS = (
    "/v1/",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/.well-known/",
    "/consent/keys.json",
)
CODES = {
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "too_large",
    415: "wrong_type",
}
RETRY = [("Retry-After", "2")]
RETRY_LATER = [("Retry-After", "600")]
NO_SITE = "No shop is served at this address.\nIf you run this service, add it to the origins of a site file.\n"

_log = logging.getLogger(__name__)


def install_error_pages(app: Flask) -> None:
    """Answer every error of an application."""
    app.register_error_handler(Problem, lambda problem: problem.response())
    app.register_error_handler(StorageUnavailable, _answer_unavailable)
    app.register_error_handler(TooManyRequests, _answer_too_many)
    app.register_error_handler(BrokenRecord, _answer_broken_record)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_unavailable(error: StorageUnavailable) -> Response:
    _log.error("storage is unavailable", extra={"cause": str(error)})
    return _answer_error(503, "unavailable", RETRY)


def _answer_too_many(error: TooManyRequests) -> Response:
    _log.warning("a choice was not taken", extra={"cause": str(error)})
    return _answer_error(429, "too_many", RETRY_LATER)


def _answer_broken_record(error: BrokenRecord) -> Response:
    _log.error("a record does not verify", extra={"cause": str(error)})
    return _answer_error(500, "record_broken", [])


def _answer_unexpected(error: Exception) -> Response:
    _log.error("an unexpected error", exc_info=error)
    return _answer_error(500, "internal", [])


def _answer_http_error(error: HTTPException) -> Response:
    if isinstance(error, BadHost) and request.path in (banner.PATH, subscribe.FRAGMENT_PATH):
        return banner.answer_empty_fragment()
    if isinstance(error, UnknownHost):
        return _answer_plain(NO_SITE, 400)
    if error.response is not None:
        return Response(status=error.code or 500, headers=error.response.headers)
    status = error.code or 500
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    return _answer_error(status, _find_code(status), headers)


def _find_code(status: int) -> str:
    return CODES.get(status, "internal" if status >= 500 else "bad_request")


def _answer_error(status: int, code: str, headers: list[tuple[str, str]]) -> Response:
    ERRORS.labels(str(status)).inc()
    if request.path.startswith(MACHINE_PATHS):
        return Problem(status, code, PROBLEMS[code], headers).response()
    try:
        response = _render_error(status, code)
    except UnknownHost:
        response = _answer_plain(NO_SITE, 400)
    except Exception:
        _log.exception("the error page could not be made")
        response = _answer_plain(f"{PROBLEMS[code]}\n", status)
    response.headers.extend(headers)
    return response


def _answer_plain(text: str, status: int) -> Response:
    return Response(text, status, {"Cache-Control": "no-store"}, content_type="text/plain; charset=utf-8")


def _render_error(status: int, code: str) -> Response:
    visit = read_visit(with_cookie=False)  # to know whether to believe it may take the database
    return render_page(visit, "error.html", status, code=code)
