"""Granting: a yes that a shop collected itself, with what proves it; it never turns a no into a yes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.purpose import Purpose, find_ends
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act, ActVerdict
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import Identified, keep_address
from consent_service.services.subject.recording_acts import Acted, record_act
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.notices import archive_notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A yes to these purposes in this wording, given at ``at`` in microseconds; the rest as in a wish."""

    person: Identified
    purposes: tuple[Purpose, ...]
    notice: Notice
    at: int
    actor: str
    source: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    ref: str | None = None


def record_grant(resources: Resources, site: Site, grant: Grant) -> Acted:
    """Record a yes at once and keep whose it is; raises ActFault for a time ahead of now."""
    act = Act(
        method=Method.API,
        actor=grant.actor,
        at=grant.at,
        states={purpose.key: State.GRANTED for purpose in grant.purposes},
        lasts_until=find_ends(grant.purposes, min(grant.at, resources.clock())),
        notice=grant.notice.digest,
        language=grant.notice.language,
        source=grant.source,
        evidence=grant.evidence,
    )
    person, language = grant.person, grant.notice.language
    with resources.database.write(claim_feed(site.id)):
        now = resources.clock()
        archive_notice(resources.database, grant.notice, now)
        prints = grant.notice.fingerprints
        acted = record_act(resources, site, person.principal, act, prints=prints, others=person.others)
        if person.address and ActVerdict.APPLIED in acted.verdicts.values():
            keep_address(resources, site, person.principal, person.address, language=language, ref=grant.ref, now=now)
    return acted
