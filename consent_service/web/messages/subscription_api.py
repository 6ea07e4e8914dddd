"""The subscription API: a yes that a shop was given, at a checkout or over the counter, with what proves it."""

from flask import Blueprint, Response

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.domain.errors import ActFault
from consent_service.domain.site.purpose import Purpose
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Verdict
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.recording_grants import Grant, record_grant
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.recording_acts import Acted
from consent_service.web.api.api_operation import ApiOperation
from consent_service.web.api.api_request import admit, answer, api_blueprint, identify, read_body, refuse_act
from consent_service.web.api.idempotency import PARAMETER, once
from consent_service.web.api.named_purposes import named_purposes
from consent_service.web.frame.key_gate import require_all_purposes
from consent_service.web.frame.link_origin import link_origin
from consent_service.web.frame.problems import Problem
from consent_service.web.frame.wiring import parts
from consent_service.web.messages.act_fields import act_time
from consent_service.web.messages.subscription_body import SubscriptionAnswer, SubscriptionBody
from consent_service.web.messages.subscription_rules import (
    SHOP,
    Way,
    own_proof,
    require_reach,
    soft_evidence,
    way_of,
    wording_of,
)

PATH = "/v1/subscriptions"


def post_subscription() -> Response:
    """Take a yes: a confirmation goes out for e-mail with consent, everything else counts at once or not at all."""
    key, site = admit(Scope.WRITE)
    body = read_body(SubscriptionBody)
    if body.minor:
        return _minor(key, site, body)
    purposes = named_purposes(site, key, body.purposes, body.topics, body.channel)
    declined = named_purposes(site, key, body.declined, None, None)
    if both := [purpose.key for purpose in purposes if purpose in declined]:
        raise Problem(422, "purposes_contradictory", f"{both[0]!r} stands there as ticked and as declined.")
    person = identify(site, body)
    if not purposes:
        return answer(SubscriptionAnswer(status="nothing"))
    way = way_of(purposes)
    require_reach(person, purposes)
    if way is Way.CONFIRMED:
        wish = _wish(site, key, body, person, purposes)
        return once(key, lambda: _request(site, wish))
    grant = _grant(site, key, body, person, purposes, way)
    return once(key, lambda: _record(site, grant))


def _request(site: Site, wish: Wish) -> Response:
    identifier = request_subscription(parts().resources, site, wish)
    return answer(SubscriptionAnswer(status="pending", request_id=identifier), 202)


def _record(site: Site, grant: Grant) -> Response:
    try:
        acted = record_grant(parts().resources, site, grant)
    except ActFault as fault:
        raise refuse_act(fault) from None
    verdicts = {purpose: str(verdict) for purpose, verdict in acted.verdicts.items()}
    return answer(SubscriptionAnswer(status=_status(acted), record=acted.record, verdicts=verdicts))


def _status(acted: Acted) -> str:
    verdicts = set(acted.verdicts.values())
    if verdicts == {Verdict.BLOCKED}:
        return "blocked"
    return "recorded" if Verdict.APPLIED in verdicts else "unchanged"


def _minor(key: ApiKey, site: Site, body: SubscriptionBody) -> Response:
    """Take the shop's word that a person is under the age limit: everything about them goes, and nothing is sent."""
    require_all_purposes(key, "erasing")
    person = identify(site, body)
    erase_subject(parts().resources, site, person.principal, f"key:{key.id}", block=Block.MINOR)
    return answer(SubscriptionAnswer(status="blocked"))


def _wish(site: Site, key: ApiKey, body: SubscriptionBody, person: Identified, purposes: tuple[Purpose, ...]) -> Wish:
    return Wish(
        person=person,
        purposes=tuple(purpose.key for purpose in purposes),
        notice=wording_of(site, body, purposes),
        origin=link_origin(site),
        source=body.source or SHOP,
        evidence=body.evidence,
        actor=f"key:{key.id}",
        ref=body.ref,
    )


def _grant(
    site: Site, key: ApiKey, body: SubscriptionBody, person: Identified, purposes: tuple[Purpose, ...], way: Way
) -> Grant:
    evidence = soft_evidence(body) if way is Way.SOFT else own_proof(body)
    return Grant(
        person=person,
        purposes=purposes,
        notice=wording_of(site, body, purposes),
        at=act_time(body.sale.at if way is Way.SOFT and body.sale else body.at),
        actor=f"key:{key.id}",
        source=body.source or SHOP,
        evidence=evidence,
        ref=body.ref,
    )


def subscription_api_blueprint() -> Blueprint:
    """Serve subscriptions."""
    return api_blueprint("subscription_api", ("POST", PATH, post_subscription))


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
