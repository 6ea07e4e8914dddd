"""Declaring: somebody says on a form that they are under the shop's age limit, and nothing is sent to the address."""

from typing import Any

from consent_service.domain.errors import ActFault
from consent_service.domain.job import Job
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.messages.subscription_request import RequestEnd
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.subscribing import count_network
from consent_service.services.queueing_jobs import Attempt, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import Identified
from consent_service.services.subject.recording_acts import record_act
from consent_service.services.subject.settling_requests import end_request
from consent_service.storage.outbox import drop_jobs
from consent_service.storage.records import list_latest_records
from consent_service.storage.requests import list_open_requests
from consent_service.storage.standings import find_standing

DECLARATION_JOB = "declaration"


def declare_under_age(
    resources: Resources, site: Site, person: Identified, notice: Notice, source: str, *, network: str | None
) -> None:
    """Queue what follows from the declaration; like a request it never looks at what is known of the address.

    Raises ActFault when the network asks too often.
    """
    if person.address is None:
        raise ActFault("address_needed", "a declaration on a form needs the address that it is about")
    body = {"notice": notice.digest, "language": notice.language, "source": source}
    with resources.database.write():
        count_network(resources, site, network, resources.clock())
        queue_jobs(resources, make_job(resources, site, DECLARATION_JOB, person.principal, body))


def answer_declaration(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
    """Put up the block of an address that was declared to be a minor's, and purge what was not confirmed.

    Nobody proved that the address is theirs. So where there is a confirmed history, it stays for the shop to judge.
    """
    principal, database = job.target, resources.database
    standing = find_standing(database, principal)
    decided = any(decision.state != State.PENDING for decision in standing.decisions.values())
    if not decided and not list_latest_records(database, principal, 1):
        erase_subject(resources, site, principal, Actor.SUBJECT, block=Block.MINOR)
        return Attempt("purged")
    act = Act(
        method=Method.SUBSCRIBE_REQUEST,
        actor=Actor.SUBJECT,
        at=job.created_at,
        block=Block.MINOR,
        notice=body["notice"],
        language=body["language"],
        source=body["source"],
    )
    with database.write():
        now = resources.clock()
        for request in list_open_requests(database, principal):
            end_request(resources, request, RequestEnd.EXPIRED, now)
        drop_jobs(database, [principal])
        record_act(resources, site, principal, act)
    return Attempt("blocked")
