"""A population: many visitors with decisions, written fast, so that look-ups meet a table of real size."""

import hashlib
from collections.abc import Iterator

from consent_service.domain.basics.duration import add_duration
from consent_service.domain.identifier import make_uuid7, name_visitor, write_visitor_id
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.standings import replace_decisions

BATCH = 50_000
APART = 7_000_001
"""Microseconds between two choices, so that a million lie within the last three months and no two have one time."""


def make_bench_visitor(number: int) -> str:
    """Make the id of the visitor of this number, always the same."""
    return write_visitor_id(hashlib.sha256(b"bench visitor %d" % number).digest()[:16])


def populate(resources: Resources, site: Site, visitors: int) -> None:
    """Write granted decisions on every cookie purpose for that many visitors."""
    for start in range(0, visitors, BATCH):
        with resources.database.write():
            for principal, decisions in _make_visitors(resources, site, range(start, min(start + BATCH, visitors))):
                replace_decisions(resources.database, principal, decisions)


def _make_visitors(resources: Resources, site: Site, numbers: range) -> Iterator[tuple[str, list[Decision]]]:
    now = resources.clock()
    prints = make_fingerprints(site)
    keys = [purpose.key for purpose in site.cookie_purposes]
    for number in numbers:
        at = now - number * APART
        until = add_duration(at, site.choice_validity)
        record = make_uuid7(at, number.to_bytes(10, "big"))
        yield (
            name_visitor(site.id, make_bench_visitor(number)),
            [
                Decision(key, State.GRANTED, Method.ACCEPT_ALL, at, until, record, prints[key], signalled=False)
                for key in keys
            ],
        )
