"""The API description: OpenAPI 3.1, made from the same types that the endpoints encode."""

from typing import Any

import msgspec

from consent_service import __version__
from consent_service.domain.ledger.decision_order import Reason
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.check import check_operations
from consent_service.web.feed import changes_api, export_api, webhook_operations
from consent_service.web.frame.problems import CONTENT_TYPE, ProblemDetails
from consent_service.web.imports import import_operations
from consent_service.web.ledger import ledger_api
from consent_service.web.messages import inbound_api, links_api, subscription_api, suppressions_api, withdrawals_api
from consent_service.web.messages import suppression_list_api as suppression_list
from consent_service.web.rights import subjects_api, visitor_api

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
JSON = ("application/json",)
ALWAYS = (401, 403, 503)
"""The errors that every operation may answer with."""
INTRODUCTION = (
    "Ask before you track. Send your key as a Bearer header and never in a URL. "
    "Anything but a plain `allowed: true` means no. Reasons: "
)


OPERATIONS: tuple[ApiOperation, ...] = (
    *check_operations.OPERATIONS,
    *links_api.OPERATIONS,
    *visitor_api.OPERATIONS,
    *ledger_api.OPERATIONS,
    *subjects_api.OPERATIONS,
    *subscription_api.OPERATIONS,
    *withdrawals_api.OPERATIONS,
    *inbound_api.OPERATIONS,
    *suppressions_api.OPERATIONS,
    *suppression_list.OPERATIONS,
    *changes_api.OPERATIONS,
    *export_api.OPERATIONS,
    *webhook_operations.OPERATIONS,
    *import_operations.OPERATIONS,
)
"""What the modules of the API say of themselves."""


def describe_api() -> dict[str, Any]:
    """Describe the JSON API."""
    described = [kind for operation in OPERATIONS for kind in (operation.body, operation.answer) if kind]
    kinds = dict.fromkeys([*described, ProblemDetails])
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
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
        "paths": _describe_paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key of one site."}},
        },
        "security": [{"key": []}],
    }


def _describe_paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe_operation(operation)
    return paths


def _describe_operation(operation: ApiOperation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.description} Scope: {operation.scope}.",
        "responses": _describe_responses(operation),
    }
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.body or operation.schemas or operation.body_types != JSON:
        body = _describe_content("What to send.", operation.body, operation.body_types)
        body["content"] |= {media_type: {"schema": dict(schema)} for media_type, schema in operation.schemas.items()}
        described["requestBody"] = body | {"required": True}
    return described


def _describe_responses(operation: ApiOperation) -> dict[str, Any]:
    good = _describe_content("The answer.", operation.answer, operation.answer_types)
    bad = _describe_content("What is wrong.", ProblemDetails, (CONTENT_TYPE,))
    return {
        **dict.fromkeys(map(str, (operation.status, *operation.also)), good),
        **{str(status): {"description": "Nothing to tell."} for status in operation.empty},
        **dict.fromkeys(sorted(map(str, {*ALWAYS, *operation.errors})), bad),
    }


def _describe_content(description: str, kind: type | None, types: tuple[str, ...]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"} if kind else {"type": "string"}
    return {"description": description, "content": {name: {"schema": schema} for name in types}}
