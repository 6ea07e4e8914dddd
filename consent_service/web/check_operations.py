"""What the checks of persons and lists say of themselves, for the description."""

from typing import Any

from consent_service.domain.api_key import Scope
from consent_service.web.api_operation import ApiOperation
from consent_service.web.check_stream import MOST_ROWS
from consent_service.web.stream_question import CHOICES, READERS
from consent_service.web.subject_check import SubjectAnswer, SubjectQuestion

TEXTS = {
    "return": "Which rows come back; the summary counts all of them.",
    "links": "1 adds headers and links to every row that may be sent to.",
    "format": "What is sent back.",
    "channel": "Instead of the purpose: its channel.",
    "class": "Instead of the purpose: whether a person's own act decides, or an order or a duty needs the message.",
}


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


OPERATIONS = (
    ApiOperation(
        path="/v1/check",
        method="POST",
        name="checkPerson",
        summary="May this person be sent this, and why?",
        description=(
            "By e-mail address, phone number, subject key or visitor id, so that no address stands in a URL. Somebody "
            "unknown is answered like one who never decided."
        ),
        scope=Scope.CHECK,
        body=SubjectQuestion,
        answer=SubjectAnswer,
        errors=(400, 413, 415, 422),
    ),
    ApiOperation(
        path="/v1/check/stream",
        method="POST",
        name="checkList",
        summary="Who on this list may be sent this?",
        description=(
            f"Up to {MOST_ROWS:,} rows and 256 MB, gzip allowed. One line for each row, in order, as of one moment; "
            "a bad row costs no other. The last line is a summary. Without it, or where it is not `complete`, nothing "
            "of the list may be used."
        ),
        scope=Scope.CHECK,
        answer=None,
        errors=(400, 409, 413, 415, 422),
        parameters=(
            _query("purpose", {"type": "string"}, "The messages purpose; else channel, topic and class name it."),
            _query("topic", {"type": "string"}, "Instead of the purpose: its topic."),
            *(_query(name, {"type": "string", "enum": list(CHOICES[name])}, text) for name, text in TEXTS.items()),
        ),
        body_types=tuple(READERS),
        answer_types=("application/x-ndjson", "text/csv"),
    ),
)
