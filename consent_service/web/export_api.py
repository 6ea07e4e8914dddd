"""The export API: what holds for everybody, as one stream that ends with a summary and joins the feed."""

import logging
from collections.abc import Callable, Iterable, Iterator

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.act import ChangeKind
from consent_service.domain.api_key import Scope
from consent_service.domain.csv_writer import csv_line
from consent_service.domain.decision import Decision, State
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.feed_cursor import write_cursor
from consent_service.domain.moment import rfc3339
from consent_service.domain.site import Site
from consent_service.services.standing_export import ExportedSubject, ExportStart, export_standings
from consent_service.web.api_operation import ApiOperation
from consent_service.web.api_request import admit
from consent_service.web.parts import parts
from consent_service.web.problems import Problem

CHUNK = 65_536
COLUMNS = ("kind", "subject", "ref", "name", "state", "since", "valid_until", "method", "record")

_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)

Lines = Callable[[Site, Iterator[ExportStart | ExportedSubject]], Iterator[bytes]]


def get_export() -> Response:
    """Stream what holds for every subject of the key's site."""
    key, site = admit(Scope.FEED)
    form = request.args.get("format", "ndjson")
    if set(request.args) - {"format"} or form not in FORMATS:
        raise Problem(400, "format_unknown", f"Send nothing but format, one of {', '.join(FORMATS)}.")
    content_type, lines = FORMATS[form]
    entries = export_standings(parts().resources, site, key)
    # The first entry is read before the answer begins, so that a database out of order is a problem and no stream.
    first = next(entries)
    response = Response(in_chunks(lines(site, _chain(first, entries))), content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{site.id}-subjects.{form}"'
    return response


def _chain(
    first: ExportStart | ExportedSubject, rest: Iterable[ExportStart | ExportedSubject]
) -> Iterator[ExportStart | ExportedSubject]:
    yield first
    yield from rest


def in_chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
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


def ndjson_lines(site: Site, entries: Iterator[ExportStart | ExportedSubject]) -> Iterator[bytes]:
    """Write one JSON object a line: the cursor, the subjects, the summary."""
    subjects = 0
    for entry in entries:
        if isinstance(entry, ExportStart):
            yield _json({"cursor": write_cursor(site.id, entry.head), "head": entry.head, "as_of": rfc3339(entry.at)})
        else:
            subjects += 1
            yield _json(
                {
                    "subject": entry.subject,
                    "ref": entry.ref,
                    "decisions": {decision.purpose: _decision(decision) for decision in entry.decisions},
                    "blocks": {name: rfc3339(since) for name, since in entry.blocks},
                    "stopped_at": _time(entry.stopped_at),
                    "paused_until": _time(entry.paused_until),
                }
            )
    yield _json({"summary": {"subjects": subjects}})


def csv_lines(site: Site, entries: Iterator[ExportStart | ExportedSubject]) -> Iterator[bytes]:
    """Write one row for each decision, block, stop and pause, after the cursor and before the summary."""
    yield csv_line(COLUMNS)
    subjects = 0
    for entry in entries:
        if isinstance(entry, ExportStart):
            yield _row("cursor", "", "", write_cursor(site.id, entry.head), since=rfc3339(entry.at))
        else:
            subjects += 1
            yield from _subject_rows(entry)
    yield _row("summary", "", "", str(subjects))


def _subject_rows(entry: ExportedSubject) -> Iterator[bytes]:
    who = entry.subject, entry.ref or ""
    for decision in entry.decisions:
        told = _decision(decision)
        cells = (decision.purpose, *(told[name] or "" for name in COLUMNS[4:]))
        yield csv_line((ChangeKind.DECISION, *who, *cells))
    for name, since in entry.blocks:
        yield _row(ChangeKind.BLOCK, *who, name, "blocked", rfc3339(since))
    if entry.stopped_at:
        yield _row(ChangeKind.STOP, *who, "", "stopped", rfc3339(entry.stopped_at))
    if entry.paused_until:
        yield csv_line((ChangeKind.PAUSE, *who, "", "paused", "", rfc3339(entry.paused_until), "", ""))


def _row(kind: str, subject: str, ref: str, name: str, state: str = "", since: str = "") -> bytes:
    return csv_line((kind, subject, ref, name, state, since, "", "", ""))


def _decision(decision: Decision) -> dict[str, str | None]:
    ends = decision.valid_until if decision.state == State.GRANTED else 0
    since = decision.valid_until if decision.state == State.EXPIRED else decision.at
    return {
        "state": decision.state,
        "since": rfc3339(since),
        "valid_until": _time(ends),
        "method": decision.method,
        "record": decision.record,
    }


def _json(value: object) -> bytes:
    return _encode(value) + b"\n"


def _time(at: int | None) -> str | None:
    return rfc3339(at) if at else None


FORMATS: dict[str, tuple[str, Lines]] = {
    "ndjson": ("application/x-ndjson", ndjson_lines),
    "csv": ("text/csv; charset=utf-8", csv_lines),
}


def export_blueprint() -> Blueprint:
    """Serve the export."""
    blueprint = Blueprint("export_api", __name__, url_prefix="/v1")
    blueprint.add_url_rule("/export", view_func=get_export, methods=["GET"], provide_automatic_options=False)
    return blueprint


OPERATIONS = (
    ApiOperation(
        path="/v1/export",
        method="GET",
        name="exportSubjects",
        summary="What holds for every subject, as of one moment",
        description=(
            "A stream: first the `cursor` to go on from with /v1/changes, then a line for each subject, last a "
            "`summary`. A stream without its summary was cut off and is to be thrown away."
        ),
        scope=Scope.FEED,
        answer=None,
        answer_types=("application/x-ndjson", "text/csv"),
        errors=(400,),
        parameters=(
            {
                "name": "format",
                "in": "query",
                "required": False,
                "description": "How to write it.",
                "schema": {"type": "string", "enum": ["ndjson", "csv"], "default": "ndjson"},
            },
        ),
    ),
)
