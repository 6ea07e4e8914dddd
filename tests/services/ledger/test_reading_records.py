"""Reading records back: one's own and nobody else's, and none that does not verify."""

import pytest

from consent_service.domain.errors import BrokenRecord
from consent_service.keys.key_ring import KeyRing, create_key
from consent_service.services.ledger.reading_records import (
    HISTORY_LENGTH,
    find_record_of_site,
    find_record_of_visitor,
    read_history,
)
from consent_service.services.resources import Resources
from consent_service.storage.ledger.packed_values import unpack_record_id
from tests.cast import SECOND, choose, make_site


def test_the_history_lists_a_visitors_records_newest_first(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    choose(resources, site, "accept")
    clock.advance(60 * SECOND)
    choose(resources, site, "reject", visitor=visitor)
    assert [statement.record.method for statement in read_history(resources, site, visitor).statements] == [
        "refuse_all",
        "accept_all",
    ]


def test_a_very_long_history_is_cut_at_its_old_end(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    for number in range(HISTORY_LENGTH):
        clock.advance(60 * SECOND)
        choose(resources, site, ("reject", "accept")[number % 2], visitor=visitor)
    told = [statement.record.seq for statement in read_history(resources, site, visitor).statements]
    assert told == list(range(HISTORY_LENGTH + 1, 1, -1))


def test_a_record_is_found_by_its_id_within_its_site(resources, site):
    recorded = choose(resources, site, "accept")
    statement = find_record_of_site(resources, site, recorded.record)
    assert statement.record.id == recorded.record
    assert statement.kid == recorded.cookie.kid
    assert find_record_of_site(resources, make_site("other"), recorded.record) is None
    assert find_record_of_site(resources, make_site("dem"), recorded.record) is None


def test_a_record_of_somebody_else_is_not_found(resources, site):
    mine, theirs = choose(resources, site, "accept"), choose(resources, site, "reject")
    assert find_record_of_visitor(resources, site, mine.cookie.visitor, mine.record).record.method == "accept_all"
    assert find_record_of_visitor(resources, site, mine.cookie.visitor, theirs.record) is None


@pytest.mark.parametrize("identifier", ["", "%", "1", "019B796D-D600-7998-9071-FAEBC0DB7432", "x" * 10_000, "\0"])
def test_what_is_no_record_id_finds_nothing(resources, site, identifier):
    choose(resources, site, "accept")
    assert find_record_of_site(resources, site, identifier) is None


@pytest.mark.one_file
def test_records_signed_by_an_old_key_are_read(resources, site):
    recorded = choose(resources, site, "accept")
    create_key(resources.database.folder / "keys", 2**62)
    assert find_record_of_site(resources, site, recorded.record).kid == recorded.cookie.kid


def test_a_record_whose_key_is_lost_is_said_to_be_broken(resources, site, tmp_path):
    recorded = choose(resources, site, "accept")
    create_key(tmp_path / "other", 1)
    without = Resources(resources.database, KeyRing(tmp_path / "other"), resources.clock)
    with pytest.raises(BrokenRecord, match=f"the record {recorded.record} does not verify: signed by an unknown key"):
        find_record_of_site(without, site, recorded.record)


@pytest.mark.one_file
@pytest.mark.parametrize(
    "change",
    [
        "signed = ''",
        "signed = 'a.b.c'",
        "signature = zeroblob(64)",
        "signature = substr(signature, 1, 63)",
        "signature = 'text'",
        "signature = NULL",
        "template = template + 1",
        "template = NULL",
        "own = x'90'",
        "own = 'text'",
        "own = NULL",
        "own = x'92c0c4080000000000000000'",
        "at = at + 1",
        "at = 9223372036854775807",
        "at = 'text'",
        "id = x'019b796dd60079989071faebc0db7432'",
        "principal = 'demo/v/AAAAAAAAAAAAAAAAAAAAAA'",
        "seq = 7",
    ],
)
def test_a_record_that_was_altered_or_moved_in_the_database_is_said_to_be_broken(resources, site, change):
    choose(resources, site, "accept")
    resources.database.rows(f"UPDATE record SET {change}")
    [(principal, identifier)] = resources.database.rows("SELECT principal, id FROM record")
    identifier = unpack_record_id(identifier)
    with pytest.raises(BrokenRecord, match="does not verify"):
        find_record_of_site(resources, site, identifier)
    told = read_history(resources, site, principal.rpartition("/")[2])
    assert (told.statements, told.unverified) == ([], 1)


def test_a_broken_record_hides_none_of_the_sound_ones_and_is_counted_and_logged(resources, site, clock, caplog):
    visitor = choose(resources, site, "accept").cookie.visitor
    for button in ("reject", "accept"):
        clock.advance(60 * SECOND)
        choose(resources, site, button, visitor=visitor)
    resources.database.rows("UPDATE record SET signed = 'a.b.c' WHERE seq = 2")
    told = read_history(resources, site, visitor)
    assert ([statement.record.seq for statement in told.statements], told.unverified) == ([3, 1], 1)
    assert [record.getMessage() for record in caplog.records] == ["a record of a history does not verify"]
