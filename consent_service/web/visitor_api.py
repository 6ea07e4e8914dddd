"""The visitor API: one visitor's state and history, erasure, and single records."""

import logging

import msgspec
from flask import Blueprint, Response, request

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.consent_record import ConsentRecord
from consent_service.domain.identifier import VISITOR_ID
from consent_service.domain.site import Site
from consent_service.services.checking import check_visitor
from consent_service.services.erasing import erase_visitor
from consent_service.services.reading import Statement, history, record_of_site
from consent_service.web.api_access import refuse_key_in_url
from consent_service.web.check_endpoint import DecisionAnswer, answer_body, visible_purposes
from consent_service.web.parts import parts
from consent_service.web.problems import Problem

_log = logging.getLogger(__name__)


class RecordAnswer(msgspec.Struct, kw_only=True):
    """A consent record and the compact JWS that proves it."""

    record: ConsentRecord
    signed: str


class VisitorAnswer(msgspec.Struct, kw_only=True):
    """A visitor's present decisions and the records behind them, newest first.

    ``unverified`` counts the records left out because they do not match their signature.
    """

    visitor: str
    decisions: dict[str, DecisionAnswer]
    history: list[RecordAnswer]
    unverified: int


class ErasureAnswer(msgspec.Struct, kw_only=True):
    """How many records an erasure removed."""

    erased: int


def get_visitor(visitor: str) -> Response:
    """Answer with state and history; an unknown visitor has an empty history."""
    key, site = _access(Scope.CHECK)
    _require_visitor_id(visitor)
    resources = parts().resources
    answers = check_visitor(resources, site, visitor, visible_purposes(site, key, None), signal=False)
    decisions = {purpose: answer_body(answer) for purpose, answer in answers.items()}
    told = history(resources, site, visitor)
    records = [visible for statement in told.statements if (visible := _visible(key, statement))]
    return _json(VisitorAnswer(visitor=visitor, decisions=decisions, history=records, unverified=told.unverified))


def delete_visitor(visitor: str) -> Response:
    """Erase a visitor; repeating it is harmless."""
    key, site = _access(Scope.ADMIN)
    if key.purposes is not None:
        raise Problem(403, "key_limited", "This key sees only some purposes; erasing needs one that sees all.")
    _require_visitor_id(visitor)
    return _json(ErasureAnswer(erased=erase_visitor(parts().resources, site, visitor, f"key:{key.id}")))


def get_record(record: str) -> Response:
    """Answer with one record of the key's site."""
    key, site = _access(Scope.CHECK)
    statement = record_of_site(parts().resources, site, record)
    visible = _visible(key, statement) if statement else None
    if visible is None:
        raise Problem(404, "record_unknown", "There is no such record on the site of this key.")
    return _json(visible)


def _visible(key: ApiKey, statement: Statement) -> RecordAnswer | None:
    """Show a record whole or not at all: cutting purposes out would break its signature."""
    if all(key.sees(purpose) for purpose in statement.record.decisions):
        return RecordAnswer(record=statement.record, signed=statement.signed)
    return None


def _access(scope: Scope) -> tuple[ApiKey, Site]:
    wired = parts()
    refuse_key_in_url(request.args.items(multi=True))
    key = wired.gate.admit(request.headers.get("Authorization"), scope)
    site = wired.sites.sites.get(key.site)
    if site is None:
        raise Problem(403, "site_gone", f"The site '{key.site}' of this key is not served here.")
    _log.info("records were accessed", extra={"key": key.id, "site": site.id, "method": request.method})
    return key, site


def _require_visitor_id(visitor: str) -> None:
    if not VISITOR_ID.fullmatch(visitor):
        raise Problem(400, "visitor_malformed", "A visitor id is 22 characters of base64url.")


def _json(body: msgspec.Struct) -> Response:
    response = Response(msgspec.json.encode(body), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def visitor_api_blueprint() -> Blueprint:
    """Serve visitors and records."""
    blueprint = Blueprint("visitor_api", __name__, url_prefix="/v1")
    for path, view, method in (
        ("/visitors/<visitor>", get_visitor, "GET"),
        ("/visitors/<visitor>", delete_visitor, "DELETE"),
        ("/records/<record>", get_record, "GET"),
    ):
        blueprint.add_url_rule(path, view_func=view, methods=[method], provide_automatic_options=False)
    return blueprint
