"""What a posted form must be before it is read: of known length, a form, and from a page that may post it."""

from typing import Any

from flask import Request
from werkzeug.exceptions import LengthRequired, UnsupportedMediaType

from consent_service.domain.site.site_directory import Mount
from consent_service.domain.visitor.form_origin import OriginVerdict, judge_origin

MAX_FIELDS = 100
URLENCODED = "application/x-www-form-urlencoded"
FORM_TYPES = frozenset({URLENCODED, "multipart/form-data"})


def require_length(request: Request) -> None:
    """Raise LengthRequired for a body that does not say how long it is: it would be cut off without a word."""
    if "Transfer-Encoding" in request.headers and request.content_length is None:
        raise LengthRequired


def require_form(request: Request) -> None:
    """Raise LengthRequired for a body of unknown length and UnsupportedMediaType for one that is no form."""
    require_length(request)
    if request.mimetype and request.mimetype not in FORM_TYPES:
        raise UnsupportedMediaType


def judge_form_origin(mount: Mount, environ: dict[str, Any]) -> OriginVerdict:
    """Judge where a form came from by what the browser says of it."""
    return judge_origin(
        sec_fetch_site=environ.get("HTTP_SEC_FETCH_SITE"),
        origin=environ.get("HTTP_ORIGIN"),
        referer=environ.get("HTTP_REFERER"),
        own_origin=mount.origin,
        trusted_origins=mount.trusted,
    )
