"""Declaring: somebody says on a form that the owner of an address is under the shop's age limit, and proves nothing."""

from typing import Any

from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.errors import ActFault
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.identifier import read_subject_key
from consent_service.domain.job import Job
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.messages.declaration import Declaration
from consent_service.domain.messages.link_token import LinkKind
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import Block, Standing
from consent_service.services.feed.announcing_changes import announce_event
from consent_service.services.messages.answering_requests import MAIL_JOB, find_way_to, write_link_path, write_mail_link
from consent_service.services.messages.subscribing import count_stranger
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_unproven_subject
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.settling_requests import REMEMBERED_DAYS, end_open_requests
from consent_service.storage.declarations import add_declaration, delete_declaration, find_declaration
from consent_service.storage.engine.claims import claim_feed, claim_outbox
from consent_service.storage.standings import find_standing
from consent_service.storage.subjects import find_ref

DECLARATION_JOB = "declaration"


def declare_under_age(
    resources: Resources,
    site: Site,
    person: Identified,
    notice: Notice,
    source: str,
    *,
    origin: str,
    network: str | None,
) -> None:
    """Queue what follows from the declaration; like a request it never looks at what is known of the address.

    Raises ActFault when the network, or everybody together, asks too often.
    """
    if person.address is None:
        raise ActFault("address_needed", "a declaration on a form needs the address that it is about")
    body = {"entered": person.address.entered, "language": notice.language, "source": source, "origin": origin}
    with resources.database.write(claim_outbox(site.id)):
        count_stranger(resources, site, network, resources.clock())
        queue_jobs(resources, make_job(resources, site, DECLARATION_JOB, person.principal, body))


def answer_declaration(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
    """End what is unproven of an address that was declared to be a minor's, and ask its owner where more is proven.

    Where nothing is proven, nothing is kept but the block. Otherwise nobody has shown that the address is theirs, so
    what somebody did show goes on, and the shop and the owner are told, once in a while.
    """
    principal, database = job.target, resources.database
    if erase_unproven_subject(resources, site, principal, Actor.SUBJECT, block=Block.MINOR):
        return Attempt("purged")
    with database.write(claim_feed(site.id)):
        end_open_requests(resources, principal)
        standing = find_standing(database, principal)
        if not _has_something_to_lose(standing):
            return Attempt("nothing_to_end")
        if (known := find_declaration(database, principal)) and job.created_at < known.expires_at:
            return Attempt("told_before")
        _tell(resources, site, job, body)
    return Attempt("told")


def _has_something_to_lose(standing: Standing) -> bool:
    granted = (one for one in standing.decisions.values() if one.state == State.GRANTED)
    return not standing.blocks and not all(standing.stops(decision) for decision in granted)


def _tell(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> None:
    """Keep the declaration, and tell the owner and the shop; runs inside a write."""
    principal, database = job.target, resources.database
    now, at = resources.clock(), job.created_at
    delete_declaration(database, principal)
    expires_at = now + REMEMBERED_DAYS * DAY
    add_declaration(database, Declaration(principal, site.id, at, body["source"], None, expires_at))
    way = find_way_to(resources, principal, body["entered"], body["language"])
    path = write_link_path(resources, site, LinkKind.DECLARATION, principal)
    told = {
        **way,
        "template": "declared",
        "age": site.age_limit,
        "purposes": [],
        "link": write_mail_link(body, path, way["language"]),
        "requested_at": at,
        "expires_at": expires_at,
    }
    queue_jobs(resources, make_job(resources, site, MAIL_JOB, principal, told))
    data = {
        "subject": read_subject_key(principal),
        "ref": find_ref(database, principal),
        "declared_at": write_time(at),
        "source": body["source"],
    }
    announce_event(resources, site, Event.DECLARED_MINOR, data, now)
