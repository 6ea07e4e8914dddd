"""Sealers that are killed, or find the disk full: each record is in the tree once, and each size has one head."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from consent_service.domain.evidence.checkpoint import read_checkpoint
from consent_service.domain.evidence.merkle_tree import compute_root, hash_leaf
from consent_service.domain.evidence.tile import append_leaves, read_nodes, split_tile
from consent_service.keys.note_signing import open_note
from consent_service.services.ledger.guarding_ledger import require_whole_ledgers
from consent_service.services.ledger.keeping_journal import read_journal_head
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.storage.evidence.tree import find_newest_checkpoint
from consent_service.storage.evidence.unsealed import count_unsealed
from consent_service.storage.records import stream_site_records
from tests.cast import choose
from tests.requirements import KILLINGS

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = (sys.executable, "-m", "tests.services.ledger.sealers_to_kill")

RECORDS = 200
"""Enough that sealing them takes longer than the wait before the kill."""

pytestmark = pytest.mark.one_file


def start(resources, *arguments):
    command = [*PROGRAM, resources.database.folder, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def require_one_history(resources):
    """Every record is a leaf once, and every head signs the tree of so many leaves."""
    query = "SELECT hashes FROM ledger_tile WHERE site = 'demo' AND level = 0 ORDER BY number"
    leaves = [leaf for (tile,) in resources.database.rows(query) for leaf in split_tile(bytes(tile))]
    stored = [hash_leaf(record.signed.encode()) for record in stream_site_records(resources.database, "demo")]
    assert len(leaves) + count_unsealed(resources.database, "demo") == len(stored)
    assert len(set(leaves)) == len(leaves)
    assert set(leaves) <= set(stored)
    for (note,) in resources.database.rows("SELECT note FROM checkpoint WHERE site = 'demo'"):
        head = read_checkpoint(open_note(note, resources.keys.checkpoints.public_keys))
        tiles = append_leaves(0, leaves[: head.size], lambda *_: b"")
        assert compute_root(head.size, read_nodes(lambda *place, tiles=tiles: tiles[place])) == head.root
    require_whole_ledgers(resources)


@pytest.mark.slow
@pytest.mark.timeout(300 + 4 * KILLINGS)
def test_two_sealers_that_are_killed_leave_one_history(resources, site):
    dice, killed = random.Random(13), 0
    for _ in range(KILLINGS):
        with resources.database.write():
            for _ in range(RECORDS):
                choose(resources, site, "accept")
        sealers = [start(resources), start(resources)]
        for sealer in sealers:
            assert sealer.stdout.readline() == "begun\n"
        time.sleep(dice.uniform(0, 0.01))
        for sealer in sealers:
            sealer.kill()
            killed += sealer.communicate()[0] == ""
        require_one_history(resources)
    assert killed > 0
    seal_records(resources, site, "last")
    require_one_history(resources)
    assert count_unsealed(resources.database, "demo") == 0
    assert read_journal_head(resources, "demo").note == find_newest_checkpoint(resources.database, "demo").note


@pytest.mark.parametrize("most", [1, 5_000, 50_000])
def test_on_a_full_disk_nothing_half_is_sealed_and_the_next_sealer_goes_on(resources, site, most):
    with resources.database.write():
        for _ in range(60):
            choose(resources, site, "accept")
    resources.database.empty_log()
    refused = start(resources, most).communicate()[0].splitlines()[1]
    assert refused.startswith("refused: "), refused
    require_one_history(resources)
    assert start(resources).communicate()[0].splitlines()[1].startswith("sealed ")
    require_one_history(resources)
    assert count_unsealed(resources.database, "demo") == 0
