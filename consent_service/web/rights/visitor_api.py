"""The visitor API: one visitor's state and history, erasure, and single records."""

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.identifier import RECORD_ID, VISITOR_ID
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.ledger.consent_record import ConsentRecord
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.reading_records import SignedRecord, find_record_of_site, read_history
from consent_service.services.rights.erasing import erase_visitor
from consent_service.web.api.api_operation import ApiOperation, describe_path_parameter, describe_pattern
from consent_service.web.api.api_request import admit, answer_json, make_api_routes
from consent_service.web.api.decision_answer import DecisionAnswer, list_visible_purposes, write_answer_bodies
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring

VISITOR = describe_path_parameter(
    "visitor", "The visitor's id: the third part of the visitor cookie.", describe_pattern(VISITOR_ID)
)
RECORD = describe_path_parameter(
    "record", "The record's id, as an answer or a receipt names it.", describe_pattern(RECORD_ID)
)


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
    key, site = admit(Scope.CHECK)
    _require_visitor_id(visitor)
    resources = find_wiring().resources
    answers = check_visitor(resources, site, visitor, list_visible_purposes(site, key, None), signal=False)
    decisions = write_answer_bodies(answers)
    read = read_history(resources, site, visitor)
    records = [visible for statement in read.statements if (visible := _show_if_visible(key, statement))]
    return answer_json(VisitorAnswer(visitor=visitor, decisions=decisions, history=records, unverified=read.unverified))


def delete_visitor(visitor: str) -> Response:
    """Erase a visitor; repeating it is harmless."""
    key, site = admit(Scope.ADMIN)
    require_all_purposes(key, "erasing")
    _require_visitor_id(visitor)
    erased = erase_visitor(find_wiring().resources, site, visitor, name_key_actor(key.id))
    return answer_json(ErasureAnswer(erased=erased))


def get_record(record: str) -> Response:
    """Answer with one record of the key's site."""
    key, site = admit(Scope.CHECK)
    statement = find_record_of_site(find_wiring().resources, site, record)
    visible = _show_if_visible(key, statement) if statement else None
    if visible is None:
        raise Problem(404, "record_unknown", "There is no such record on the site of this key.")
    return answer_json(visible)


def _show_if_visible(key: ApiKey, statement: SignedRecord) -> RecordAnswer | None:
    """Show a record whole or not at all: cutting purposes out would break its signature."""
    if all(key.sees(purpose) for purpose in statement.record.decisions):
        return RecordAnswer(record=statement.record, signed=statement.signed)
    return None


def _require_visitor_id(visitor: str) -> None:
    if not VISITOR_ID.fullmatch(visitor):
        raise Problem(400, "visitor_malformed", "A visitor id is 22 characters of base64url.")


def visitor_api_blueprint() -> Blueprint:
    """Serve visitors and records."""
    return make_api_routes(
        "visitor_api",
        ("GET", "/v1/visitors/<visitor>", get_visitor),
        ("DELETE", "/v1/visitors/<visitor>", delete_visitor),
        ("GET", "/v1/records/<record>", get_record),
    )


OPERATIONS = (
    ApiOperation(
        path="/v1/visitors/{visitor}",
        method="GET",
        name="readVisitor",
        summary="A visitor's present decisions and history",
        description="Records that name a purpose the key may not see are left out.",
        scope=Scope.CHECK,
        answer=VisitorAnswer,
        errors=(400,),
        parameters=(VISITOR,),
    ),
    ApiOperation(
        path="/v1/visitors/{visitor}",
        method="DELETE",
        name="eraseVisitor",
        summary="Erase a visitor",
        description="Records, decisions and history go; that an erasure happened is kept without identity.",
        scope=Scope.ADMIN,
        answer=ErasureAnswer,
        errors=(400,),
        parameters=(VISITOR,),
    ),
    ApiOperation(
        path="/v1/records/{record}",
        method="GET",
        name="readRecord",
        summary="One signed consent record",
        description="`signed` is a compact JWS that any JOSE library verifies against /consent/keys.json.",
        scope=Scope.CHECK,
        answer=RecordAnswer,
        errors=(400, 404),
        parameters=(RECORD,),
    ),
)
