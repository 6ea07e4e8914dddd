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
    "nothing_sealed": "No record of the site is sealed yet.",
    "not_sealed": "The record is not sealed yet; ask again in ten seconds.",
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
    "body_malformed": "The body is no JSON.",
    "body_invalid": "The body lacks something or has something odd; the detail names the place.",
    "payment_data": "A card number or a field for card data was sent; nothing was kept.",
    "purposes_missing": "Neither or both of purposes and topics were sent, or topics without their channel.",
    "purpose_unknown": "The site has no such messages to say yes or no to.",
    "purposes_mixed": "The purposes need different things; send one call for each kind.",
    "purposes_contradictory": "A purpose was sent as ticked and as declined.",
    "wording_missing": "What the person was shown was not sent, or in a language that the site does not speak.",
    "notice_unknown": "The site has no such notice, or it does not ask for the purpose.",
    "address_needed": "The channel needs an address of another sort than the one that was sent.",
    "soft_opt_in_incomplete": "A condition of soft opt-in is not met or was not sent.",
    "person_missing": "Not exactly one of email, phone and subject was sent.",
    "address_invalid": "The e-mail address, phone number or subject key is none; the detail says why.",
    "origin_unknown": "The site file does not say where links lead; ask at the shop's own address.",
    "purpose_not_endable": "The purpose is none that a link can end, or belongs to another channel.",
    "subject_malformed": "This is not the shape of a subject key.",
    "withdrawal_unclear": "Not exactly one of purposes, channel and all was sent.",
    "evidence_missing": "This act needs evidence: a code that leads to what was said.",
    "idempotency_malformed": "The Idempotency-Key is too long, empty, or not printable ASCII.",
    "idempotency_mismatch": "The Idempotency-Key came before with another request; nothing was done.",
    "future_time": "The time of the act lies more than five minutes ahead.",
    "cursor_unknown": "This is not a cursor of the site.",
    "cursor_too_old": "The changes after the cursor are not kept any more; start again with an export.",
    "number_invalid": "A number is none, or out of its bounds; the detail names it.",
    "channel_unknown": "There is no such channel.",
    "format_unknown": "There is no such format.",
    "webhook_unknown": "There is no such webhook within reach of the key.",
    "webhook_refused": "Webhooks may not go to this address; the detail says why.",
    "webhooks_too_many": "The site has as many webhooks as it may.",
    "delivery_unknown": "There is nothing to send again under this id.",
    "range_invalid": "The range of changes is empty or too long.",
    "purpose_unclear": "The purpose was named in two ways, or not so that one messages purpose is meant.",
    "parameter_invalid": "A query parameter has a value that it cannot have.",
    "lists_too_many": "As many lists as may be are being checked already; try again later.",
    "exports_too_many": "As many exports as may be are being sent already; try again later.",
    "gzip_broken": "The body is not gzip, is damaged or ends too early.",
    "column_missing": "The header of the CSV names no column with an address.",
    "empty_file": "The file holds no line.",
    "not_utf8": "The file is not UTF-8; save it so, or state its encoding.",
    "encoding_conflict": "The file is not in the encoding that was stated.",
    "unknown_encoding": "There is no such encoding to state.",
    "header_too_long": "The first line is too long to be the header of a CSV file.",
    "header_broken": "The first line of the file is not a list of columns.",
    "missing_column": "The file lacks a column that its kind has; the detail names it.",
    "repeated_column": "The file has several columns of one name that counts.",
    "source_missing": "It was not said where these people made their choices.",
    "unknown_preset": "There is no such preset.",
    "unknown_kind": "The preset has no such file.",
    "kind_missing": "It cannot be told which file of the preset this is; name its kind.",
    "kind_conflict": "The file looks like another one than was named.",
    "mapping_incomplete": "The mapping does not say where the address or the status is.",
    "unknown_field": "The mapping names a field there is not.",
    "unknown_status": "The mapping names a status there is not.",
    "unknown_topic": "The site has no such topic.",
    "unknown_basis": "A yes rests on consent or on soft_opt_in.",
    "unknown_zone": "There is no such time zone.",
    "time_malformed": "The stated time is none; write it like 2026-01-31T08:30:00Z.",
    "time_form_malformed": "The stated form of times is none; write it like DD-MM-YYYY HH:mm.",
    "topic_missing": "A file of this kind holds one topic a channel; choose one.",
    "file_missing": "Not exactly one file was sent, in the field 'file'.",
    "import_running": "An import of this site is not finished yet.",
    "import_unknown": "There is no such import within reach of the key.",
    "report_gone": "The report is older than 30 days, or went with an erasure.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "The address does not take this method; see the Allow header.",
    "length_required": "The request does not say how long its body is; send a Content-Length.",
    "too_large": "The request is too large.",
    "wrong_type": "The content type is not taken here.",
    "too_many": "More was asked for than people ask for; nothing was done. Try again in ten minutes.",
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
