"""Exporting: records with the notices they name, as they are stored, ending with a summary."""

import hashlib
import json
from dataclasses import replace

import pytest

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.reading_records import find_record_of_site, read_history
from consent_service.services.rights.erasing import erase_visitor
from tests.cast import SECOND, change_purpose, choose, make_notice_for, make_site
from tests.engines import open_again


@pytest.fixture
def exported(resources, site):
    return lambda visitor=None: [json.loads(line) for line in export_records(resources, site, visitor)]


def test_an_empty_site_exports_a_summary(exported):
    assert exported() == [{"kind": "summary", "notices": 0, "records": 0}]


def test_each_notice_follows_the_first_record_that_names_it(resources, site, clock, exported):
    choose(resources, site, "accept")
    choose(resources, site, "reject")
    choose(resources, site, "accept", notice=make_notice_for(site, "marketing"))
    lines = exported()
    assert [line["kind"] for line in lines].count("record") == 3
    assert [line["kind"] for line in lines].count("notice") == 2
    assert lines[0]["kind"] == "record"
    assert lines[1]["kind"] == "notice"
    assert lines[-1] == {"kind": "summary", "notices": 2, "records": 3}


def test_a_notice_is_exported_with_everything_its_digest_covers(resources, site, exported):
    notice = make_notice_for(site)
    choose(resources, site, "accept", notice=notice)
    [line] = [line for line in exported() if line["kind"] == "notice"]
    assert line["digest"] == notice.digest == hashlib.sha256(write_canonical_json(line["document"])).hexdigest()
    assert line["document"]["page"] == "<p>Cookies</p>"


def test_records_of_a_visitor_come_in_their_order(resources, site, clock, exported):
    visitors = [choose(resources, site, "accept").cookie.visitor for _ in range(3)]
    for visitor in visitors:
        clock.advance(60 * SECOND)
        choose(resources, site, "reject", visitor=visitor)
    stored = [record for name in sorted(visitors) for record in read_history(resources, site, name).statements[::-1]]
    assert [line["signed"] for line in exported() if line["kind"] == "record"] == [record.signed for record in stored]


def test_one_visitors_export_holds_nobody_else(resources, site, exported):
    mine = choose(resources, site, "accept")
    choose(resources, site, "reject")
    signed = find_record_of_site(resources, site, mine.record).signed
    kinds = exported(mine.cookie.visitor)
    assert [line.get("signed") for line in kinds] == [signed, None, None]


def test_one_sites_export_holds_no_other_site(resources, site, exported):
    choose(resources, site, "accept")
    for neighbour in ("demo2", "dem", "demo-two", "demo0", "emo"):
        choose(resources, make_site(neighbour), "accept")
    assert exported()[-1]["records"] == 1


def test_an_erased_visitor_is_not_exported(resources, site, exported):
    erased = choose(resources, site, "accept").cookie.visitor
    choose(resources, site, "accept")
    erase_visitor(resources, site, erased, "test")
    assert exported()[-1]["records"] == 2, "the other, and the record of what was removed"
    assert erased not in json.dumps(exported())


def test_an_export_is_one_snapshot_however_much_is_written_meanwhile(resources, site):
    for _ in range(5):
        choose(resources, site, "accept")
    lines = export_records(resources, site, None)
    first = [next(lines)]
    neighbour = replace(resources, database=open_again(resources.database))
    choose(neighbour, site, "accept", notice=make_notice_for(change_purpose(site, "analytics", revision=2)))
    assert json.loads([*first, *lines][-1]) == {"kind": "summary", "notices": 1, "records": 5}


@pytest.mark.one_file
@pytest.mark.parametrize("signed", ["", "a.b.c", "not a record", " "])
def test_a_record_that_does_not_verify_is_exported_as_it_lies_there(resources, site, exported, signed):
    choose(resources, site, "accept")
    resources.database.rows("UPDATE record SET signed = ?", (signed,))
    assert exported() == [
        {"kind": "record", "signed": signed},
        {"kind": "summary", "notices": 0, "records": 1},
    ]


def test_every_line_is_canonical(resources, site):
    choose(resources, site, "accept")
    for line in export_records(resources, site, None):
        assert line == write_canonical_json(json.loads(line)) + b"\n"


@pytest.mark.threat("T27")
def test_shops_whose_ids_are_long_and_near_each_other_keep_their_records_apart(resources):
    """A range over principals begins and ends at an id, in whatever order the database would sort it as a text."""
    ids = ["a" * 32, "a" * 31, "a" * 31 + "b", "a" * 30 + "-a", "a" * 31 + "-", "a", "a-", "a-a", "a0", "b"]
    sites = [make_site(identifier) for identifier in ids]
    visitors = {site.id: choose(resources, site, "accept").cookie.visitor for site in sites}
    for site in sites:
        lines = [json.loads(line) for line in export_records(resources, site, None)]
        assert [line["kind"] for line in lines].count("record") == 1
        [statement] = read_history(resources, site, visitors[site.id]).statements
        assert statement.record.principal == f"{site.id}/v/{visitors[site.id]}"
    erase_visitor(resources, sites[0], visitors[ids[0]], "test")
    left = [len(read_history(resources, site, visitors[site.id]).statements) for site in sites]
    assert left == [0] + [1] * (len(sites) - 1)
