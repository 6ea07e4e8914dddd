"""The suppression list: who must not be contacted and why, page by page or as one file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.api_key import Scope
from consent_service.domain.csv_writer import csv_line
from consent_service.domain.feed_cursor import write_cursor
from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.moment import moment, rfc3339
from consent_service.domain.site import Site
from consent_service.services.suppressing import (
    STOPPED,
    Suppressed,
    SuppressionStart,
    export_suppressed,
    list_suppressed,
)
from consent_service.web.api_operation import ApiOperation
from consent_service.web.api_request import admit, answer
from consent_service.web.export_api import in_chunks
from consent_service.web.parts import parts
from consent_service.web.problems import Problem

MOST = 1000
PARAMETERS = frozenset({"after", "limit"})
FORMATS = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}

_encode = msgspec.json.Encoder().encode


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
    if stray := sorted(set(request.args) - PARAMETERS):
        raise Problem(400, "parameter_unknown", f"There is no parameter '{stray[0][:40]}' here.")
    after, limit = request.args.get("after"), request.args.get("limit", str(MOST))
    if after is not None and not SUBJECT_KEY.fullmatch(after):
        raise Problem(400, "subject_malformed", "after: expected a subject key, as 'next' gives it.")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= MOST):
        raise Problem(400, "number_invalid", f"limit: expected a whole number from 1 to {MOST}.")
    page = list_suppressed(parts().resources, site, after or "", int(limit))
    items = [SuppressionItem(subject=who, reason=why, since=moment(since)) for who, why, since in page.suppressed]
    return answer(SuppressionListAnswer(items=items, next=page.next))


def get_suppression_export() -> Response:
    """Stream every reason of the site, as of one moment."""
    _, site = admit(Scope.FEED)
    form = request.args.get("format", "ndjson")
    if set(request.args) - {"format"} or form not in FORMATS:
        raise Problem(400, "format_unknown", f"Send nothing but format, one of {', '.join(FORMATS)}.")
    entries = export_suppressed(parts().resources, site)
    # The first entry is read before the answer begins, so that a database out of order is a problem and no stream.
    start = next(entries)
    lines = _csv if form == "csv" else _ndjson
    response = Response(in_chunks(lines(site, start, entries)), content_type=FORMATS[form])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{site.id}-suppressions.{form}"'
    return response


Entry = SuppressionStart | Suppressed


def _ndjson(site: Site, start: Entry, entries: Iterator[Entry]) -> Iterator[bytes]:
    """Write one JSON object a line: the cursor, the reasons, the summary."""
    rows = 0
    if isinstance(start, SuppressionStart):
        told = {"cursor": write_cursor(site.id, start.head), "head": start.head, "as_of": rfc3339(start.at)}
        yield _encode(told) + b"\n"
    for entry in entries:
        if isinstance(entry, Suppressed):
            rows += 1
            told = {"subject": entry.subject, "reason": entry.reason, "since": rfc3339(entry.since)}
            yield _encode(told) + b"\n"
    yield _encode({"summary": {"rows": rows}}) + b"\n"


def _csv(site: Site, start: Entry, entries: Iterator[Entry]) -> Iterator[bytes]:
    """Write one row for each reason, after the cursor and before the summary, which have no subject."""
    rows = 0
    yield csv_line(("subject", "reason", "since", "cursor"))
    if isinstance(start, SuppressionStart):
        yield csv_line(("", "cursor", rfc3339(start.at), write_cursor(site.id, start.head)))
    for entry in entries:
        if isinstance(entry, Suppressed):
            rows += 1
            yield csv_line((entry.subject, entry.reason, rfc3339(entry.since), ""))
    yield csv_line(("", "summary", "", str(rows)))


def suppression_list_blueprint() -> Blueprint:
    """Serve the list and its export."""
    blueprint = Blueprint("suppression_list", __name__, url_prefix="/v1")
    for path, view in (("/suppressions", get_suppressions), ("/suppressions/export", get_suppression_export)):
        blueprint.add_url_rule(path, view_func=view, methods=["GET"], provide_automatic_options=False)
    return blueprint


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


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
            _query("after", {"type": "string", "pattern": f"^{SUBJECT_KEY.pattern}$"}, "`next` of the page before."),
            _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": MOST}, "Most subjects."),
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
        answer_types=("application/x-ndjson", "text/csv"),
        errors=(400,),
        parameters=(
            _query("format", {"type": "string", "enum": list(FORMATS), "default": "ndjson"}, "How to write it."),
        ),
    ),
)
