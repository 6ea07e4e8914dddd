"""Subscribing: a request is signed and queued the same way for every address; what becomes of it is decided later."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from consent_service.domain.basics.client_network import find_client_network
from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.errors import ActFault
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.messages.subscription_request import SubscriptionRequest
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.services.naming_buckets import name_bucket
from consent_service.services.queueing_jobs import make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.services.subject.appending_acts import append_act
from consent_service.services.subject.identifying_subjects import Identified, seal_address
from consent_service.storage.attempts import add_attempt, count_attempts
from consent_service.storage.engine.claims import claim_outbox
from consent_service.storage.notices import archive_notice
from consent_service.storage.requests import add_request

REQUEST_JOB = "request"
LINK_JOB = "preference_link"
VALID_DAYS = 7
TOKEN_BYTES = 24
MAX_FORMS_PER_NETWORK = 30
"""How many forms one network may send to a site in an hour."""
MAX_FORMS_PER_SITE = 2_000
"""How many forms all networks together may send to a site in an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asked for: these purposes at this address, in this wording.

    ``origin`` is where the link of the confirmation leads. ``source`` says where it was asked, ``evidence`` holds
    short codes, ``ref`` is the shop's own reference of the person.
    """

    person: Identified
    purposes: tuple[str, ...]
    notice: Notice
    origin: str
    source: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    actor: str = Actor.SUBJECT
    ref: str | None = None


def request_subscription(resources: Resources, site: Site, wish: Wish, *, network: str | None = None) -> str:
    """Record a request, queue it, and return its id.

    It never looks at what is known of the address, so that nobody can learn that from the answer or its time.
    ``network`` is the client's address where it says anything; raises ActFault when its network, or everybody
    together, asks too often.
    """
    database = resources.database
    token = base64.urlsafe_b64encode(resources.randomness(TOKEN_BYTES)).decode()
    if wish.person.address is None:
        raise ActFault("address_needed", "a request needs the address itself, to which the confirmation goes")
    with database.write(claim_outbox(site.id)):
        now = resources.clock()
        count_stranger(resources, site, network, now)
        identifier = resources.new_id(now)
        archive_notice(database, wish.notice, now)
        append_act(
            resources,
            site,
            f"{wish.person.principal}/{identifier}",
            make_request_act(wish, now),
            identifier=identifier,
            now=now,
        )
        add_request(
            database,
            SubscriptionRequest(
                hash=hash_token(token),
                id=identifier,
                principal=wish.person.principal,
                site=site.id,
                kind=wish.person.address.kind,
                sealed=seal_address(resources, wish.person.address, identifier),
                purposes=wish.purposes,
                notice=wish.notice.digest,
                language=wish.notice.language,
                method=Method.SUBSCRIBE_CONFIRM,
                source=wish.source,
                ref=wish.ref,
                created_at=now,
                expires_at=now + VALID_DAYS * DAY,
            ),
        )
        queue_jobs(
            resources, make_job(resources, site, REQUEST_JOB, identifier, {"token": token, "origin": wish.origin})
        )
    return identifier


def make_request_act(wish: Wish, at: int) -> Act:
    """Say a wish as the act that its record states."""
    return Act(
        method=Method.SUBSCRIBE_REQUEST,
        actor=wish.actor,
        at=at,
        states=dict.fromkeys(wish.purposes, State.PENDING),
        notice=wish.notice.digest,
        language=wish.notice.language,
        source=wish.source,
        evidence=wish.evidence,
    )


def request_preference_link(
    resources: Resources, site: Site, person: Identified, *, origin: str, language: str, network: str | None = None
) -> None:
    """Queue a mail with the link to the preference centre; whether it goes out is decided later.

    Raises ActFault when the network, or everybody together, asks too often.
    """
    if person.address is None:
        raise ActFault("address_needed", "a link needs the address itself, to which it goes")
    body = {"entered": person.address.entered, "subject": person.key, "origin": origin, "language": language}
    with resources.database.write(claim_outbox(site.id)):
        now = resources.clock()
        count_stranger(resources, site, network, now)
        # To nobody in particular, so that nothing is kept of an address that turns out to be a stranger's.
        queue_jobs(resources, make_job(resources, site, LINK_JOB, resources.new_id(now), body))


def hash_token(token: str) -> str:
    """Digest a confirmation token: what is stored and looked up instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def count_stranger(resources: Resources, site: Site, network: str | None, now: int) -> None:
    """Count what anybody may ask for, against their network and against everybody together; runs inside a write.

    ``network`` is the client's address; one that is not of the public internet is a proxy's and says nothing. Raises
    ActFault when there was too much in the last hour.
    """
    counted = None if network is None else find_client_network(network)
    buckets = {name_bucket(resources, site, "forms", ""): MAX_FORMS_PER_SITE}
    if counted is not None:
        buckets[name_bucket(resources, site, "network", counted)] = MAX_FORMS_PER_NETWORK
    for bucket, most in buckets.items():
        if count_attempts(resources.database, bucket, now - HOUR) >= most:
            raise ActFault("too_many_requests", "too many requests came lately; try again in an hour")
    for bucket in buckets:
        add_attempt(resources.database, bucket, now, resources.new_id(now))
