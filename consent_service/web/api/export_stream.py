"""Exports: files that are streamed from one snapshot and end with a summary, so that a broken one is noticed."""

import logging
from collections.abc import Iterator

import msgspec
from flask import Response

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.site.site import Site
from consent_service.web.api.api_operation import describe_choice, describe_query_parameter
from consent_service.web.api.api_request import read_parameters
from consent_service.web.frame.problems import Problem

CHUNK = 65_536
FORMATS = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
FORMAT = describe_query_parameter("format", "How to write it.", describe_choice(FORMATS, default="ndjson"))
TYPES = ("application/x-ndjson", "text/csv")

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def read_format() -> str:
    """Read the one parameter that an export has, ndjson or csv; raises Problem 400."""
    form = read_parameters(("format",)).get("format", "ndjson")
    if form not in FORMATS:
        raise Problem(400, "format_unknown", f"format: expected one of {', '.join(FORMATS)}.")
    return form


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
