"""Housekeeping: what ends by itself is recorded as ended, and what nobody needs any more goes."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from consent_service.domain.basics.moment import DAY, HOUR
from consent_service.domain.feed.feed_change import CHANGES_KEPT
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.site import Site
from consent_service.domain.subject.act import Act
from consent_service.services.imports.importing import prune_imports
from consent_service.services.ledger.noting_denials import prune_denials
from consent_service.services.ledger.sending_checkpoints import queue_checkpoint
from consent_service.services.messages.confirming_requests import purge_requests
from consent_service.services.operator.pruning_people import PrunedRecords, Sweep, prune_people
from consent_service.services.resources import Resources
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.attempts import prune_attempts
from consent_service.storage.changes import prune_changes
from consent_service.storage.declarations import prune_declarations
from consent_service.storage.endings import list_reached_endings, set_ending
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.engine.slices import change_in_slices
from consent_service.storage.kept_answers import prune_answers
from consent_service.storage.outbox import prune_jobs
from consent_service.storage.records import has_erased_since

BATCH = 500
JOBS_KEPT = 30 * DAY
ATTEMPTS_KEPT = 2 * DAY
ANSWERS_KEPT = DAY
PEOPLE_PER_SWEEP = 5_000
"""So many visitors and people are looked at in a minute: seven million in a day."""


class Kept(NamedTuple):
    """How much was ended and purged; ``next_visitor`` is where the next sweep of people begins."""

    expired: int
    requests: int
    pruned: "Pruned"
    next_visitor: str


class Pruned(NamedTuple):
    """How much was dropped for its age."""

    changes: int
    jobs: int
    attempts: int
    answers: int
    imports: int = 0
    declarations: int = 0
    denials: int = 0
    visitors: int = 0
    records: int = 0


def do_housekeeping(resources: Resources, sites: Iterable[Site], *, first_visitor: str = "") -> Kept:
    """Do everything that is due; harmless to repeat and to do in several processes at once.

    Of the people it looks at a part, from a place in their table on.
    """
    served = list(sites)
    expired = sum(record_ended_grants(resources, site) for site in served)
    requests = sum(purge_requests(resources, site) for site in served)
    for site in served:
        queue_checkpoint(resources, site)
    if has_erased_since(resources.database, resources.clock() - HOUR):
        # A list that was being checked may have kept what was erased in the log.
        resources.database.empty_log()
    sweep = prune_people(resources, {site.id: site for site in served}, first_visitor, PEOPLE_PER_SWEEP)
    if sweep.pruned.records:
        resources.database.empty_log()
    gone = {"visitors": sweep.pruned.visitors, "records": sweep.pruned.records.total()}
    return Kept(expired, requests, _prune_what_is_old(resources, served)._replace(**gone), sweep.next)


def prune(resources: Resources, sites: Iterable[Site]) -> Pruned:
    """Drop what is older than it is kept, apart from people's records."""
    return _prune_what_is_old(resources, sites)


def prune_all_people(resources: Resources, sites: Iterable[Site], *, dry_run: bool = False) -> PrunedRecords:
    """Let go all records of people that are kept no longer, or only count them."""
    served, total, sweep = {site.id: site for site in sites}, PrunedRecords(), Sweep(PrunedRecords(), "")
    while True:
        sweep = prune_people(resources, served, sweep.next, PEOPLE_PER_SWEEP, dry_run=dry_run)
        total.visitors += sweep.pruned.visitors
        total.records += sweep.pruned.records
        total.removals += sweep.pruned.removals
        if not sweep.next:
            if total.records and not dry_run:
                resources.database.empty_log()
            return total


def _prune_what_is_old(resources: Resources, sites: Iterable[Site]) -> Pruned:
    database, now = resources.database, resources.clock()
    slices = partial(change_in_slices, database)
    return Pruned(
        changes=sum(slices(partial(prune_changes, database, site.id, now - CHANGES_KEPT)) for site in sites),
        jobs=slices(partial(prune_jobs, database, now - JOBS_KEPT)),
        attempts=slices(partial(prune_attempts, database, now - ATTEMPTS_KEPT)),
        answers=slices(partial(prune_answers, database, now - ANSWERS_KEPT)),
        imports=prune_imports(resources),
        declarations=slices(partial(prune_declarations, database, now)),
        denials=prune_denials(resources),
    )


def record_ended_grants(resources: Resources, site: Site) -> int:
    """Record the end of every yes that is over, at the moment it ended, and return how many those were."""
    ended = 0
    while reached := list_reached_endings(resources.database, site.id, resources.clock(), BATCH):
        for principal, purpose, at in reached:
            act = Act(method=Method.EXPIRY, actor=Actor.SYSTEM, at=at, states={purpose: State.EXPIRED})
            with resources.database.write(claim_feed(site.id)):
                ended += bool(record_act(resources, site, principal, act).record)
                set_ending(resources.database, principal, purpose, site.id, 0)
    return ended
