"""The suppression list: who must not be contacted and why, page by page or as one file."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.csv_writer import write_csv_line
from consent_service.domain.basics.moment import make_datetime, write_time
from consent_service.domain.feed.feed_cursor import write_cursor
from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.site.site import Site
from consent_service.services.messages.suppressing_addresses import (
    STOPPED,
    SuppressionExport,
    export_suppressed,
    list_suppressed,
)
from consent_service.web.api.api_operation import (
    ApiOperation,
    describe_pattern,
    describe_query_parameter,
    describe_whole_number,
)
from consent_service.web.api.api_request import admit, answer_json, make_api_routes, read_number, read_parameters
from consent_service.web.api.export_stream import (
    FORMAT,
    TYPES,
    hold_export_place,
    read_format,
    send_export,
    write_json_line,
)
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

MAX_SUBJECTS = 1000


class SuppressionItem(msgspec.Struct, kw_only=True):
    """A reason not to contact a subject: a block, or ``stop_all`` where the person stopped everything."""

    subject: str
    reason: str
    since: datetime


class SuppressionListAnswer(msgspec.Struct, kw_only=True):
    """Reasons in the order of subjects, and the subject to go on after; null on the last page."""

    items: list[SuppressionItem]
    next: str | None


def get_suppressions() -> Response:
    """List suppressed subjects page by page."""
    _, site = admit(Scope.FEED)
    given = read_parameters(("after", "limit"))
    after, most = given.get("after"), read_number(given, "limit", MAX_SUBJECTS, 1, MAX_SUBJECTS)
    if after is not None and not SUBJECT_KEY.fullmatch(after):
        raise Problem(400, "subject_malformed", "after: expected a subject key, as 'next' gives it.")
    page = list_suppressed(find_wiring().resources, site, after or "", most)
    items = [
        SuppressionItem(subject=who, reason=why, since=make_datetime(since)) for who, why, since in page.suppressed
    ]
    return answer_json(SuppressionListAnswer(items=items, next=page.next))


def get_suppression_export() -> Response:
    """Stream every reason of the site, as of one moment."""
    _, site = admit(Scope.FEED)
    form = read_format()
    hold_export_place(site)
    export = export_suppressed(find_wiring().resources, site)
    lines = _write_csv_lines if form == "csv" else _write_ndjson_lines
    return send_export(site, "suppressions", form, lines(site, export))


def _write_ndjson_lines(site: Site, export: SuppressionExport) -> Iterator[bytes]:
    """Write one JSON object a line: the cursor, the reasons, the summary."""
    yield write_json_line(
        {"cursor": write_cursor(site.id, export.head), "head": export.head.seq, "as_of": write_time(export.at)}
    )
    rows = 0
    for subject, reason, since in export.suppressed:
        rows += 1
        yield write_json_line({"subject": subject, "reason": reason, "since": write_time(since)})
    yield write_json_line({"summary": {"rows": rows}})


def _write_csv_lines(site: Site, export: SuppressionExport) -> Iterator[bytes]:
    """Write one row for each reason, after the cursor and before the summary, which have no subject."""
    yield write_csv_line(("subject", "reason", "since", "cursor"))
    yield write_csv_line(("", "cursor", write_time(export.at), write_cursor(site.id, export.head)))
    rows = 0
    for subject, reason, since in export.suppressed:
        rows += 1
        yield write_csv_line((subject, reason, write_time(since), ""))
    yield write_csv_line(("", "summary", "", str(rows)))


def suppression_list_blueprint() -> Blueprint:
    """Serve the list and its export."""
    return make_api_routes(
        "suppression_list",
        ("GET", "/v1/suppressions", get_suppressions),
        ("GET", "/v1/suppressions/export", get_suppression_export),
    )


OPERATIONS = (
    ApiOperation(
        path="/v1/suppressions",
        method="GET",
        name="listSuppressions",
        summary="Who must not be contacted, page by page",
        description=(
            f"Blocks, and as `{STOPPED}` who stopped everything and agreed to nothing since. A no to some purposes is "
            "not on this list; ask the check."
        ),
        scope=Scope.FEED,
        answer=SuppressionListAnswer,
        errors=(400,),
        parameters=(
            describe_query_parameter("after", "`next` of the page before.", describe_pattern(SUBJECT_KEY)),
            describe_query_parameter("limit", "Most subjects.", describe_whole_number(1, MAX_SUBJECTS, MAX_SUBJECTS)),
        ),
    ),
    ApiOperation(
        path="/v1/suppressions/export",
        method="GET",
        name="exportSuppressions",
        summary="Who must not be contacted, as one file",
        description=(
            "A stream: first the `cursor` to go on from with /v1/changes, then a line for each reason, last a summary. "
            "A stream without its summary was cut off and is to be thrown away."
        ),
        scope=Scope.FEED,
        answer=None,
        answer_types=TYPES,
        errors=(400,),
        parameters=(FORMAT,),
    ),
)
