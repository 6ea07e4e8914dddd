"""The subscription API: a yes that a shop was given, at a checkout or over the counter, with what proves it."""

from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.errors import ActFault
from consent_service.domain.ledger.actor import name_key_actor
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ActVerdict
from consent_service.domain.subject.grant_rules import (
    SOFT_CONDITIONS,
    Purchase,
    Way,
    find_way,
    require_own_proof,
    require_reach,
    require_soft_evidence,
)
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.recording_grants import Grant, record_grant
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.recording_acts import Acted
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import (
    admit,
    answer_json,
    identify,
    make_act_problem,
    make_api_routes,
    read_body,
)
from consent_service.web.api.asked_purposes import find_named_purposes
from consent_service.web.api.idempotency import PARAMETER, run_once
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.link_origin import find_link_origin
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import find_wiring
from consent_service.web.messages.act_fields import read_act_field
from consent_service.web.messages.shown_notice import SHOP, find_or_make_notice
from consent_service.web.messages.subscription_body import SubscriptionAnswer, SubscriptionBody

PATH = "/v1/subscriptions"


def post_subscription() -> Response:
    """Take a yes: a confirmation goes out for e-mail with consent, everything else counts at once or not at all."""
    key, site = admit(Scope.WRITE)
    body = read_body(SubscriptionBody)
    if body.minor:
        return _erase_minor(key, site, body)
    try:
        return _subscribe(key, site, body)
    except ActFault as fault:
        raise make_act_problem(fault) from None


def _subscribe(key: ApiKey, site: Site, body: SubscriptionBody) -> Response:
    purposes = find_named_purposes(site, key, body.purposes, body.topics, body.channel)
    declined = find_named_purposes(site, key, body.declined, None, None)
    if both := [purpose.key for purpose in purposes if purpose in declined]:
        raise Problem(422, "purposes_contradictory", f"{both[0]!r} stands there as ticked and as declined.")
    person = identify(site, body)
    if not purposes:
        return answer_json(SubscriptionAnswer(status="nothing"))
    way = find_way(purposes)
    require_reach(person.address, purposes)
    if way is Way.CONFIRMED:
        wish = _make_wish(site, key, body, person, purposes)
        return run_once(key, lambda: _request_confirmation(site, wish))
    grant = _make_grant(site, key, body, person, purposes, way)
    return run_once(key, lambda: _record_grant(site, grant))


def _request_confirmation(site: Site, wish: Wish) -> Response:
    identifier = request_subscription(find_wiring().resources, site, wish)
    return answer_json(SubscriptionAnswer(status="pending", request_id=identifier), 202)


def _record_grant(site: Site, grant: Grant) -> Response:
    acted = record_grant(find_wiring().resources, site, grant)
    verdicts = {purpose: str(verdict) for purpose, verdict in acted.verdicts.items()}
    return answer_json(SubscriptionAnswer(status=_name_status(acted), record=acted.record, verdicts=verdicts))


def _name_status(acted: Acted) -> str:
    verdicts = set(acted.verdicts.values())
    if verdicts == {ActVerdict.BLOCKED}:
        return "blocked"
    return "recorded" if ActVerdict.APPLIED in verdicts else "unchanged"


def _erase_minor(key: ApiKey, site: Site, body: SubscriptionBody) -> Response:
    """Take the shop's word that a person is under the age limit: everything about them goes, and nothing is sent."""
    require_all_purposes(key, "erasing")
    person = identify(site, body)
    resources, actor = find_wiring().resources, name_key_actor(key.id)
    erase_subject(resources, site, person.principal, actor, block=Block.MINOR, others=person.others)
    return answer_json(SubscriptionAnswer(status="blocked"))


def _make_wish(
    site: Site, key: ApiKey, body: SubscriptionBody, person: Identified, purposes: tuple[Purpose, ...]
) -> Wish:
    return Wish(
        person=person,
        purposes=tuple(purpose.key for purpose in purposes),
        notice=find_or_make_notice(site, body.wording, purposes),
        origin=find_link_origin(site),
        source=body.source or SHOP,
        evidence=body.evidence,
        actor=name_key_actor(key.id),
        ref=body.ref,
    )


def _make_grant(
    site: Site, key: ApiKey, body: SubscriptionBody, person: Identified, purposes: tuple[Purpose, ...], way: Way
) -> Grant:
    purchase = Purchase(read_act_field(body.sale.at), body.sale.reference) if way is Way.SOFT and body.sale else None
    if way is Way.SOFT:
        conditions = {name: getattr(body, name) for name in SOFT_CONDITIONS}
        evidence = require_soft_evidence(purchase, conditions, body.evidence)
    else:
        evidence = require_own_proof(body.source, body.evidence)
    return Grant(
        person=person,
        purposes=purposes,
        notice=find_or_make_notice(site, body.wording, purposes),
        at=purchase.at if purchase else read_act_field(body.at),
        actor=name_key_actor(key.id),
        source=body.source or SHOP,
        evidence=evidence,
        ref=body.ref,
    )


def subscription_api_blueprint() -> Blueprint:
    """Serve subscriptions."""
    return make_api_routes("subscription_api", ("POST", PATH, post_subscription))


OPERATIONS = (
    ApiOperation(
        path=PATH,
        method="POST",
        name="subscribe",
        summary="A yes that your shop was given",
        description=(
            "E-mail with consent: 202, a confirmation goes out and nothing is allowed before it. Soft opt-in and "
            "other channels: 200, recorded at once, never against an earlier no. No purposes: 200, nothing changes."
        ),
        scope=Scope.WRITE,
        body=SubscriptionBody,
        answer=SubscriptionAnswer,
        status=202,
        also=(200,),
        errors=(400, 409, 413, 415, 422),
        parameters=(PARAMETER,),
    ),
)
