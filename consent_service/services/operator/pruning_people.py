"""Pruning people: records of visitors and of people known by an address go when their retention class says so.

What goes is deleted and never rewritten; a signed record tells the hashes of what went. What is read holds nobody up;
what goes is looked at once more in the write, a few people at a time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.identifier import is_visitor
from consent_service.domain.ledger.actor import Actor
from consent_service.domain.ledger.consent_record import MessageRecord
from consent_service.domain.ledger.removal_record import RemovalCause
from consent_service.domain.site.site import Site
from consent_service.services.ledger.removing_records import append_removal
from consent_service.services.operator.planning_retention import (
    NOTHING_GOES,
    RetentionPlan,
    plan_subject,
    plan_visitor,
    read_verified,
)
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import Claim, claim_feed, claim_principal
from consent_service.storage.engine.slices import change_in_slices
from consent_service.storage.ledger.statements import read_statements
from consent_service.storage.records import (
    StoredRecord,
    delete_oldest_records,
    list_with_several_records,
    stream_principal_records,
)
from consent_service.storage.standings import CurrentStatements, delete_standing, find_standing, list_current_after

PAGE = 500
"""How many people are looked at between two looks at the clock."""
MARGIN = 60 * SECOND
"""A browser whose clock is behind may still hold the cookie for a moment."""


@dataclass(slots=True)
class PrunedRecords:
    """What went, or would go: visitors that were forgotten whole, and records by site and retention class.

    ``removals`` are the ids of the signed records of it.
    """

    visitors: int = 0
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    removals: list[str] = field(default_factory=list)

    def add(self, site: str, plan: RetentionPlan) -> None:
        """Count what a plan says."""
        self.visitors += plan.whole
        self.records.update((site, retention) for retention in plan.classes)


class Sweep(NamedTuple):
    """How far a sweep came: what went, and behind whom to go on, empty at the end."""

    pruned: PrunedRecords
    next: str


def prune_people(
    resources: Resources, sites: Mapping[str, Site], after: str, most: int, *, dry_run: bool = False
) -> Sweep:
    """Look at so many standings behind one, and let go what is kept no longer; a dry run only counts it."""
    now, pruned = resources.clock() - MARGIN, PrunedRecords()
    while most > 0:
        page = list_current_after(resources.database, after, min(PAGE, most))
        for name, people in _group_by_site(resources, sites, page, now).items():
            site = sites[name]
            plans = {person: plan for person in people if (plan := _plan(resources, site, person, now)).removed}
            if dry_run:
                for plan in plans.values():
                    pruned.add(site.id, plan)
                continue
            left = list(plans)
            change_in_slices(
                resources.database,
                partial(_prune_few, resources, site, left, now, pruned),
                partial(_claim_few, site, left),
            )
        if len(page) < min(PAGE, most):
            return Sweep(pruned, "")
        after, most = page[-1].principal, most - len(page)
    return Sweep(pruned, after)


def _group_by_site(
    resources: Resources, sites: Mapping[str, Site], page: list[CurrentStatements], now: int
) -> dict[str, list[str]]:
    """Group those of whom anything may go by site; most are visitors with one record that is valid."""
    several = list_with_several_records(resources.database, [current.principal for current in page])
    found: dict[str, list[str]] = {}
    for person, packed in page:
        site = person.partition("/")[0]
        if site in sites and (person in several or _is_over(resources, person, packed, now)):
            found.setdefault(site, []).append(person)
    return found


def _is_over(resources: Resources, person: str, packed: bytes, now: int) -> bool:
    """Say whether nothing that is in force for a visitor is valid any more."""
    statements = read_statements(resources.database, packed) if is_visitor(person) else []
    return bool(statements) and all(statement.valid_until <= now for statement in statements)


def _claim_few(site: Site, left: list[str], few: int) -> list[Claim]:
    people = left[:few]
    visitors = [claim_principal(person) for person in people if is_visitor(person)]
    return visitors if len(visitors) == len(people) else [*visitors, claim_feed(site.id)]


def _prune_few(resources: Resources, site: Site, left: list[str], now: int, pruned: PrunedRecords, few: int) -> int:
    """Prune the next few; somebody who chose meanwhile stays. Runs inside a write."""
    taken, left[:] = left[:few], left[few:]
    gone: list[StoredRecord] = []
    cuts: list[str] = []
    for person in taken:
        plan = _plan(resources, site, person, now)
        if plan.removed:
            removed = _remove(resources, person, plan)
            gone += removed
            pruned.add(site.id, plan)
            if plan.whole:
                delete_standing(resources.database, person)
            else:
                cuts += [record.head.id for record in removed if record.head.principal == person][-1:]
    removal = append_removal(resources, site.id, gone, RemovalCause.RETENTION, Actor.SYSTEM, cuts=cuts)
    pruned.removals += [removal] if removal else []
    return len(taken)


def _plan(resources: Resources, site: Site, person: str, now: int) -> RetentionPlan:
    records = read_verified(resources.keys.public_keys, stream_principal_records(resources.database, person))
    if not records:
        return NOTHING_GOES
    if is_visitor(person):
        return plan_visitor(site, records, now)
    acts = [record for record in records if isinstance(record, MessageRecord)]
    return plan_subject(site, acts, find_standing(resources.database, person), now)


def _remove(resources: Resources, person: str, plan: RetentionPlan) -> list[StoredRecord]:
    """Delete the oldest records of somebody, with those of the requests that they confirm; runs inside a write."""
    oldest = list(stream_principal_records(resources.database, person))[: plan.removed]
    removed = list(oldest)
    for record in read_verified(resources.keys.public_keys, oldest) or []:
        if isinstance(record, MessageRecord) and record.request:
            request = f"{person}/{record.request}"
            removed += stream_principal_records(resources.database, request)
            delete_oldest_records(resources.database, request, 1)
    delete_oldest_records(resources.database, person, oldest[-1].head.seq)
    return removed
