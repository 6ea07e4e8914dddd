"""A population: many visitors with decisions, written fast, so that look-ups meet a table of real size."""

import hashlib
from collections.abc import Iterator

from consent_service.domain.decision import Method, State
from consent_service.domain.identifier import uuid7, visitor_id, visitor_principal
from consent_service.domain.moment import DAY
from consent_service.domain.notice import fingerprints
from consent_service.domain.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.decisions import write_rows

BATCH = 50_000


def bench_visitor(number: int) -> str:
    """Make the id of the visitor of this number, always the same."""
    return visitor_id(hashlib.sha256(b"bench visitor %d" % number).digest()[:16])


def populate(resources: Resources, site: Site, visitors: int) -> None:
    """Write granted decisions on every cookie purpose for that many visitors."""
    for start in range(0, visitors, BATCH):
        with resources.database.write():
            write_rows(resources.database, _rows(resources, site, range(start, min(start + BATCH, visitors))))


def _rows(resources: Resources, site: Site, numbers: range) -> Iterator[tuple[object, ...]]:
    now = resources.clock()
    prints = fingerprints(site)
    until = now + site.valid_days * DAY
    for number in numbers:
        principal = visitor_principal(site.id, bench_visitor(number))
        record = uuid7(now, number.to_bytes(10, "big"))
        for purpose in site.cookie_purposes:
            key = purpose.key
            yield principal, key, State.GRANTED, Method.ACCEPT_ALL, now, until, record, prints[key], 0
