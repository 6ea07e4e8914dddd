"""Retention: old records go by their class, nothing that is in force changes, and everything that stays verifies."""

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.site import RetentionClass
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.audit.checking_store import check_store
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.proving_records import prove_record
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.operator.housekeeping import prune_all_people, record_ended_grants
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import find_standing
from consent_service.verifier.export_verification import verify_export
from tests.cast import change_purpose, choose, make_notice_for, make_site

YEAR = 366 * DAY
PERSON = "demo/s/1.AAAAAAAAAAAAAAAAAAAAAA"
NEWS = "newsletter"


@pytest.fixture
def act(resources, site, clock):
    """Do something about messages now, after some days."""

    def act(days=1, **told):
        clock.advance(days * DAY)
        done = Act(**{"method": Method.API, "actor": "subject", "at": clock.now, "happens_now": True} | told)
        record_act(resources, site, PERSON, done)

    return act


def numbers(resources, principal):
    return sorted(record.head.seq for record in list_latest_records(resources.database, principal, 99))


def require_whole(resources, site):
    """Require that all that stays fits together, for us and for others."""
    seal_records(resources, site, "one")
    assert check_store(resources).faults == []
    keys = resources.keys.public_keys
    assert verify_export(export_records(resources, site, None), keys).faults == []


def prune(resources, site, **how):
    pruned = prune_all_people(resources, [site], **how)
    return pruned.visitors, pruned.records.total()


def test_a_yes_that_is_over_is_kept_for_its_class_and_then_forgotten(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(182 * DAY + YEAR - 3 * DAY)
    assert prune(resources, site) == (0, 0)
    clock.advance(5 * DAY)
    assert prune(resources, site) == (1, 1)
    assert numbers(resources, name_visitor("demo", visitor)) == []
    require_whole(resources, site)


def test_older_choices_go_and_what_is_in_force_stays_with_its_record(resources, site, clock):
    cookie = choose(resources, site, "accept").cookie
    for _ in range(5):
        clock.advance(150 * DAY)
        cookie = choose(resources, site, "save", cookie=cookie, yes=["analytics"]).cookie
    principal = name_visitor("demo", cookie.visitor)
    before = find_standing(resources.database, principal)
    require_whole(resources, site)
    assert prune(resources, site) == (0, 2), "valid for half a year, kept for a year behind that"
    assert numbers(resources, principal) == [3, 4, 5, 6]
    assert find_standing(resources.database, principal) == before
    require_whole(resources, site)
    own = list(export_records(resources, site, cookie.visitor))
    assert verify_export(own, resources.keys.public_keys).faults == []
    assert verify_export(own[1:-1], resources.keys.public_keys).faults, "without the removal there is a gap"
    assert prune(resources, site) == (0, 0)


def test_the_record_that_a_state_rests_on_stays_however_old_it_is(resources, site, clock):
    """Only the purposes of the first record were decided anew, so the second still counts."""
    cookie = choose(resources, site, "accept", notice=make_notice_for(site, "analytics")).cookie
    clock.advance(DAY)
    cookie = choose(resources, site, "accept", cookie=cookie, notice=make_notice_for(site, "preferences")).cookie
    for _ in range(6):
        clock.advance(150 * DAY)
        cookie = choose(resources, site, "accept", cookie=cookie, notice=make_notice_for(site, "analytics")).cookie
    assert prune(resources, site)[0] == 0
    assert numbers(resources, name_visitor("demo", cookie.visitor)) == [2, 3, 4, 5, 6, 7, 8]
    require_whole(resources, site)


def test_a_longer_class_of_one_purpose_keeps_the_record(resources, site, clock):
    longer = RetentionClass(key="law", duration="7 years", after="the order", reason="the law")
    site = change_purpose(make_site(retention=(*site.retention, longer)), "analytics", retention="law")
    choose(resources, site, "accept")
    clock.advance(6 * YEAR)
    assert prune(resources, site) == (0, 0)
    clock.advance(2 * YEAR)
    assert prune_all_people(resources, [site]).records == {("demo", "law"): 1}


def test_a_dry_run_counts_the_same_and_changes_nothing(resources, site, clock):
    choose(resources, site, "accept")
    choose(resources, site, "reject")
    clock.advance(2 * YEAR)
    before = resources.database.rows("SELECT * FROM record")
    assert prune(resources, site, dry_run=True) == (2, 2)
    assert resources.database.rows("SELECT * FROM record") == before
    assert prune(resources, site) == (2, 2)


def test_of_a_person_older_records_go_and_every_no_stays(resources, site, clock, act):
    act(states={NEWS: State.GRANTED}, lasts_until={NEWS: clock.now + 90 * DAY})
    clock.advance(90 * DAY)
    record_ended_grants(resources, site)
    act(30, states={NEWS: State.GRANTED}, revives=True)
    act(30, block=Block.BOUNCE, states={})
    act(30, lift=Block.BOUNCE, states={}, method=Method.OPERATOR)
    act(30, states={NEWS: State.WITHDRAWN})
    act(30, pause_until=clock.now + 50 * DAY)
    require_whole(resources, site)
    before = find_standing(resources.database, PERSON)
    assert prune(resources, site) == (0, 0)
    clock.advance(2 * YEAR)
    require_whole(resources, site)
    visitors, records = prune(resources, site)
    assert (visitors, records > 0) == (0, True)
    left = numbers(resources, PERSON)
    assert left == list(range(8 - len(left), 8)), "a chain without a gap"
    assert 6 in left, "the withdrawal"
    assert find_standing(resources.database, PERSON) == before
    require_whole(resources, site)
    act(1, states={NEWS: State.GRANTED}, revives=True)
    assert find_standing(resources.database, PERSON).decisions[NEWS].state == State.GRANTED
    require_whole(resources, site)


def test_records_of_a_store_that_does_not_fit_are_left_alone(resources, site, clock, act):
    act(states={NEWS: State.GRANTED})
    act(states={NEWS: State.WITHDRAWN})
    with resources.database.write():
        resources.database.change("UPDATE standing SET stopped_at = 7 WHERE principal = ?", (PERSON,))
    clock.advance(3 * YEAR)
    assert prune(resources, site) == (0, 0)


def test_what_went_is_told_by_one_signed_record_and_its_proofs_stay_right(resources, site, clock):
    for _ in range(40):
        choose(resources, site, "accept")
    clock.advance(2 * YEAR)
    kept = choose(resources, site, "accept").cookie.visitor
    seal_records(resources, site, "one")
    pruned = prune_all_people(resources, [site])
    assert (pruned.visitors, 0 < len(pruned.removals) < 10) == (40, True)
    require_whole(resources, site)
    [record] = list_latest_records(resources.database, name_visitor("demo", kept), 1)
    assert prove_record(resources, "demo", record.head[:2], record.signed, record.head.at)


def test_people_of_a_site_that_is_not_served_are_left_alone(resources, site, clock):
    choose(resources, make_site("other"), "accept")
    clock.advance(5 * YEAR)
    assert prune(resources, site) == (0, 0)
