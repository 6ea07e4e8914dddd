"""A program that follows the feed from its beginning, and one that reads the export: both must end with the same."""

from typing import Any

from consent_service.domain.api_key import ApiKey
from consent_service.domain.basics.moment import read_time
from consent_service.domain.ledger.decision import Decision, State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import ChangeKind
from consent_service.services.feed.exporting_standings import export_standings
from consent_service.services.feed.reading_feed import read_changes
from consent_service.services.resources import Resources
from consent_service.services.subject.identifying_subjects import join_exported_rows
from tests.cast import NOON

PAGE = 7

Held = dict[str, dict[tuple[str, str], Any]]
"""What holds for each subject: decisions with their time and end, blocks with their time, stop and pause."""


def follow_feed(resources: Resources, site: Site) -> Held:
    """Walk the feed page by page and do what the documentation of each kind of change says."""
    held: Held = {}
    after, more = 0, True
    while more:
        page = read_changes(resources, site, _key(site), after, PAGE, None)
        for change in page.changes:
            subject = change.principal.rpartition("/")[2]
            about = held.setdefault(subject, {})
            match change.kind:
                case ChangeKind.DECISION:
                    about["decision", change.name] = (change.after, change.act_at, change.until)
                case ChangeKind.BLOCK if change.after:
                    about["block", change.name] = change.act_at
                case ChangeKind.BLOCK:
                    del about["block", change.name]
                case ChangeKind.ERASURE:
                    held[subject] = {("block", change.name): change.act_at}
                case kind:
                    about.pop((kind, ""), None)
                    if change.after:
                        about[kind, ""] = read_time(change.after)
        after, more = page.next, page.next < page.head
    return {subject: about for subject, about in held.items() if about}


def read_export(resources: Resources, site: Site) -> Held:
    """Read what holds for everybody."""
    held: Held = {}
    for entry in export_standings(resources, site, _key(site), join_exported_rows).subjects:
        about: dict[tuple[str, str], Any] = {("decision", d.purpose): _told(d) for d in entry.decisions}
        about |= {("block", name): since for name, since in entry.blocks}
        told = {(ChangeKind.STOP, ""): entry.stopped_at, (ChangeKind.PAUSE, ""): entry.paused_until}
        held[entry.subject] = about | {name: at for name, at in told.items() if at}
    return held


def _told(decision: Decision) -> tuple[str, int, int]:
    """Say a decision as a change does; what has ended holds since its end."""
    if decision.state == State.EXPIRED:
        return decision.state, decision.valid_until, 0
    return decision.state, decision.at, decision.valid_until


def _key(site: Site) -> ApiKey:
    return ApiKey(id="1", site=site.id, label="feed", scopes=frozenset(), purposes=None, created_at=NOON)
