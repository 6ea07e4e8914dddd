"""The API description: OpenAPI 3.1, made from the same types that the endpoints encode."""

from typing import Any

import msgspec

from consent_service import __version__
from consent_service.domain.decision import Reason
from consent_service.web import (
    changes_api,
    check_operations,
    export_api,
    import_operations,
    inbound_api,
    links_api,
    subjects_api,
    subscription_api,
    suppression_list,
    suppressions_api,
    webhook_operations,
    withdrawals_api,
)
from consent_service.web.api_operation import ApiOperation
from consent_service.web.check_endpoint import MAX_PURPOSES, CheckAnswer
from consent_service.web.problems import CONTENT_TYPE, ProblemDetails
from consent_service.web.visitor_api import ErasureAnswer, RecordAnswer, VisitorAnswer

REASONS = {
    Reason.UNKNOWN_PURPOSE: "the site has no such purpose",
    Reason.NOT_CONSENT_BASED: "allowed: the purpose does not rest on consent and is never asked",
    Reason.NEVER_ASKED: "the visitor has not decided",
    Reason.REFUSED: "the visitor said no",
    Reason.WITHDRAWN: "the visitor took a yes back",
    Reason.SIGNAL: "the browser's opt-out signal covers the purpose and no later choice overrides it",
    Reason.EXPIRED: "the yes is past its validity",
    Reason.OUTDATED: "the yes was given to a text that has since changed in a material way",
    Reason.GRANTED: "allowed: the visitor said yes",
    Reason.SOFT_OPT_IN: "allowed: soft opt-in, which the person has not objected to",
    Reason.PENDING: "a request waits for its confirmation",
    Reason.PAUSED: "the person asked for a pause, which still lasts",
    Reason.BLOCKED_COMPLAINT: "the address complained of a message",
    Reason.BLOCKED_BOUNCE: "messages to the address do not arrive",
    Reason.BLOCKED_MANUAL: "the shop blocked the address",
    Reason.BLOCKED_MINOR: "the person is under the shop's age limit",
    Reason.BLOCKED_ERASED: "the person was erased and is not to be contacted again",
}
VISITOR_SCHEMA = {"type": "string", "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$"}
RECORD_SCHEMA = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
VISITOR_TEXT = "The visitor's id: the third part of the visitor cookie."
RECORD_TEXT = "The record's id, as an answer or a receipt names it."
INTRODUCTION = (
    "Ask before you track. Send your key as a Bearer header and never in a URL. "
    "Anything but a plain `allowed: true` means no. Reasons: "
)


OPERATIONS: tuple[ApiOperation, ...] = (
    *changes_api.OPERATIONS,
    *export_api.OPERATIONS,
    *subscription_api.OPERATIONS,
    *inbound_api.OPERATIONS,
    *links_api.OPERATIONS,
    *webhook_operations.OPERATIONS,
    *check_operations.OPERATIONS,
    *import_operations.OPERATIONS,
    *subjects_api.OPERATIONS,
    *withdrawals_api.OPERATIONS,
    *suppressions_api.OPERATIONS,
    *suppression_list.OPERATIONS,
)
"""What the modules of the API say of themselves."""


def api_description() -> dict[str, Any]:
    """Describe the JSON API."""
    told = [kind for operation in OPERATIONS for kind in (operation.body, operation.answer) if kind]
    answers = [CheckAnswer, VisitorAnswer, RecordAnswer, ErasureAnswer, ProblemDetails, *dict.fromkeys(told)]
    _, schemas = msgspec.json.schema_components(answers, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        schema["description"] = " ".join(schema["description"].replace("``", "`").split())
    described = _paths()
    reasons = "; ".join(f"`{reason}`: {meaning}" for reason, meaning in REASONS.items())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "consent-service",
            "version": __version__,
            "description": INTRODUCTION + reasons + ".",
        },
        "paths": {
            "/v1/check": {"get": _check()} | described.pop("/v1/check"),
            "/v1/visitors/{visitor}": {
                "parameters": [_path("visitor", VISITOR_SCHEMA, VISITOR_TEXT)],
                **_visitor(),
            },
            "/v1/records/{record}": {
                "parameters": [_path("record", RECORD_SCHEMA, RECORD_TEXT)],
                "get": _record(),
            },
            **described,
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key of one site."}},
        },
        "security": [{"key": []}],
    }


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for told in OPERATIONS:
        errors = sorted({"401", "403", "503", *map(str, told.errors)})
        operation = _operation(told.name, told.summary, f"{told.description} Scope: {told.scope}.", None, (*errors,))
        good = _content("The answer.", told.answer, told.answer_types)
        operation["responses"] |= {str(status): good for status in (told.status, *told.also)}
        operation["responses"] |= {str(status): {"description": "Nothing to tell."} for status in told.empty}
        if told.body or told.body_types != ("application/json",):
            operation["requestBody"] = _content("What to send.", told.body, told.body_types) | {"required": True}
            for media_type, schema in told.schemas.items():
                operation["requestBody"]["content"][media_type] = {"schema": dict(schema)}
        if told.parameters:
            operation["parameters"] = list(told.parameters)
        paths.setdefault(told.path, {})[told.method.lower()] = operation
    return paths


def _content(description: str, kind: type | None, types: tuple[str, ...]) -> dict[str, Any]:
    schema = _reference(kind) if kind else {"type": "string"}
    return {"description": description, "content": {name: {"schema": schema} for name in types}}


def _check() -> dict[str, Any]:
    parameters = [
        _query("visitor", VISITOR_SCHEMA, VISITOR_TEXT),
        _query(
            "cookie",
            {"type": "string"},
            "The raw value of the visitor cookie, instead of the id. One that cannot be believed is nobody's.",
        ),
        _query(
            "purpose",
            {"type": "array", "items": {"type": "string"}, "maxItems": MAX_PURPOSES},
            "May be repeated; without it the answer holds every purpose the key may see.",
        ),
        _query(
            "signal",
            {"type": "string", "enum": ["gpc", "none"]},
            "'gpc' when the browser's request to you carries Sec-GPC: 1.",
        ),
    ]
    return _operation(
        "checkVisitor",
        "May this be done for this visitor, and why?",
        "Send exactly one of `visitor` and `cookie`. An unknown visitor is answered like one who never decided.",
        CheckAnswer,
        ("400", "401", "403", "414", "503"),
        parameters,
    )


def _visitor() -> dict[str, Any]:
    return {
        "get": _operation(
            "readVisitor",
            "A visitor's present decisions and history",
            "Records that name a purpose the key may not see are left out. Scope: check.",
            VisitorAnswer,
            ("400", "401", "403", "503"),
        ),
        "delete": _operation(
            "eraseVisitor",
            "Erase a visitor",
            "Records, decisions and history go; that an erasure happened is kept without identity. Scope: admin.",
            ErasureAnswer,
            ("400", "401", "403", "503"),
        ),
    }


def _record() -> dict[str, Any]:
    return _operation(
        "readRecord",
        "One signed consent record",
        "`signed` is a compact JWS that any JOSE library verifies against /consent/keys.json. Scope: check.",
        RecordAnswer,
        ("400", "401", "403", "404", "503"),
    )


def _operation(
    name: str,
    summary: str,
    description: str,
    answer: type | None,
    errors: tuple[str, ...],
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    good = {"200": _content("The answer.", answer, ("application/json",))} if answer else {}
    bad = {"description": "What is wrong.", "content": {CONTENT_TYPE: {"schema": _reference(ProblemDetails)}}}
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "description": description}
    if parameters:
        operation["parameters"] = parameters
    return operation | {"responses": {**good, **dict.fromkeys(errors, bad)}}


def _reference(answer: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{answer.__name__}"}


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _path(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
