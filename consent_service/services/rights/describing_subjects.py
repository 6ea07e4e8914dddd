"""Describing: everything that is kept about a subject."""

from typing import NamedTuple

from consent_service.domain.messages.declaration import Declaration
from consent_service.domain.site.site import Site
from consent_service.domain.subject.standing import Standing
from consent_service.domain.subject.subject import Address
from consent_service.services.ledger.reading_records import History, read_subject_history
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import open_kept_address, read_standing_of
from consent_service.storage.declarations import find_declaration
from consent_service.storage.subjects import find_subject


class Description(NamedTuple):
    """What is kept about one subject; ``address``, ``ref`` and ``declaration`` are None where none is kept."""

    standing: Standing
    history: History
    ref: str | None
    address: Address | None
    declaration: Declaration | None


def describe_subject(resources: Resources, site: Site, principal: str) -> Description:
    """Gather what is kept about a subject; of nobody known nothing is.

    The standing is that under every form of their number, the history that of this one.
    """
    subject = find_subject(resources.database, principal)
    return Description(
        standing=read_standing_of(resources, site, principal),
        history=read_subject_history(resources, principal),
        ref=subject.ref if subject else None,
        address=open_kept_address(resources, principal),
        declaration=find_declaration(resources.database, principal),
    )
