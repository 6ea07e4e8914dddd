"""The subjects API: what is kept about a person known by an address, erasing it, and finding the key."""

from datetime import datetime

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import make_datetime
from consent_service.domain.errors import AddressFault
from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.ledger.consent_record import MessageRecord
from consent_service.domain.messages.declaration import Declaration
from consent_service.domain.site.purpose import Kind
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.rights.describing_subjects import describe_subject
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import Identified, identify_key
from consent_service.web.api.api_operation import ApiOperation, describe_path_parameter, describe_pattern
from consent_service.web.api.api_request import Person, admit, answer_json, identify, make_api_routes, read_body
from consent_service.web.api.decision_answer import DecisionAnswer, write_answer_bodies
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.rights.visitor_api import ErasureAnswer

SUBJECT = describe_path_parameter(
    "subject", "The subject's key, as answers and the feed name it.", describe_pattern(SUBJECT_KEY)
)


class MessageRecordAnswer(msgspec.Struct, kw_only=True):
    """A consent record about messages and the compact JWS that proves it."""

    record: MessageRecord
    signed: str


class DeclarationAnswer(msgspec.Struct, kw_only=True):
    """Somebody who proved nothing said that the subject is under the age limit; it is yours to judge.

    ``disowned_at`` is when the owner of the address said that it was not them.
    """

    declared_at: datetime
    source: str
    disowned_at: datetime | None


class SubjectStateAnswer(msgspec.Struct, kw_only=True):
    """What holds for a subject and the records behind it, newest first, with those of requests.

    ``unverified`` counts the records left out because they do not match their signature. ``address`` is there for a
    key with the scope admin that sees all purposes, where it is kept.
    """

    subject: str
    ref: str | None
    decisions: dict[str, DecisionAnswer]
    blocks: dict[str, datetime]
    stopped_at: datetime | None
    paused_until: datetime | None
    declared_minor: DeclarationAnswer | None
    history: list[MessageRecordAnswer]
    unverified: int
    address: str | None


class FindRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of an e-mail address and a phone number."""

    email: str | None = None
    phone: str | None = None


class FoundAnswer(msgspec.Struct, kw_only=True):
    """The key of whoever owns the address, whether or not anything is known of them."""

    subject: str


def get_subject(subject: str) -> Response:
    """Answer with state and history; somebody unknown has neither."""
    key, site = admit(Scope.CHECK)
    person = _identify_subject(site, subject)
    resources = find_wiring().resources
    described = describe_subject(resources, site, person.principal)
    visible = [p.key for p in site.purposes if p.kind is Kind.MESSAGES and key.sees(p.key)]
    answers = check_subject(resources, site, person, visible).answers
    records = [
        MessageRecordAnswer(record=one.record, signed=one.signed)
        for one in described.history.statements
        if isinstance(one.record, MessageRecord) and all(key.sees(purpose) for purpose in one.record.decisions)
    ]
    standing = described.standing
    address = described.address.entered if described.address and Scope.ADMIN in key.scopes and not key.limited else None
    return answer_json(
        SubjectStateAnswer(
            subject=person.key,
            ref=described.ref,
            decisions=write_answer_bodies(answers),
            blocks={name: make_datetime(since) for name, since in standing.blocks.items()},
            stopped_at=make_datetime(standing.stopped_at) if standing.stopped_at else None,
            paused_until=make_datetime(standing.paused_until) if standing.paused_until else None,
            declared_minor=_write_declaration(described.declaration),
            history=records,
            unverified=described.history.unverified,
            address=address,
        )
    )


def _write_declaration(found: Declaration | None) -> DeclarationAnswer | None:
    if found is None:
        return None
    disowned_at = make_datetime(found.disowned_at) if found.disowned_at else None
    return DeclarationAnswer(declared_at=make_datetime(found.declared_at), source=found.source, disowned_at=disowned_at)


def delete_subject_by_key(subject: str) -> Response:
    """Erase a subject; repeating it is harmless."""
    key, site = admit(Scope.ADMIN)
    require_all_purposes(key, "erasing")
    person = _identify_subject(site, subject)
    erased = erase_subject(find_wiring().resources, site, person.principal, name_key_actor(key.id))
    return answer_json(ErasureAnswer(erased=erased))


def post_find_subject() -> Response:
    """Answer with the key that an address leads to."""
    _, site = admit(Scope.CHECK)
    body = read_body(FindRequest, kept=False)
    return answer_json(FoundAnswer(subject=identify(site, Person(email=body.email, phone=body.phone)).key))


def _identify_subject(site: Site, subject: str) -> Identified:
    try:
        return identify_key(find_wiring().resources, site, subject)
    except AddressFault as fault:
        raise Problem(400, "subject_malformed", f"{fault}.") from None


def subjects_blueprint() -> Blueprint:
    """Serve subjects."""
    return make_api_routes(
        "subjects_api",
        ("GET", "/v1/subjects/<subject>", get_subject),
        ("DELETE", "/v1/subjects/<subject>", delete_subject_by_key),
        ("POST", "/v1/subjects/find", post_find_subject),
    )


OPERATIONS = (
    ApiOperation(
        path="/v1/subjects/{subject}",
        method="GET",
        name="readSubject",
        summary="A subject's present decisions and history",
        description="Records that name a purpose the key may not see are left out.",
        scope=Scope.CHECK,
        answer=SubjectStateAnswer,
        errors=(400,),
        parameters=(SUBJECT,),
    ),
    ApiOperation(
        path="/v1/subjects/{subject}",
        method="DELETE",
        name="eraseSubject",
        summary="Erase a subject",
        description=(
            "Records, decisions, history and the address go. The keyed hash stays with the reason and the date, so "
            "that the address is not mailed again."
        ),
        scope=Scope.ADMIN,
        answer=ErasureAnswer,
        errors=(400,),
        parameters=(SUBJECT,),
    ),
    ApiOperation(
        path="/v1/subjects/find",
        method="POST",
        name="findSubject",
        summary="The key that an address leads to",
        description="The same for addresses that are known and those that are not. Nothing is kept.",
        scope=Scope.CHECK,
        body=FindRequest,
        answer=FoundAnswer,
        errors=(400, 413, 415, 422),
    ),
)
