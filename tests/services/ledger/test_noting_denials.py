"""Every no, block and erasure lies in the journal, signed and synced, before it is committed or answered."""

import os

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.denial import DenialKind, NotedDenial
from consent_service.domain.subject.standing import Block
from consent_service.services.ledger.keeping_denials import find_end
from consent_service.services.ledger.noting_denials import (
    find_denials_folder,
    note_denial,
)
from consent_service.services.messages.confirming_requests import disown_request, read_confirmation
from consent_service.services.messages.suppressing_addresses import suppress_address
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.storage.standings import find_standing, read_current_decisions
from tests.cast import SECOND, choose
from tests.services.ledger.denials import start_denying, told
from tests.services.messages.telling_desk import NEWS, OFFERS, SITE, Desk

DAY = 86_400 * SECOND


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def home(resources):
    return resources.database.folder


def test_a_yes_alone_writes_no_journal(resources, site):
    choose(resources, site, "accept")
    assert not find_denials_folder(resources).exists()


@pytest.mark.parametrize(("first", "state"), [("reject", "refused"), ("accept", "withdrawn")])
def test_the_no_of_a_visitor_is_told_with_its_record(resources, site, first, state):
    visitor = choose(resources, site, first).cookie.visitor
    resources.clock.advance(DAY)
    recorded = choose(resources, site, "reject", visitor=visitor)
    denial = told(resources)[-1]
    assert (denial.principal, denial.seq, denial.record) == (f"demo/v/{visitor}", 2, recorded.record)
    assert denial.states == dict.fromkeys(("preferences", "analytics", "marketing"), state)
    assert denial.valid_until > denial.at == resources.clock()


def test_of_a_mixed_choice_the_noes_are_told(resources, site):
    choose(resources, site, "save", yes=["analytics"], no=["preferences", "marketing"])
    [denial] = told(resources)
    assert set(denial.states) == {"preferences", "marketing"}


def test_what_the_signal_refuses_is_told(resources, site):
    choose(resources, site, "accept", signal=True)
    assert [set(denial.states) for denial in told(resources)] == [{"marketing"}]


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, who: desk.click(who, NEWS),
        lambda desk, who: desk.mail(who, NEWS),
        lambda desk, who: desk.withdraw(who, NEWS),
        lambda desk, who: desk.save_no(who, NEWS),
        lambda desk, who: desk.stop(who, NEWS),
    ],
)
def test_every_way_to_unsubscribe_is_told_once_however_often_it_comes(desk, act):
    who, _ = desk.meet()
    desk.confirm(desk.ask(who, NEWS))
    assert told(desk.resources) == []
    for _ in range(3):
        act(desk, who)
    [denial] = told(desk.resources)
    assert (denial.principal, denial.states[NEWS]) == (who.principal, "withdrawn")


def test_blocks_and_erasures_are_told_in_their_order(desk, site):
    who, _ = desk.meet()
    desk.confirm(desk.ask(who, NEWS))
    suppress_address(desk.resources, SITE, who.principal, Block.BOUNCE, actor="key", at=desk.clock(), source="mta")
    erase_subject(desk.resources, SITE, who.principal, "operator")
    visitor = choose(desk.resources, site, "accept").cookie.visitor
    erase_visitor(desk.resources, site, visitor, "operator")
    assert [(denial.kind, denial.block, denial.principal) for denial in told(desk.resources)] == [
        (DenialKind.NO, "bounce", who.principal),
        (DenialKind.ERASURE, "erased", who.principal),
        (DenialKind.ERASURE, "", f"demo/v/{visitor}"),
    ]


def test_a_no_that_only_ends_a_request_is_told(desk):
    who, _ = desk.meet()
    desk.withdraw(who, OFFERS)
    token = desk.ask(who, OFFERS)
    end = find_end(find_denials_folder(desk.resources))
    desk.withdraw(who, OFFERS)
    assert desk.confirm(token) == "expired"
    assert [set(denial.states) for denial in told(desk.resources, end)] == [{OFFERS}]


def test_a_disowned_request_is_told(desk):
    who, _ = desk.meet()
    token = desk.ask(who, NEWS)
    disown_request(desk.resources, read_confirmation(desk.resources, SITE, token))
    [denial] = told(desk.resources)
    assert denial.kind is DenialKind.REQUEST
    assert denial.request


def test_a_no_that_the_journal_cannot_take_is_not_answered_and_not_kept(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    before = find_standing(resources.database, f"demo/v/{visitor}")
    find_denials_folder(resources).write_text("in the way")
    with pytest.raises(StorageUnavailable, match="journal of denials"):
        choose(resources, site, "reject", visitor=visitor)
    assert find_standing(resources.database, f"demo/v/{visitor}") == before
    choose(resources, site, "accept", visitor=visitor)


def test_a_no_is_synced_before_anybody_sees_it(resources, site, monkeypatch):
    visitor = choose(resources, site, "accept").cookie.visitor
    seen = []

    def sync(descriptor):
        with resources.database.snapshot() as stored:
            states = {one.state for one in read_current_decisions(stored, f"demo/v/{visitor}").values()}
        seen.append((states, len(told(resources))))

    monkeypatch.setattr(os, "fdatasync", sync)
    choose(resources, site, "reject", visitor=visitor)
    assert seen == [({"granted"}, 1)]


@pytest.mark.one_file
def test_what_killed_services_answered_or_kept_is_in_the_journal(resources, home):
    for number in range(8):
        running = start_denying(home)
        answered = [running.stdout.readline() for _ in range(20 + number)]
        running.kill()
        answered += running.communicate()[0].splitlines()
        known = {denial.principal.rpartition("/")[2] for denial in told(resources)}
        assert {line.strip() for line in answered} <= known
    kept = {
        row[0].rpartition("/")[2]
        for row in resources.database.rows("SELECT principal FROM standing")
        if "withdrawn" in {one.state for one in read_current_decisions(resources.database, row[0]).values()}
    }
    assert len(kept) > 160
    assert kept <= known


def test_what_was_undone_is_not_told_later(resources, site):
    def fail():
        with resources.database.write():
            note_denial(resources, NotedDenial(kind=DenialKind.ERASURE, principal="demo/v/x", at=1))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    choose(resources, site, "reject")
    assert [denial.kind for denial in told(resources)] == [DenialKind.NO]


def test_a_batch_is_one_write_of_the_journal(resources, site, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    with resources.database.write():
        for _ in range(5):
            choose(resources, site, "reject")
    assert len(told(resources)) == 5
    assert len(synced) == 1
