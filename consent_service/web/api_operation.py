"""API operations: what each endpoint says of itself, for the description."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from consent_service.domain.api_key import Scope


class ApiOperation(NamedTuple):
    """One operation; ``path`` is in the form of OpenAPI, ``name`` the operation id.

    ``body`` and ``answer`` are the types of the JSON sent and answered, or None. ``other`` describes further
    content by media type, where something else than JSON is sent. ``errors`` are the statuses besides 401, 403 and
    503, ``also`` further good ones with the same content, ``empty`` those without a body. ``parameters`` are OpenAPI
    parameter objects, ``schemas`` those of bodies by media type, for what is neither JSON nor plain text.
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
