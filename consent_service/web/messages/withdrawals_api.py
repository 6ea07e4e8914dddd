"""The withdrawals API: a no that reached the shop in an app, by phone or at the counter."""

from enum import StrEnum
from typing import Annotated

import msgspec
from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.errors import ActFault
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.ledger.decision import Method
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.messages.recording_withdrawals import Withdrawal, record_withdrawal
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import (
    Person,
    admit,
    answer_json,
    identify,
    make_act_problem,
    make_api_routes,
    read_body,
)
from consent_service.web.api.decision_answer import DecisionAnswer, write_answer_bodies
from consent_service.web.api.idempotency import PARAMETER, run_once
from consent_service.web.frame.key_gate import make_hidden_problem, require_all_purposes
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.act_fields import Evidence, Source, Time, read_act_field

Purposes = Annotated[list[str], msgspec.Meta(min_length=1, max_length=50)]


class ReceivedBy(StrEnum):
    """How a withdrawal reached the people of the shop, who entered it."""

    PHONE = "phone"
    MAIL = "mail"
    LETTER = "letter"
    COUNTER = "counter"
    CHAT = "chat"


class WithdrawalRequest(Person, kw_only=True, forbid_unknown_fields=True):
    """Who takes back what: exactly one of some purposes, a channel, and everything.

    ``at`` is when the person said so, left out for now. ``received_by`` says that somebody of the shop took it down;
    it needs evidence, such as the code of a note.
    """

    purposes: Purposes | None = None
    channel: Channel | None = None
    all: bool = False
    at: Time | None = None
    source: Source = "api"
    evidence: Evidence = msgspec.field(default_factory=dict)
    received_by: ReceivedBy | None = None


class WithdrawalAnswer(msgspec.Struct, kw_only=True):
    """What holds now for what was taken back; ``record`` is null and ``seq`` 0 where that held before."""

    subject: str
    record: str | None
    decisions: dict[str, DecisionAnswer]
    seq: int


def post_withdrawal() -> Response:
    """Record a withdrawal."""
    key, site = admit(Scope.WRITE)
    body = read_body(WithdrawalRequest)
    person = identify(site, body)
    purposes = _find_withdrawn_purposes(site, key, body)
    if body.received_by and not body.evidence:
        raise Problem(422, "evidence_missing", "With 'received_by', 'evidence' has to say which note it is about.")
    withdrawal = Withdrawal(
        purposes=purposes,
        method=Method.OPERATOR if body.received_by else Method.API,
        actor=name_key_actor(key.id, operator=bool(body.received_by)),
        at=None if body.at is None else read_act_field(body.at),
        source=body.source,
        stops_all=body.all,
        evidence=body.evidence | ({"received_by": body.received_by.value} if body.received_by else {}),
    )
    return run_once(key, lambda: _withdraw(site, person, withdrawal))


def _withdraw(site: Site, person: Identified, withdrawal: Withdrawal) -> Response:
    resources = find_wiring().resources
    try:
        acted = record_withdrawal(resources, site, person.principal, withdrawal, others=person.others)
    except ActFault as fault:
        raise make_act_problem(fault) from None
    answers = check_subject(resources, site, person, [purpose.key for purpose in withdrawal.purposes]).answers
    decisions = write_answer_bodies(answers)
    return answer_json(WithdrawalAnswer(subject=person.key, record=acted.record, decisions=decisions, seq=acted.seq))


def _find_withdrawn_purposes(site: Site, key: ApiKey, body: WithdrawalRequest) -> tuple[Purpose, ...]:
    """Find what is taken back; raises Problem for none or several ways to say it and for what the key may not see."""
    if (body.purposes is not None) + (body.channel is not None) + body.all != 1:
        raise Problem(422, "withdrawal_unclear", "Send exactly one of 'purposes', 'channel' and 'all': true.")
    known = {purpose.key: purpose for purpose in site.message_purposes}
    if body.purposes is not None:
        hidden = [name for name in body.purposes if not key.sees(name)]
        chosen = [known[name] for name in dict.fromkeys(body.purposes) if name in known]
        strays = [name for name in body.purposes if name not in known]
    else:
        chosen = [purpose for purpose in known.values() if body.channel in (None, purpose.channel)]
        hidden = [purpose.key for purpose in chosen if not key.sees(purpose.key)]
        strays = [] if chosen else [f"{body.channel}"]
    if body.all:
        require_all_purposes(key, "stopping everything")
    if hidden and body.purposes is not None:
        raise make_hidden_problem(key, hidden[0])
    if hidden:
        raise Problem(403, "purpose_not_visible", "This key may not see every purpose of this channel.")
    if strays and not body.all:
        seen = [purpose for purpose in known.values() if key.sees(purpose.key)]
        names = [purpose.key if body.purposes is not None else str(purpose.channel) for purpose in seen]
        hint = suggest_name(strays[0], names)
        detail = f"This site sends no messages for {strays[0][:64]!r} that one can refuse{hint}."
        raise Problem(422, "purpose_unknown", detail)
    return tuple(chosen)


def withdrawals_blueprint() -> Blueprint:
    """Serve withdrawals."""
    return make_api_routes("withdrawals_api", ("POST", "/v1/withdrawals", post_withdrawal))


OPERATIONS = (
    ApiOperation(
        path="/v1/withdrawals",
        method="POST",
        name="withdraw",
        summary="Record that a person takes a yes back",
        description=(
            "For a no that did not come by one of our links. It holds from the next check on. The newest act counts: "
            "a withdrawal older than a later yes is recorded and changes nothing."
        ),
        scope=Scope.WRITE,
        body=WithdrawalRequest,
        answer=WithdrawalAnswer,
        errors=(400, 413, 415, 422),
        parameters=(PARAMETER,),
    ),
)
