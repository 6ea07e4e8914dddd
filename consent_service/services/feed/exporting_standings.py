"""Exporting standings: what holds for every subject of a site at one moment, and the cursor that joins the feed."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from consent_service.domain.api_key import ApiKey
from consent_service.domain.feed.feed_cursor import FeedPlace
from consent_service.domain.identifier import read_subject_key
from consent_service.domain.ledger.decision import Decision, State
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.subject_export import SubjectRow, open_export


class ExportedSubject(NamedTuple):
    """What holds for one subject; times in microseconds."""

    subject: str
    ref: str | None
    decisions: tuple[Decision, ...]
    blocks: tuple[tuple[str, int], ...]
    stopped_at: int | None
    paused_until: int | None


class StandingExport(NamedTuple):
    """What holds for everybody as of the place ``head`` of the feed, read at ``at`` in microseconds."""

    head: FeedPlace
    at: int
    subjects: Iterator[ExportedSubject]


Join = Callable[[Resources, Site, Iterator[SubjectRow]], Iterator[SubjectRow]]
"""What lets the rows of one person count for each other."""


def export_standings(resources: Resources, site: Site, key: ApiKey, join: Join) -> StandingExport:
    """Export every subject of whom the key may know something, all of one snapshot.

    Reads as it goes, so memory does not grow; raises StorageUnavailable, also half way.
    """
    head, rows = open_export(resources.database, site.id)
    subjects = (subject for row in join(resources, site, rows) if (subject := _select_visible(key, row)))
    return StandingExport(head, resources.clock(), subjects)


def _select_visible(key: ApiKey, row: SubjectRow) -> ExportedSubject | None:
    standing = row.standing
    # The feed is silent about requests that wait for their confirmation, and what joins it is as well.
    told = [(name, d) for name, d in sorted(standing.decisions.items()) if d.state != State.PENDING]
    decisions = tuple(decision for name, decision in told if key.sees(name))
    if not (decisions or standing.blocks or standing.stopped_at or standing.paused_until):
        return None
    blocks = tuple(sorted(standing.blocks.items()))
    subject = read_subject_key(row.principal)
    return ExportedSubject(subject, row.ref, decisions, blocks, standing.stopped_at, standing.paused_until)
