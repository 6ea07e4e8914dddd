"""Erasing: records, decisions and history go; that it happened stays, without saying whose."""

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.reading_records import find_record_of_site, read_history
from consent_service.services.rights.erasing import erase_visitor
from tests.cast import NOON, SECOND, choose, make_site


@pytest.fixture
def visitor(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(60 * SECOND)
    choose(resources, site, "reject", visitor=visitor)
    return visitor


def erasures(resources):
    return resources.database.rows("SELECT site, at, actor, records FROM erasure")


def test_records_decisions_and_history_go(resources, site, visitor):
    record = read_history(resources, site, visitor).statements[0].record.id
    assert erase_visitor(resources, site, visitor, "key:1") == 2
    assert read_history(resources, site, visitor).statements == []
    assert find_record_of_site(resources, site, record) is None
    assert check_visitor(resources, site, visitor, ["analytics"], signal=False)["analytics"].reason == "never_asked"
    assert len(list(export_records(resources, site, visitor))) == 1


def test_that_it_happened_is_kept_without_saying_whose(resources, site, visitor):
    erase_visitor(resources, site, visitor, "key:1")
    assert erasures(resources) == [("demo", NOON + 60 * SECOND, "key:1", 2)]
    everything = [row for table in ("erasure", "record", "standing", "notice") for row in rows(resources, table)]
    assert visitor not in repr(everything)


def rows(resources, table):
    return resources.database.rows(f"SELECT * FROM {table}")


@pytest.mark.one_file
def test_not_a_byte_of_the_visitor_is_left_in_the_file(resources, site, visitor):
    for _ in range(50):
        choose(resources, site, "accept")
    erase_visitor(resources, site, visitor, "test")
    resources.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    content = b"".join(file.read_bytes() for file in resources.database.file.parent.glob("consent.sqlite3*"))
    assert visitor.encode() not in content


def test_erasing_again_does_nothing_and_says_so(resources, site, visitor):
    erase_visitor(resources, site, visitor, "test")
    assert erase_visitor(resources, site, visitor, "test") == 0
    assert len(erasures(resources)) == 1


def test_a_visitor_nobody_knows_leaves_no_trace(resources, site):
    assert erase_visitor(resources, site, "A" * 22, "test") == 0
    assert erasures(resources) == []


def test_everybody_else_stays(resources, site, visitor):
    neighbour = choose(resources, site, "accept").cookie.visitor
    other = make_site("other")
    foreign = choose(resources, other, "accept").cookie.visitor
    assert erase_visitor(resources, other, visitor, "test") == 0
    erase_visitor(resources, site, visitor, "test")
    assert len(read_history(resources, site, neighbour).statements) == 1
    assert len(read_history(resources, other, foreign).statements) == 1


@pytest.mark.one_file
@pytest.mark.parametrize("table", ["record", "standing"])
def test_an_erasure_that_fails_erases_nothing(resources, site, visitor, table):
    resources.database.rows(f"CREATE TRIGGER fails BEFORE DELETE ON {table} BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(StorageUnavailable):
        erase_visitor(resources, site, visitor, "test")
    assert len(read_history(resources, site, visitor).statements) == 2
    assert erasures(resources) == []


@pytest.mark.one_file
def test_the_erased_id_is_gone_from_every_file_of_the_database(resources, site, visitor):
    kept = choose(resources, site, "accept").cookie.visitor
    files = [resources.database.file, resources.database.file.with_name(f"{resources.database.file.name}-wal")]
    assert any(visitor.encode() in file.read_bytes() for file in files)
    erase_visitor(resources, site, visitor, "key:1")
    assert not any(visitor.encode() in file.read_bytes() for file in files)
    assert any(kept.encode() in file.read_bytes() for file in files)
