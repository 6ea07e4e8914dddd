"""Confirming: the owner of an address says yes to what was asked for it, once, or that it was not them."""

from enum import StrEnum
from typing import NamedTuple

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.messages.subscription_request import RequestEnd, SubscriptionRequest
from consent_service.domain.site.purpose import Purpose, find_ends
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.subject import Address
from consent_service.services.ledger.noting_denials import note_denial
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.messages.subscribing import TOKEN_BYTES, hash_token
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import keep_address, open_address, read_standing_of
from consent_service.services.subject.recording_acts import record_act
from consent_service.services.subject.settling_requests import REMEMBERED_DAYS, end_request, forget_pending
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.requests import (
    blank_request,
    delete_request,
    find_request_by_hash,
    list_expired_requests,
    settle_request,
)

TOKEN_LENGTH = TOKEN_BYTES * 4 // 3


class Status(StrEnum):
    """How a confirmation link stands."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Confirmation(NamedTuple):
    """What a confirmation link leads to; ``request`` is None where there never was one, or no longer is."""

    status: Status
    request: SubscriptionRequest | None = None
    address: Address | None = None
    purposes: tuple[Purpose, ...] = ()


def read_confirmation(resources: Resources, site: Site, token: str) -> Confirmation:
    """Find what a link asks to confirm; changes nothing.

    A purpose that means something else now than in the text that was shown is left out: it has to be asked for again.
    """
    request = find_request_by_hash(resources.database, hash_token(token)) if len(token) == TOKEN_LENGTH else None
    return _read_request(resources, site, request)


def _read_request(resources: Resources, site: Site, request: SubscriptionRequest | None) -> Confirmation:
    if request is None or request.site != site.id:
        return Confirmation(Status.UNKNOWN)
    if request.settled_as == RequestEnd.NOT_ME:
        return Confirmation(Status.UNKNOWN, request)
    if request.settled_as == RequestEnd.CONFIRMED:
        return Confirmation(Status.USED, request)
    if request.settled_as or resources.clock() >= request.expires_at:
        return Confirmation(Status.EXPIRED, request)
    notice = find_notice(resources, site.id, request.notice)
    shown, prints = notice.fingerprints if notice else {}, make_fingerprints(site)
    still = [key for key in request.purposes if key in prints and shown.get(key) == prints[key]]
    address = open_address(resources, request.kind, bytes(request.sealed), request.id)
    if address is None or not still:
        return Confirmation(Status.EXPIRED, request)
    return Confirmation(Status.OPEN, request, address, tuple(site.purpose_by_key[key] for key in still))


def confirm_request(resources: Resources, site: Site, confirmation: Confirmation) -> Status:
    """Turn an open request into a yes, once; a second try finds it used.

    A block that was put up since the request stands: then the request is over without an answer.
    """
    database = resources.database
    if confirmation.status is not Status.OPEN or confirmation.request is None:
        return confirmation.status
    with database.write(claim_feed(site.id)):
        # Read again: a no that came meanwhile has ended the request or made it smaller.
        found = _read_request(resources, site, find_request_by_hash(database, confirmation.request.hash))
        request, address, now = found.request, found.address, resources.clock()
        if request is None or address is None:
            return found.status
        if read_standing_of(resources, site, request.principal).block is not None:
            end_request(resources, request, RequestEnd.EXPIRED, now)
            return Status.EXPIRED
        settle_request(database, request.hash, now, RequestEnd.CONFIRMED)
        record_act(resources, site, request.principal, _make_yes(request, found.purposes, now))
        forget_pending(resources, request.principal, request.id)
        keep_address(resources, site, request.principal, address, language=request.language, ref=request.ref, now=now)
        blank_request(database, request.hash, request.principal, now + REMEMBERED_DAYS * DAY)
    return Status.OPEN


def _make_yes(request: SubscriptionRequest, purposes: tuple[Purpose, ...], now: int) -> Act:
    return Act(
        method=Method(request.method),
        actor=Actor.SUBJECT,
        at=now,
        happens_now=True,
        states={purpose.key: State.GRANTED for purpose in purposes},
        revives=True,
        lasts_until=find_ends(purposes, now),
        notice=request.notice,
        language=request.language,
        source=request.source,
        request=request.id,
    )


def disown_request(resources: Resources, confirmation: Confirmation) -> Status:
    """Take back a request that the owner of the address did not make, and hold off further ones for 30 days."""
    request = confirmation.request
    if confirmation.status is not Status.OPEN or request is None:
        return confirmation.status
    with resources.database.write(claim_feed(request.site)):
        now = resources.clock()
        if not end_request(resources, request, RequestEnd.NOT_ME, now):
            return Status.USED
        denial = NotedDenial(kind=DenialKind.REQUEST, principal=request.principal, at=now, request=request.hash)
        note_denial(resources, denial)
    resources.database.empty_log()
    return Status.OPEN


def purge_requests(resources: Resources, site: Site, most: int = 500) -> int:
    """Purge requests of a site that nobody confirmed in time, and forget old ends; return how many were purged."""
    purged = 0
    now = resources.clock()
    for request in list_expired_requests(resources.database, site.id, now, most):
        with resources.database.write(claim_feed(site.id)):
            if request.settled_as:
                delete_request(resources.database, request.hash)
            elif end_request(resources, request, RequestEnd.EXPIRED, now):
                purged += 1
    if purged:
        resources.database.empty_log()
    return purged
