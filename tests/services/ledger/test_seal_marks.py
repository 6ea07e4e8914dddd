"""Records from before there was a ledger: the search for one begins at a mark, and no mark names who was erased."""

import pytest

from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.domain.evidence.tile import WIDTH
from consent_service.domain.identifier import name_visitor
from consent_service.services.ledger import proving_records
from consent_service.services.ledger.proving_records import find_leaf_index
from consent_service.services.ledger.sealing_records import BATCH, seal_records
from consent_service.services.rights.erasing import erase_visitor
from consent_service.storage.evidence.tree import find_ledger, find_tile
from consent_service.storage.records import stream_site_records
from tests.cast import SECOND, choose

TILES = 4


@pytest.fixture
def older(resources, site, clock):
    """The records of a home that had no ledger yet, sealed since: as many as fill some tiles of the tree."""
    for _ in range(WIDTH * TILES - BATCH):
        choose(resources, site, "accept")
    with resources.database.write():
        resources.database.change("UPDATE unsealed SET leaf = NULL")
    clock.advance(SECOND)
    seal_records(resources, site, "one")
    return list(stream_site_records(resources.database, "demo"))


@pytest.fixture
def looked_at(monkeypatch):
    """The tiles that a search looks at."""
    seen = []

    def find(database, site, level, number):
        seen.append(number)
        return find_tile(database, site, level, number)

    monkeypatch.setattr(proving_records, "find_tile", find)
    return seen


def search(resources, record):
    ledger = find_ledger(resources.database, "demo")
    leaf = hash_leaf(record.signed.encode())
    return find_leaf_index(resources, "demo", record.head[:2], leaf, record.head.at, ledger.size)


def test_a_record_from_before_the_ledger_is_found_at_its_mark_and_not_from_the_beginning(resources, older, looked_at):
    for record in older[:: BATCH // 2]:
        looked_at.clear()
        assert search(resources, record) is not None
        assert len(looked_at) <= 2, record.head.principal
    assert resources.database.rows("SELECT count(*) FROM seal_mark") == [(-(-len(older) // BATCH),)]


def test_an_erasure_takes_the_marks_that_name_somebody_and_the_others_are_still_found(
    resources, site, older, looked_at
):
    marked = {row[0] for row in resources.database.rows("SELECT principal FROM seal_mark")}
    for principal in marked:
        erase_visitor(resources, site, principal.rpartition("/")[2], "test")
    assert resources.database.rows("SELECT count(*) FROM seal_mark") == [(0,)]
    left = next(record for record in reversed(older) if record.head.principal not in marked)
    assert search(resources, left) is not None


def test_what_came_since_needs_no_mark(resources, site, older, looked_at, clock):
    clock.advance(SECOND)
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(SECOND)
    seal_records(resources, site, "one")
    [record] = [
        one
        for one in stream_site_records(resources.database, "demo")
        if one.head.principal == name_visitor("demo", visitor)
    ]
    assert search(resources, record) == len(older)
    assert len(looked_at) <= 2
