"""Problem details (RFC 9457): how the JSON API says what is wrong and what to do."""

from dataclasses import dataclass, field

import msgspec
from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

CONTENT_TYPE = "application/problem+json"

PROBLEMS = {
    "bad_request": "The request cannot be understood.",
    "key_in_url": "A key was put into the URL; revoke it and send the next one as a Bearer header.",
    "key_missing": "There is no Authorization header with a Bearer key.",
    "key_malformed": "The key has the wrong shape or checksum: a copying mistake.",
    "key_unknown": "No such key was issued.",
    "key_revoked": "The key was revoked.",
    "key_expired": "The key is past its last day.",
    "scope_missing": "The key is not for this.",
    "site_gone": "The key's site is not served any more.",
    "key_limited": "The key sees only some purposes; this needs one that sees all.",
    "purpose_not_visible": "The key may not see a purpose that was asked.",
    "purposes_too_many": "Too many purposes were asked at once.",
    "parameter_unknown": "There is no such query parameter.",
    "parameter_repeated": "A query parameter may stand only once.",
    "signal_unknown": "The signal is neither gpc nor none.",
    "query_too_long": "The query is too long.",
    "visitor_missing": "Neither or both of visitor and cookie were sent.",
    "visitor_malformed": "This is not the shape of a visitor id.",
    "record_unknown": "There is no such record within reach of the key.",
    "record_broken": "The stored record does not verify; the operator has been told.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "The address does not take this method; see the Allow header.",
    "length_required": "The request does not say how long its body is; send a Content-Length.",
    "too_large": "The request is too large.",
    "wrong_type": "The content type is not taken here.",
    "unavailable": "Nothing can be answered now, so nothing is allowed; try again shortly.",
    "internal": "Something went wrong here. Nothing was allowed by it; the operator has been told.",
}
"""Every code, with what it means."""


class ProblemDetails(msgspec.Struct, kw_only=True):
    """The body of an error answer; ``code`` is stable, ``detail`` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str


@dataclass(slots=True)
class Problem(Exception):
    """An error answer of the JSON API."""

    status: int
    code: str
    detail: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def body(self) -> bytes:
        """Serialise the problem."""
        title = HTTP_STATUS_CODES.get(self.status, "Error")
        return msgspec.json.encode(
            ProblemDetails(
                type=f"/docs#{self.code}", title=title, status=self.status, code=self.code, detail=self.detail
            )
        )

    def all_headers(self) -> list[tuple[str, str]]:
        """List the headers of the answer."""
        return [("Content-Type", CONTENT_TYPE), ("Cache-Control", "no-store"), *self.headers]

    def response(self) -> Response:
        """Answer with the problem."""
        response = Response(self.body(), self.status)
        response.headers.clear()
        response.headers.extend(self.all_headers())
        return response
