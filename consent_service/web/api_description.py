"""The API description: OpenAPI 3.1, made from the same types that the endpoints encode."""

from typing import Any

import msgspec

from consent_service import __version__
from consent_service.domain.decision import Reason
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


def api_description() -> dict[str, Any]:
    """Describe the JSON API."""
    answers = [CheckAnswer, VisitorAnswer, RecordAnswer, ErasureAnswer, ProblemDetails]
    _, schemas = msgspec.json.schema_components(answers, ref_template="#/components/schemas/{name}")
    for schema in schemas.values():
        schema["description"] = " ".join(schema["description"].replace("``", "`").split())
    reasons = "; ".join(f"`{reason}`: {meaning}" for reason, meaning in REASONS.items())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "consent-service",
            "version": __version__,
            "description": INTRODUCTION + reasons + ".",
        },
        "paths": {
            "/v1/check": {"get": _check()},
            "/v1/visitors/{visitor}": {
                "parameters": [_path("visitor", VISITOR_SCHEMA, VISITOR_TEXT)],
                **_visitor(),
            },
            "/v1/records/{record}": {
                "parameters": [_path("record", RECORD_SCHEMA, RECORD_TEXT)],
                "get": _record(),
            },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key of one site."}},
        },
        "security": [{"key": []}],
    }


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
    answer: type,
    errors: tuple[str, ...],
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    good = {"description": "The answer.", "content": {"application/json": {"schema": _reference(answer)}}}
    bad = {"description": "What is wrong.", "content": {CONTENT_TYPE: {"schema": _reference(ProblemDetails)}}}
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "description": description}
    if parameters:
        operation["parameters"] = parameters
    return operation | {"responses": {"200": good, **dict.fromkeys(errors, bad)}}


def _reference(answer: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{answer.__name__}"}


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _path(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
