"""API operations: what each endpoint says of itself, for the description."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from consent_service.domain.api_key import Scope

STRING: Mapping[str, Any] = {"type": "string"}
STRINGS: Mapping[str, Any] = {"type": "array", "items": STRING}


class ApiOperation(NamedTuple):
    """One operation; ``path`` is in the form of OpenAPI, ``name`` the operation id.

    ``body`` and ``answer`` are the types of the JSON sent and answered, or None. ``errors`` are the statuses besides
    401, 403 and 503, ``also`` further good ones with the same content, ``empty`` those without a body. ``parameters``
    are OpenAPI parameter objects, ``schemas`` those of bodies by media type, for what is neither JSON nor plain text.
    """

    path: str
    method: str
    name: str
    summary: str
    description: str
    scope: Scope
    answer: type[msgspec.Struct] | None
    body: type[msgspec.Struct] | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    errors: tuple[int, ...] = ()
    empty: tuple[int, ...] = ()
    parameters: tuple[Mapping[str, Any], ...] = ()
    body_types: tuple[str, ...] = ("application/json",)
    answer_types: tuple[str, ...] = ("application/json",)
    schemas: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def describe_query_parameter(name: str, description: str, schema: Mapping[str, Any] = STRING) -> Mapping[str, Any]:
    """Describe a parameter of the query, none of which is ever required."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def describe_path_parameter(name: str, description: str, schema: Mapping[str, Any] = STRING) -> Mapping[str, Any]:
    """Describe a part of the path."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def describe_pattern(expression: re.Pattern[str]) -> Mapping[str, Any]:
    """Describe a text by the expression that all of it has to match."""
    return {"type": "string", "pattern": f"^{expression.pattern}$"}


def describe_choice(values: Iterable[str], **usual: str) -> Mapping[str, Any]:
    """Describe a text that is one of some, and as ``default`` what it is where it is left out."""
    return {"type": "string", "enum": [str(value) for value in values], **usual}


def describe_whole_number(least: int, most: int, usual: int) -> Mapping[str, Any]:
    """Describe a whole number and what it is where it is left out."""
    return {"type": "integer", "minimum": least, "maximum": most, "default": usual}
