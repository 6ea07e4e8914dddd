"""The export API: what holds for everybody, as one stream that ends with a summary and joins the feed."""

from collections.abc import Iterator

from flask import Blueprint, Response

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.moment import write_time, write_time_or_none
from consent_service.domain.feed.feed_cursor import write_cursor
from consent_service.domain.ledger.decision import Decision, State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.feed.exporting_standings import ExportedSubject, StandingExport, export_standings
from consent_service.services.subject.identifying_subjects import join_exported_rows
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import admit, make_api_routes
from consent_service.web.api.export_stream import (
    FORMAT,
    TYPES,
    hold_export_place,
    read_format,
    send_export,
    write_json_line,
)
from consent_service.web.frame.wiring import find_wiring

COLUMNS = ("kind", "subject", "ref", "name", "state", "since", "valid_until", "method", "record")


def get_export() -> Response:
    """Stream what holds for every subject of the key's site."""
    key, site = admit(Scope.FEED)
    form = read_format()
    hold_export_place(site)
    export = export_standings(find_wiring().resources, site, key, join_exported_rows)
    lines = write_csv_lines if form == "csv" else write_ndjson_lines
    return send_export(site, "subjects", form, lines(site, export))


def write_ndjson_lines(site: Site, export: StandingExport) -> Iterator[bytes]:
    """Write one JSON object a line: the cursor, the subjects, the summary."""
    yield write_json_line(
        {"cursor": write_cursor(site.id, export.head), "head": export.head.seq, "as_of": write_time(export.at)}
    )
    subjects = 0
    for entry in export.subjects:
        subjects += 1
        yield write_json_line(
            {
                "subject": entry.subject,
                "ref": entry.ref,
                "decisions": {decision.purpose: _describe_decision(decision) for decision in entry.decisions},
                "blocks": {name: write_time(since) for name, since in entry.blocks},
                "stopped_at": write_time_or_none(entry.stopped_at),
                "paused_until": write_time_or_none(entry.paused_until),
            }
        )
    yield write_json_line({"summary": {"subjects": subjects}})


def write_csv_lines(site: Site, export: StandingExport) -> Iterator[bytes]:
    """Write one row for each decision, block, stop and pause, after the cursor and before the summary."""
    yield write_csv_line(COLUMNS)
    yield _write_row("cursor", "", "", write_cursor(site.id, export.head), since=write_time(export.at))
    subjects = 0
    for entry in export.subjects:
        subjects += 1
        yield from _write_subject_rows(entry)
    yield _write_row("summary", "", "", str(subjects))


def _write_subject_rows(entry: ExportedSubject) -> Iterator[bytes]:
    who = entry.subject, entry.ref or ""
    for decision in entry.decisions:
        described = _describe_decision(decision)
        cells = (decision.purpose, *(described[name] or "" for name in COLUMNS[4:]))
        yield write_csv_line((ChangeKind.DECISION, *who, *cells))
    for name, since in entry.blocks:
        yield _write_row(ChangeKind.BLOCK, *who, name, "blocked", write_time(since))
    if entry.stopped_at:
        yield _write_row(ChangeKind.STOP, *who, "", "stopped", write_time(entry.stopped_at))
    if entry.paused_until:
        yield write_csv_line((ChangeKind.PAUSE, *who, "", "paused", "", write_time(entry.paused_until), "", ""))


def _write_row(kind: str, subject: str, ref: str, name: str, state: str = "", since: str = "") -> bytes:
    return write_csv_line((kind, subject, ref, name, state, since, "", "", ""))


def _describe_decision(decision: Decision) -> dict[str, str | None]:
    ends = decision.valid_until if decision.state == State.GRANTED else 0
    since = decision.valid_until if decision.state == State.EXPIRED else decision.at
    return {
        "state": decision.state,
        "since": write_time(since),
        "valid_until": write_time_or_none(ends),
        "method": decision.method,
        "record": decision.record,
    }


def export_blueprint() -> Blueprint:
    """Serve the export."""
    return make_api_routes("export_api", ("GET", "/v1/export", get_export))


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
