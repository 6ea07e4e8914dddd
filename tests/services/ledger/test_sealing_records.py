"""Sealing: every record that is appended comes into the tree once, and the head of the tree is signed."""

import threading
from dataclasses import replace

import pytest

from consent_service.domain.evidence.checkpoint import read_checkpoint
from consent_service.domain.evidence.merkle_tree import compute_root, hash_leaf
from consent_service.domain.evidence.tile import WIDTH, append_leaves, read_nodes, split_tile
from consent_service.domain.identifier import name_visitor
from consent_service.keys.note_signing import open_note
from consent_service.services.ledger import sealing_records
from consent_service.services.ledger.guarding_ledger import StoreBehind
from consent_service.services.ledger.keeping_journal import read_journal_head
from consent_service.services.ledger.sealing_records import BATCH, LEASE, keep_sealing, seal_records
from consent_service.services.rights.erasing import erase_visitor
from consent_service.storage.evidence.tree import find_newest_checkpoint
from consent_service.storage.evidence.unsealed import count_unsealed
from consent_service.storage.records import stream_site_records
from tests.cast import SECOND, choose, make_site
from tests.engines import open_again


@pytest.fixture
def seal(resources, site):
    return lambda sealer="one": seal_records(resources, site, sealer)


def sealed_leaves(resources, site="demo"):
    query = "SELECT hashes FROM ledger_tile WHERE site = ? AND level = 0 ORDER BY number"
    return [leaf for (tile,) in resources.database.rows(query, (site,)) for leaf in split_tile(bytes(tile))]


def stored_leaves(resources):
    return [hash_leaf(record.signed.encode()) for record in stream_site_records(resources.database, "demo")]


def open_newest(resources, site="demo"):
    note = find_newest_checkpoint(resources.database, site).note
    return read_checkpoint(open_note(note, resources.keys.checkpoints.public_keys))


def compute_plain_root(leaves):
    tiles = append_leaves(0, leaves, lambda *_: b"")
    return compute_root(len(leaves), read_nodes(lambda *place: tiles[place]))


def test_every_record_comes_into_the_tree_once(resources, site, seal):
    for _ in range(5):
        choose(resources, site, "accept")
    assert count_unsealed(resources.database, "demo") == 5
    assert seal() == 5
    assert count_unsealed(resources.database, "demo") == 0
    choose(resources, site, "reject")
    assert (seal(), seal()) == (1, 0)
    assert sorted(sealed_leaves(resources)) == sorted(stored_leaves(resources))


def test_the_head_is_signed_in_the_database_and_outside(resources, site, seal):
    choose(resources, site, "accept")
    seal()
    checkpoint = open_newest(resources)
    assert (checkpoint.size, checkpoint.root) == (1, compute_plain_root(stored_leaves(resources)))
    assert checkpoint.origin.startswith("demo.example/consent/ledger/demo/")
    assert read_journal_head(resources, "demo").note == find_newest_checkpoint(resources.database, "demo").note


def test_many_records_are_sealed_in_batches_and_the_root_is_that_of_all(resources, site, seal):
    with resources.database.write():
        for _ in range(2 * WIDTH + BATCH + 1):
            choose(resources, site, "accept")
    assert seal() == 2 * WIDTH + BATCH + 1
    leaves = sealed_leaves(resources)
    assert sorted(leaves) == sorted(stored_leaves(resources))
    assert open_newest(resources).root == compute_plain_root(leaves)


def test_each_site_has_a_tree_of_its_own(resources, site, seal):
    other = make_site("other")
    choose(resources, site, "accept")
    choose(resources, other, "accept")
    seal()
    assert seal_records(resources, other, "one") == 1
    assert len(sealed_leaves(resources)) == len(sealed_leaves(resources, "other")) == 1


def test_an_erasure_before_the_seal_leaves_a_hash_and_nothing_of_the_visitor(resources, site, seal):
    visitor = choose(resources, site, "accept").cookie.visitor
    leaves_before = stored_leaves(resources)
    erase_visitor(resources, site, visitor, "test")
    assert visitor not in repr(resources.database.rows("SELECT * FROM unsealed"))
    seal()
    assert sorted(sealed_leaves(resources)) == sorted([*leaves_before, *stored_leaves(resources)])


def test_an_erasure_after_the_seal_leaves_the_tree_as_it_is(resources, site, seal):
    visitor = choose(resources, site, "accept").cookie.visitor
    choose(resources, site, "accept")
    seal()
    root = open_newest(resources).root
    erase_visitor(resources, site, visitor, "test")
    choose(resources, site, "accept")
    assert seal() == 2, "the choice, and the record of what was removed"
    assert compute_plain_root(sealed_leaves(resources)[:2]) == root


def test_records_from_before_there_was_a_ledger_are_sealed_too(resources, site, seal):
    for _ in range(3):
        choose(resources, site, "accept")
    gone = choose(resources, site, "accept").cookie.visitor
    resources.database.rows("UPDATE unsealed SET leaf = NULL")
    erase_visitor(resources, site, gone, "test")
    assert seal() == 4, "and the record of what was removed"
    assert sorted(sealed_leaves(resources)) == sorted(stored_leaves(resources))


@pytest.mark.one_file
def test_an_older_record_that_cannot_be_read_back_is_not_sealed(resources, site, seal):
    choose(resources, site, "accept")
    broken = choose(resources, site, "accept").cookie.visitor
    resources.database.rows("UPDATE unsealed SET leaf = NULL")
    resources.database.rows("UPDATE record SET own = x'c1' WHERE principal = ?", (name_visitor("demo", broken),))
    assert seal() == 1
    assert hash_leaf(b"") not in sealed_leaves(resources)
    assert count_unsealed(resources.database, "demo") == 0


def test_a_choice_that_fails_puts_nothing_in_line(resources, site):
    def fail():
        with resources.database.write():
            choose(resources, site, "accept")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert count_unsealed(resources.database, "demo") == 0


def test_a_second_sealer_waits_for_the_first(resources, site, clock, monkeypatch):
    monkeypatch.setattr(sealing_records, "BATCH", 1)
    for _ in range(2):
        choose(resources, site, "accept")
    real, calls = sealing_records._seal_batch, []

    def stop_behind_the_first(*args, **options):
        if calls:
            raise RuntimeError
        calls.append(1)
        return real(*args, **options)

    monkeypatch.setattr(sealing_records, "_seal_batch", stop_behind_the_first)
    with pytest.raises(RuntimeError):
        seal_records(resources, site, "one")
    monkeypatch.setattr(sealing_records, "_seal_batch", real)
    assert seal_records(resources, site, "two") == 0
    clock.advance(LEASE + 1)
    assert seal_records(resources, site, "two") == 1
    assert open_newest(resources).root == compute_plain_root(sealed_leaves(resources))


def test_a_lease_that_a_clock_ahead_wrote_holds_nobody_up(resources, site, seal):
    choose(resources, site, "accept")
    seal("one")
    resources.database.rows("UPDATE ledger SET sealer = 'dead', leased_until = leased_until + 9000000000000000")
    choose(resources, site, "accept")
    assert seal("two") == 1


def test_two_sealers_at_once_are_harmless(resources, site, monkeypatch):
    monkeypatch.setattr(sealing_records, "LEASE", 0)
    monkeypatch.setattr(sealing_records, "BATCH", 7)
    with resources.database.write():
        for _ in range(150):
            choose(resources, site, "accept")
    faults = []

    def seal(name):
        own = replace(resources, database=open_again(resources.database))
        try:
            seal_records(own, site, name)
        except Exception as error:
            faults.append(error)
        own.database.close()

    threads = [threading.Thread(target=seal, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    leaves = sealed_leaves(resources)
    assert sorted(leaves) == sorted(stored_leaves(resources))
    assert open_newest(resources).root == compute_plain_root(leaves)


@pytest.mark.threat("T3")
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE ledger_tile SET hashes = substr(hashes, 33) || substr(hashes, 1, 32) WHERE level = 0",
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 32)",
        "DELETE FROM ledger_tile",
        "UPDATE ledger SET size = 1",
        "DELETE FROM checkpoint",
        "DELETE FROM ledger",
    ],
)
def test_nothing_is_signed_on_top_of_a_tree_that_was_changed(resources, site, seal, edit):
    for _ in range(3):
        choose(resources, site, "accept")
    seal()
    resources.database.rows(edit)
    choose(resources, site, "accept")
    with pytest.raises(StoreBehind):
        seal()
    assert count_unsealed(resources.database, "demo") == 1


def test_of_checkpoints_the_last_of_each_ten_minutes_and_each_tile_stays(resources, site, clock, seal):
    for _ in range(4):
        choose(resources, site, "accept")
        seal()
        clock.advance(300 * SECOND)
    sizes = [row[0] for row in resources.database.rows("SELECT size FROM checkpoint ORDER BY size")]
    assert sizes == [2, 4]


def test_records_are_sealed_without_being_asked_for(resources, site, monkeypatch):
    monkeypatch.setattr(sealing_records, "PAUSE_SECONDS", 0.01)
    choose(resources, site, "accept")
    stop = threading.Event()
    sealer = threading.Thread(target=keep_sealing, args=(resources, [site], stop))
    sealer.start()
    for _ in range(500):
        if not count_unsealed(resources.database, "demo"):
            break
        stop.wait(0.01)
    stop.set()
    sealer.join()
    assert open_newest(resources).size == 1
