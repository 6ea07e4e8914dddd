"""What the checks of persons and lists say of themselves, for the description."""

from consent_service.domain.api_key import Scope
from consent_service.domain.identifier import VISITOR_ID
from consent_service.web.api.api_operation import (
    STRINGS,
    ApiOperation,
    describe_choice,
    describe_pattern,
    describe_query_parameter,
)
from consent_service.web.api.decision_answer import MAX_PURPOSES
from consent_service.web.check.check_endpoint import CheckAnswer
from consent_service.web.check.list_check_api import MAX_ROWS
from consent_service.web.check.list_question import CHOICES, READERS
from consent_service.web.check.subject_check_api import SubjectAnswer, SubjectQuestion

TEXTS = {
    "return": "Which rows come back; the summary counts all of them.",
    "links": "1 adds headers and links to every row that may be sent to; needs the scope links as well.",
    "format": "What is sent back.",
    "channel": "Instead of the purpose: its channel.",
    "class": "Instead of the purpose: whether a person's own act decides, or an order or a duty needs the message.",
}


VISITOR = (
    describe_query_parameter(
        "visitor", "The visitor's id: the third part of the visitor cookie.", describe_pattern(VISITOR_ID)
    ),
    describe_query_parameter(
        "cookie", "The raw value of the visitor cookie, instead of the id. One that cannot be believed is nobody's."
    ),
    describe_query_parameter(
        "purpose",
        "May be repeated; without it the answer holds every purpose the key may see.",
        {**STRINGS, "maxItems": MAX_PURPOSES},
    ),
    describe_query_parameter(
        "signal",
        "'gpc' when the browser's request to you carries Sec-GPC: 1.",
        describe_choice(("gpc", "none")),
    ),
)

OPERATIONS = (
    ApiOperation(
        path="/v1/check",
        method="GET",
        name="checkVisitor",
        summary="May this be done for this visitor, and why?",
        description=(
            "Send exactly one of `visitor` and `cookie`. An unknown visitor is answered like one who never decided."
        ),
        scope=Scope.CHECK,
        answer=CheckAnswer,
        errors=(400, 414),
        parameters=VISITOR,
    ),
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
            f"Up to {MAX_ROWS:,} rows and 256 MB, gzip allowed. One line for each row, in order, as of one moment; "
            "a bad row costs no other. The last line is a summary. Without it, or where it is not `complete`, nothing "
            "of the list may be used."
        ),
        scope=Scope.CHECK,
        answer=None,
        errors=(400, 409, 413, 415, 422),
        parameters=(
            describe_query_parameter("purpose", "The messages purpose; else channel, topic and class name it."),
            describe_query_parameter("topic", "Instead of the purpose: its topic."),
            *(describe_query_parameter(name, text, describe_choice(CHOICES[name])) for name, text in TEXTS.items()),
        ),
        body_types=tuple(READERS),
        answer_types=("application/x-ndjson", "text/csv"),
    ),
)
