"""Pruning visitors: a no that is over leaves nothing, a yes leaves its evidence, and nothing goes before its time."""

import pytest

from consent_service.domain.basics.moment import DAY, SECOND
from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.operator.housekeeping import do_housekeeping, prune_all_people
from consent_service.services.operator.pruning_people import prune_people
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing, read_current_decisions
from tests.cast import choose

LONG = 200 * DAY
ALL = 1_000_000


def prune_visitors(resources, site, after="", most=ALL):
    """Look at everybody or at some and return how many visitors were forgotten whole."""
    return prune_people(resources, {site.id: site}, after, most).pruned.visitors


def kept(resources, visitor) -> tuple[int, int]:
    """Count the records and the decisions that are kept of a visitor."""
    principal = name_visitor("demo", visitor)
    records = list_latest_records(resources.database, principal, 100)
    return len(records), len(read_current_decisions(resources.database, principal))


@pytest.mark.parametrize("button", ["reject", "withdraw"])
def test_a_visitor_who_only_said_no_is_forgotten_when_that_is_over_and_not_before(resources, site, clock, button):
    recorded = choose(resources, site, button)
    visitor = recorded.cookie.visitor
    clock.advance(recorded.max_age * SECOND - DAY)
    assert prune_visitors(resources, site) == 0
    assert kept(resources, visitor) == (1, 3)
    clock.advance(2 * DAY)
    assert prune_visitors(resources, site) == 1
    assert kept(resources, visitor) == (0, 0)
    assert prune_visitors(resources, site) == 0


def test_whoever_ever_said_yes_stays_whatever_they_said_since(resources, site, clock):
    once, partly = choose(resources, site, "accept"), choose(resources, site, "save", yes=["analytics"])
    clock.advance(20 * SECOND)
    choose(resources, site, "reject", visitor=once.cookie.visitor)
    clock.advance(LONG)
    assert prune_visitors(resources, site) == 0
    assert kept(resources, once.cookie.visitor)[0] == 2
    assert kept(resources, partly.cookie.visitor)[0] == 1


def test_a_newer_no_lasts_on(resources, site, clock):
    visitor = choose(resources, site, "reject").cookie.visitor
    clock.advance(LONG)
    choose(resources, site, "reject", visitor=visitor)
    assert prune_visitors(resources, site) == 0
    clock.advance(LONG)
    assert prune_visitors(resources, site) == 1


def test_a_record_that_cannot_be_read_is_kept(resources, site, clock):
    visitor = choose(resources, site, "reject").cookie.visitor
    with resources.database.write():
        resources.database.change("UPDATE record SET signed = 'x.y.z'")
    clock.advance(LONG)
    assert prune_visitors(resources, site) == 0
    assert kept(resources, visitor)[0] == 1


def test_the_worker_sweeps_the_visitors_part_by_part_and_prune_all_of_them(resources, site, clock):
    visitors = [choose(resources, site, "reject").cookie.visitor for _ in range(7)]
    clock.advance(LONG)
    parts, place = [], ""
    while True:
        part = prune_people(resources, {site.id: site}, place, 3)
        parts.append(part.pruned.visitors)
        place = part.next
        if not place:
            break
    assert parts == [3, 3, 1]
    assert [kept(resources, visitor) for visitor in visitors] == [(0, 0)] * 7
    visitors = [choose(resources, site, "reject").cookie.visitor for _ in range(7)]
    clock.advance(LONG)
    assert do_housekeeping(resources, [site]).pruned.visitors == 7
    assert prune_all_people(resources, [site]).visitors == 0


def test_many_are_forgotten_in_several_writes(resources, site, clock, monkeypatch):
    for _ in range(60):
        choose(resources, site, "reject")
    clock.advance(LONG)
    writes, write = [], type(resources.database).write
    monkeypatch.setattr(type(resources.database), "write", lambda own, *claims: writes.append(1) or write(own, *claims))
    assert prune_visitors(resources, site) == 60
    assert len(writes) > 1


def test_people_are_left_alone_whatever_they_said(resources, site, clock):
    person = "demo/s/1.somebody"
    act = Act(method=Method.API, actor="key:1", at=clock.now, states={"newsletter": State.REFUSED})
    record_act(resources, site, person, act)
    before = find_standing(resources.database, person)
    clock.advance(LONG)
    assert prune_visitors(resources, site) == 0
    assert find_standing(resources.database, person) == before
    assert len(list_latest_records(resources.database, person, 9)) == 1
