"""Which purposes of a site a row of an import is about."""

from typing import NamedTuple

from consent_service.domain.imports.import_row import ImportRow
from consent_service.domain.site.purpose import Basis, Purpose
from consent_service.domain.site.site import Site


class Concerned(NamedTuple):
    """The purposes a row is about, and the topics it names that the site does not have."""

    purposes: tuple[Purpose, ...]
    unknown: tuple[str, ...]


def list_topics(site: Site) -> list[str]:
    """List the names by which rows may name topics, in the form in which they are compared."""
    return sorted(frozenset[str]().union(*map(list_topic_names, site.message_purposes)))


def list_topic_names(purpose: Purpose) -> frozenset[str]:
    """Name a purpose in every way in which a row may: by its topic and by its key."""
    return frozenset({purpose.topic_name.casefold(), purpose.key.casefold()})


def find_concerned(row: ImportRow, site: Site, basis: Basis) -> Concerned:
    """Find what a row is about; a yes counts only for purposes of this basis.

    A no that names no topic of its channel is about all of them, unless it names one that nobody knows.
    """
    no = row.status.is_no
    here = tuple(p for p in site.message_purposes if p.channel is row.channel and (no or p.basis is basis))
    named = {topic.casefold() for topic in row.topics}
    known = list_topics(site)
    unknown = tuple(topic for topic in row.topics if topic.casefold() not in known)
    chosen = tuple(purpose for purpose in here if named & list_topic_names(purpose))
    everything = no and not unknown and not chosen
    return Concerned(here if everything else chosen, unknown)
