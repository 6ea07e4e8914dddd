"""Answering requests: the worker decides, out of everybody's sight, what is mailed to the address that was given."""

from typing import Any

from consent_service.addressing.email_address import read_email
from consent_service.domain.basics.moment import write_time
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.identifier import name_subject, read_subject_key
from consent_service.domain.job import Job
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import Notice, make_fingerprints
from consent_service.domain.ledger.removal_record import RemovalCause
from consent_service.domain.messages.link_pack import CENTRE_PATH, DECLARATION_PATH
from consent_service.domain.messages.link_token import LinkKind, LinkToken, write_base64url_token, write_token
from consent_service.domain.messages.subscription_request import SubscriptionRequest
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.message_decision import decide_message
from consent_service.domain.subject.subject import Address, AddressKind
from consent_service.services.feed.announcing_changes import announce_event
from consent_service.services.ledger.publishing_notices import find_notice
from consent_service.services.ledger.removing_records import remove_records
from consent_service.services.messages.capping_mail import are_reached, count_mail, is_counted, list_mail_caps
from consent_service.services.messages.subscribing import hash_token
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import open_address, open_kept_address, read_standing_of
from consent_service.services.subject.recording_acts import note_request
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.requests import delete_request, find_request_by_hash, is_disowned
from consent_service.storage.standings import find_standing
from consent_service.storage.subjects import find_subject

MAIL_JOB = "mail"
PAGES = {LinkKind.PREFERENCES: CENTRE_PATH, LinkKind.DECLARATION: DECLARATION_PATH}


def answer_request(resources: Resources, site: Site, _: Job, body: dict[str, Any]) -> Attempt:
    """Decide about one subscription request: mail the confirmation, say that it stands already, or drop it.

    All in one write, so that nothing is mailed to somebody who is erased or blocked meanwhile.
    """
    with resources.database.write(claim_feed(site.id)):
        return _answer_request(resources, site, body)


def _answer_request(resources: Resources, site: Site, body: dict[str, Any]) -> Attempt:
    request = find_request_by_hash(resources.database, hash_token(body["token"]))
    if request is None or request.settled_at is not None:
        return Attempt("gone")
    notice = find_notice(resources, site.id, request.notice)
    address = open_address(resources, request.kind, bytes(request.sealed), request.id)
    if notice is None or address is None:
        return _drop(resources, request, "unreadable")
    now = resources.clock()
    standing = read_standing_of(resources, site, request.principal)
    if standing.block:
        return _drop(resources, request, "suppressed")
    if is_disowned(resources.database, request.principal, now):
        return _drop(resources, request, "not_me")
    caps = list_mail_caps(resources, site, "confirm", address)
    if is_counted(resources, caps, request.id):
        return Attempt("asked")  # and was stopped before it could say so
    if are_reached(resources, caps, now):
        return _drop(resources, request, "capped")
    prints = make_fingerprints(site)
    wanted = [site.purpose_by_key[key] for key in request.purposes if key in site.purpose_by_key]
    if not wanted:
        return _drop(resources, request, "purposes_gone")
    lacking = [
        purpose
        for purpose in wanted
        if not decide_message(purpose, standing, fingerprint=prints[purpose.key], now=now).allowed
    ]
    count_mail(resources, caps, now, request.id)
    if lacking:
        return _ask(resources, site, request, notice, address, body)
    _forget(resources, request)
    if request.kind != AddressKind.EMAIL:
        return Attempt("already")  # and no mail can say so to a number
    way = find_way_to(resources, request.principal, address.entered, request.language)
    path = write_link_path(resources, site, LinkKind.PREFERENCES, request.principal)
    told = _write_mail_content(request, address, "already", write_mail_link(body, path, way["language"])) | way
    queue_jobs(resources, make_job(resources, site, MAIL_JOB, request.principal, told))
    return Attempt("already")


def answer_link_request(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
    """Mail the link to the preference centre to somebody we know and may write to; to nobody else."""
    with resources.database.write(claim_feed(site.id)):
        return _answer_link_request(resources, site, job, body)


def _answer_link_request(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
    now = resources.clock()
    principal = name_subject(site.id, body["subject"])
    standing = find_standing(resources.database, principal)
    decided = any(decision.state != State.PENDING for decision in standing.decisions.values())
    if standing.blocks or not (decided or find_subject(resources.database, principal)):
        return Attempt("suppressed" if standing.blocks else "unknown")
    way = find_way_to(resources, principal, body["entered"], body["language"])
    caps = list_mail_caps(resources, site, "link", read_email(way["to"]))
    if is_counted(resources, caps, job.id):
        return Attempt("mailed")  # and was stopped before it could say so
    if are_reached(resources, caps, now):
        return Attempt("capped")
    path = write_link_path(resources, site, LinkKind.PREFERENCES, principal)
    told = {
        **way,
        "template": "preferences",
        "purposes": [],
        "link": write_mail_link(body, path, way["language"]),
        "requested_at": job.created_at,
        "expires_at": 0,
    }
    count_mail(resources, caps, now, job.id)
    queue_jobs(resources, make_job(resources, site, MAIL_JOB, principal, told))
    return Attempt("mailed")


def write_link_path(resources: Resources, site: Site, kind: LinkKind, principal: str) -> str:
    """Write the path of a page that a subject alone is to open."""
    token = LinkToken(kind, read_subject_key(principal))
    return PAGES[kind] + write_base64url_token(write_token(resources.keys.secrets.links, site.id, token))


def write_mail_link(body: dict[str, Any], path: str, language: str) -> str:
    """Write the address of a page of ours for a mail, in whose language the page opens."""
    return f"{body['origin']}{path}?lang={language}"


def find_way_to(resources: Resources, principal: str, entered: str, language: str) -> dict[str, str]:
    """Tell where and in which language to write to somebody we know, whatever a stranger entered on a form.

    What was entered counts only where nothing is kept: it may name the same person, and still be another mailbox.
    """
    kept, subject = open_kept_address(resources, principal), find_subject(resources.database, principal)
    return {"to": kept.entered if kept else entered, "language": subject.language if subject else language}


def _ask(
    resources: Resources,
    site: Site,
    request: SubscriptionRequest,
    notice: Notice,
    address: Address,
    body: dict[str, Any],
) -> Attempt:
    purposes = list(request.purposes)
    act = Act(
        method=Method.SUBSCRIBE_REQUEST,
        actor=Actor.SUBJECT,
        at=request.created_at,
        states=dict.fromkeys(purposes, State.PENDING),
        source=request.source,
    )
    note_request(resources, request.principal, act, record=request.id, prints=notice.fingerprints)
    link = write_mail_link(body, f"/consent/c/{body['token']}", request.language)
    if site.messages and site.messages.confirm_by == "webhook":
        now = resources.clock()
        data: dict[str, object] = {
            "request": request.id,
            "subject": read_subject_key(request.principal),
            "ref": request.ref,
            "address": address.entered,
            "purposes": purposes,
            "language": request.language,
            "url": link,
            "expires_at": write_time(request.expires_at),
        }
        told = announce_event(resources, site, Event.CONFIRM_REQUESTED, data, now)
        return Attempt("announced" if told else "nobody_to_tell")
    # Named after the request, so that nothing leads to the person once that is gone.
    queue_jobs(
        resources,
        make_job(resources, site, MAIL_JOB, request.id, _write_mail_content(request, address, "confirm", link)),
    )
    return Attempt("mailed")


def _write_mail_content(request: SubscriptionRequest, address: Address, template: str, link: str) -> dict[str, Any]:
    return {
        "to": address.entered,
        "template": template,
        "language": request.language,
        "purposes": list(request.purposes),
        "link": link,
        "requested_at": request.created_at,
        "expires_at": request.expires_at,
    }


def _drop(resources: Resources, request: SubscriptionRequest, why: str) -> Attempt:
    _forget(resources, request)
    return Attempt(why)


def _forget(resources: Resources, request: SubscriptionRequest) -> None:
    """Forget a request that nobody will be asked to confirm, with its record; runs inside a write."""
    delete_request(resources.database, request.hash)
    remove_records(resources, f"{request.principal}/{request.id}", RemovalCause.REQUEST)
