"""Settling: what becomes of requests that wait for their confirmation, without a yes."""

from consent_service.domain.basics.moment import DAY
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.removal_record import RemovalCause
from consent_service.domain.messages.subscription_request import RequestEnd, SubscriptionRequest
from consent_service.domain.subject.act import Act, find_still_wanted
from consent_service.domain.subject.act_denial import make_repeated_denial
from consent_service.domain.subject.standing import Standing
from consent_service.services.ledger.noting_denials import note_denial
from consent_service.services.ledger.removing_records import remove_records
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.requests import blank_request, list_open_requests, narrow_request, settle_request
from consent_service.storage.standings import delete_standing, find_standing, write_standing

REMEMBERED_DAYS = 30
"""For how long a used or expired link is told from one that never was."""


def settle_covered_requests(resources: Resources, principal: str, act: Act) -> None:
    """End the open requests that a no or a lifted block covers, so that their links grant nothing any more.

    Of a request that is covered in part the rest stays open.
    """
    if not act.ends_requests:
        return
    covered = [
        (request, wanted)
        for request in list_open_requests(resources.database, principal)
        if (wanted := find_still_wanted(act, request.purposes, request.created_at)) != request.purposes
    ]
    if not covered:
        return
    with resources.database.write(claim_feed(principal.partition("/")[0])):
        now = resources.clock()
        if denial := make_repeated_denial(principal, act):
            note_denial(resources, denial)
        for request, wanted in covered:
            if wanted:
                narrow_request(resources.database, request.hash, wanted)
            else:
                end_request(resources, request, RequestEnd.EXPIRED, now)


def end_open_requests(resources: Resources, principal: str) -> None:
    """End every request of a subject that waits for its confirmation; runs inside a write."""
    now = resources.clock()
    for request in list_open_requests(resources.database, principal):
        end_request(resources, request, RequestEnd.EXPIRED, now)


def end_request(resources: Resources, request: SubscriptionRequest, end: RequestEnd, now: int) -> bool:
    """Settle a request without a yes, once, and forget it with its record; runs inside a write.

    How it ended is remembered for a while, and whose it was only where the owner of the address disowned it. False
    where it was settled before.
    """
    if not settle_request(resources.database, request.hash, now, end):
        return False
    forget_pending(resources, request.principal, request.id)
    remove_records(resources, f"{request.principal}/{request.id}", RemovalCause.REQUEST)
    whose = request.principal if end is RequestEnd.NOT_ME else ""
    blank_request(resources.database, request.hash, whose, now + REMEMBERED_DAYS * DAY)
    return True


def forget_pending(resources: Resources, principal: str, record: str) -> None:
    """Take back what a request left pending; runs inside a write."""
    standing = find_standing(resources.database, principal)
    left = {key: d for key, d in standing.decisions.items() if d.state != State.PENDING or d.record != record}
    if standing._replace(decisions=left) == Standing({}):
        delete_standing(resources.database, principal)
    elif left != standing.decisions:
        write_standing(resources.database, principal, standing._replace(decisions=left))
