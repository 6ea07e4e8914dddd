"""Judging declarations: the owner of an address says whether what was told of their age is true."""

from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method
from consent_service.domain.messages.declaration import Declaration
from consent_service.domain.messages.link_token import LinkKind
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.unsubscribing import read_link
from consent_service.services.resources import Resources
from consent_service.services.subject.recording_acts import record_act
from consent_service.services.subject.settling_requests import end_open_requests
from consent_service.storage.declarations import delete_declaration, find_declaration, mark_disowned
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.outbox import drop_jobs

SOURCE = "declaration"


def read_declaration(resources: Resources, site: Site, token: str) -> Declaration | None:
    """Find what a link is about; None for a link that is not ours, and once it is over or was said to be true."""
    link = read_link(resources, site, token, LinkKind.DECLARATION)
    found = find_declaration(resources.database, name_subject(site.id, link.subject)) if link else None
    return found if found and resources.clock() < found.expires_at else None


def disown_declaration(resources: Resources, declaration: Declaration) -> None:
    """Note that it was not the owner of the address who said it; what they agreed to goes on."""
    with resources.database.write():
        mark_disowned(resources.database, declaration.principal, resources.clock())


def admit_under_age(resources: Resources, site: Site, declaration: Declaration) -> None:
    """Put up the block of a minor at the word of the owner; what was confirmed stays for the shop to judge."""
    principal, database = declaration.principal, resources.database
    now = resources.clock()
    act = Act(method=Method.PREFERENCE_CENTRE, actor=Actor.SUBJECT, at=now, block=Block.MINOR, source=SOURCE)
    with database.write(claim_feed(site.id)):
        end_open_requests(resources, principal)
        drop_jobs(database, [principal])
        record_act(resources, site, principal, act)
        delete_declaration(database, principal)
