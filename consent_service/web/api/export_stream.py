"""Exports: files that are streamed from one snapshot and end with a summary, so that a broken one is noticed."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
from flask import Response, after_this_request

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.site.site import Site
from consent_service.services.check.limiting_lists import TooManyExports, take_export_place
from consent_service.web.api.api_operation import describe_choice, describe_query_parameter
from consent_service.web.api.api_request import read_parameters
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

CHUNK = 65_536
FORMATS = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
FORMAT = describe_query_parameter("format", "How to write it.", describe_choice(FORMATS, default="ndjson"))
RETRY = [("Retry-After", "10")]
TYPES = ("application/x-ndjson", "text/csv")

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def read_format() -> str:
    """Read the one parameter that an export has, ndjson or csv; raises Problem 400."""
    form = read_parameters(("format",)).get("format", "ndjson")
    if form not in FORMATS:
        raise Problem(400, "format_unknown", f"format: expected one of {', '.join(FORMATS)}.")
    return form


def hold_export_place(site: Site) -> None:
    """Hold a place for an export until its answer is sent or given up; raises Problem 503 where there is none."""
    held = ExitStack()
    try:
        held.enter_context(take_export_place(find_wiring().resources.database.folder, site.id))
    except TooManyExports as fault:
        raise Problem(503, "exports_too_many", f"{fault}; try again later.".capitalize(), RETRY) from None

    @after_this_request
    def release_at_end(response: Response) -> Response:
        response.call_on_close(held.close)
        return response


def write_json_line(value: object) -> bytes:
    """Write a value as one line of JSON."""
    return _encode(value) + b"\n"


def send_export(site: Site, name: str, form: str, lines: Iterator[bytes]) -> Response:
    """Send lines as a file of this name that no cache keeps."""
    response = Response(_gather_chunks(lines), content_type=FORMATS[form])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{site.id}-{name}.{form}"'
    return response


def _gather_chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Send many lines at once; where reading fails half way the stream ends without its summary."""
    waiting, length = [], 0
    try:
        for line in lines:
            waiting.append(line)
            length += len(line)
            if length >= CHUNK:
                yield b"".join(waiting)
                waiting, length = [], 0
    except StorageUnavailable as error:
        _log.error("an export broke off", extra={"cause": str(error)})
    yield b"".join(waiting)
