"""Suppressing: addresses that must not be contacted, put on the list, taken off it, and read from it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from consent_service.domain.feed.feed_cursor import FeedPlace
from consent_service.domain.identifier import name_subject, read_subject_key
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block, Standing
from consent_service.services.resources import Resources
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.identifying_subjects import join_exported_rows, read_standing_of
from consent_service.services.subject.recording_acts import Acted, record_act
from consent_service.storage.subject_export import open_export
from consent_service.storage.suppressions import list_overridden_standings

STOPPED = "stop_all"
"""The reason of a subject that stopped everything itself."""


class Suppressed(NamedTuple):
    """One reason not to contact a subject, and since when, in microseconds."""

    subject: str
    reason: str
    since: int


class SuppressionPage(NamedTuple):
    """Reasons, all of a subject together, and the subject to go on from; None on the last page."""

    suppressed: tuple[Suppressed, ...]
    next: str | None


class SuppressionExport(NamedTuple):
    """Every reason as of the place ``head`` of the feed, read at ``at`` in microseconds."""

    head: FeedPlace
    at: int
    suppressed: Iterator[Suppressed]


def suppress_address(
    resources: Resources,
    site: Site,
    principal: str,
    block: Block,
    *,
    actor: str,
    at: int,
    source: str,
    others: Sequence[str] | None = None,
) -> Acted:
    """Put up a block; one that stands already is left as it is. Raises ActFault for a time in the future."""
    act = Act(method=Method.API, actor=actor, at=at, block=block, source=source)
    return record_act(resources, site, principal, act, others=others)


def purge_minor(
    resources: Resources, site: Site, principal: str, *, actor: str, others: Sequence[str] | None = None
) -> None:
    """Erase what is known of a subject on whom the block of a minor stands; harmless to repeat."""
    if Block.MINOR in read_standing_of(resources, site, principal, others).blocks:
        erase_subject(resources, site, principal, actor, block=Block.MINOR, others=others)


def lift_suppression(
    resources: Resources,
    site: Site,
    principal: str,
    block: Block,
    *,
    actor: str,
    source: str,
    evidence: Mapping[str, str],
    others: Sequence[str] | None = None,
) -> Acted:
    """Take down a block, which an operator answers for; decisions of before count again."""
    now = resources.clock()
    act = Act(method=Method.OPERATOR, actor=actor, at=now, lift=block, source=source, evidence=evidence)
    return record_act(resources, site, principal, act, others=others)


def list_suppressed(resources: Resources, site: Site, after: str, most: int) -> SuppressionPage:
    """Read the reasons of up to so many subjects, after one of them or empty, in the order of their keys."""
    start = name_subject(site.id, after) if after else ""
    read = list_overridden_standings(resources.database, site.id, start, most)
    subjects = [(read_subject_key(principal), read_standing_of(resources, site, principal)) for principal, _ in read]
    suppressed = tuple(one for subject, standing in subjects for one in list_reasons(subject, standing))
    return SuppressionPage(suppressed, subjects[-1][0] if len(subjects) == most else None)


def export_suppressed(resources: Resources, site: Site) -> SuppressionExport:
    """Export every reason, all of one snapshot; raises StorageUnavailable, also half way."""
    head, rows = open_export(resources.database, site.id)
    joined = join_exported_rows(resources, site, rows)
    suppressed = (one for row in joined for one in list_reasons(read_subject_key(row.principal), row.standing))
    return SuppressionExport(head, resources.clock(), suppressed)


def list_reasons(subject: str, standing: Standing) -> Iterator[Suppressed]:
    """Name each block, and the stop of everything while nothing was agreed to since."""
    for block in Block:
        if block in standing.blocks:
            yield Suppressed(subject, block, standing.blocks[block])
    agreed = (one for one in standing.decisions.values() if one.state == State.GRANTED)
    if standing.stopped_at is not None and all(standing.stops(decision) for decision in agreed):
        yield Suppressed(subject, STOPPED, standing.stopped_at)
