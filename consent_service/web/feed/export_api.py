"""The export API: what holds for everybody, as one stream that ends with a summary and joins the feed."""

from collections.abc import Iterator

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.csv_writer import csv_line
from consent_service.domain.basics.moment import rfc3339
from consent_service.domain.feed.feed_cursor import write_cursor
from consent_service.domain.ledger.decision import Decision, State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.feed.exporting_standings import ExportedSubject, StandingExport, export_standings
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import admit, api_blueprint
from consent_service.web.api.export_stream import FORMAT, TYPES, exported, read_format
from consent_service.web.frame.wiring import parts

COLUMNS = ("kind", "subject", "ref", "name", "state", "since", "valid_until", "method", "record")

_encode = msgspec.json.Encoder().encode


def get_export() -> Response:
    """Stream what holds for every subject of the key's site."""
    key, site = admit(Scope.FEED)
    form = read_format()
    export = export_standings(parts().resources, site, key)
    lines = csv_lines if form == "csv" else ndjson_lines
    return exported(site, "subjects", form, lines(site, export))


def ndjson_lines(site: Site, export: StandingExport) -> Iterator[bytes]:
    """Write one JSON object a line: the cursor, the subjects, the summary."""
    yield _json({"cursor": write_cursor(site.id, export.head), "head": export.head, "as_of": rfc3339(export.at)})
    subjects = 0
    for entry in export.subjects:
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


def csv_lines(site: Site, export: StandingExport) -> Iterator[bytes]:
    """Write one row for each decision, block, stop and pause, after the cursor and before the summary."""
    yield csv_line(COLUMNS)
    yield _row("cursor", "", "", write_cursor(site.id, export.head), since=rfc3339(export.at))
    subjects = 0
    for entry in export.subjects:
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


def export_blueprint() -> Blueprint:
    """Serve the export."""
    return api_blueprint("export_api", ("GET", "/v1/export", get_export))


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
        answer_types=TYPES,
        errors=(400,),
        parameters=(FORMAT,),
    ),
)
