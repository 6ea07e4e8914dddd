"""Recording a choice: who it is recorded for, as what, and how often."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.errors import ChoiceFault, StorageUnavailable
from consent_service.domain.identifier import VISITOR_ID, name_visitor
from consent_service.domain.ledger.notice import make_fingerprints
from consent_service.keys.record_verification import verify_record
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.rights.erasing import erase_visitor
from consent_service.services.visitor.reading_visitors import list_purposes_to_ask, verify_cookie
from consent_service.storage.records import list_latest_records
from consent_service.storage.standings import read_current_decisions
from tests.cast import NOON, SECOND, change_purpose, choose, cookie_text, make_notice_for, make_purpose, make_site

TABLES = ("record", "standing", "notice")


@pytest.fixture
def records(resources, site):
    return lambda visitor: [statement.record for statement in read_history(resources, site, visitor).statements][::-1]


def counts(resources):
    return [resources.database.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def states(resources, site, visitor):
    current = read_current_decisions(resources.database, name_visitor(site.id, visitor))
    return {key: str(decision.state) for key, decision in current.items()}


def test_the_first_choice_mints_a_visitor_and_signs_everything(resources, site, records):
    recorded = choose(resources, site, "save", yes=["analytics"])
    visitor = recorded.cookie.visitor
    assert VISITOR_ID.fullmatch(visitor)
    [record] = list_latest_records(resources.database, f"demo/v/{visitor}", 2)
    assert json.loads(verify_record(resources.keys.public_keys, record.signed)) == {
        "schema": "consent-record/1",
        "id": recorded.record,
        "site": "demo",
        "principal": f"demo/v/{visitor}",
        "seq": 1,
        "at": write_time(NOON),
        "actor": "visitor",
        "method": "save",
        "decisions": {"analytics": "granted", "marketing": "refused", "preferences": "refused"},
        "notice": make_notice_for(site).digest,
        "language": "en",
        "policy": "1",
        "region": "opt_in",
        "signals": [],
        "valid_until": write_time(NOON + 181 * DAY),
        "previous": None,
    }


def test_the_cookie_carries_the_letters_of_what_is_allowed(resources, site):
    recorded = choose(resources, site, "save", yes=["preferences", "analytics"])
    kid, _ = resources.keys.current
    assert (recorded.cookie.letters, recorded.cookie.seq, recorded.cookie.kid) == ("ap", 1, kid)
    assert recorded.cookie.issued == NOON // SECOND
    assert recorded.allowed == {"preferences", "analytics"}
    assert verify_cookie(resources, cookie_text(resources, recorded)) == recorded.cookie


def test_two_visitors_get_two_ids(resources, site):
    visitors = {choose(resources, site, "reject").cookie.visitor for _ in range(20)}
    assert len(visitors) == 20


def test_records_are_numbered_and_each_names_the_one_before(resources, site, clock, records):
    visitor = choose(resources, site, "accept").cookie.visitor
    for button in ("reject", "accept", "withdraw"):
        clock.advance(60 * SECOND)
        assert choose(resources, site, button, visitor=visitor).cookie.visitor == visitor
    chain = records(visitor)
    assert [record.seq for record in chain] == [1, 2, 3, 4]
    assert [record.previous for record in chain] == [None, *[record.id for record in chain[:-1]]]
    assert [record.method for record in chain] == ["accept_all", "refuse_all", "accept_all", "withdraw_all"]


@pytest.mark.parametrize("button", ["reject", "save"])
def test_a_no_to_something_granted_is_a_withdrawal_and_a_refusal_otherwise(resources, site, clock, button):
    visitor = choose(resources, site, "save", yes=["analytics"]).cookie.visitor
    clock.advance(60 * SECOND)
    choose(resources, site, button, visitor=visitor)
    expected = {"analytics": "withdrawn", "marketing": "refused", "preferences": "refused"}
    assert states(resources, site, visitor) == expected


def test_what_was_not_on_the_form_does_not_change(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    before = read_current_decisions(resources.database, name_visitor(site.id, visitor))
    clock.advance(60 * SECOND)
    choose(resources, site, "reject", visitor=visitor, notice=make_notice_for(site, "marketing"))
    after = read_current_decisions(resources.database, name_visitor(site.id, visitor))
    assert after["marketing"].state == "withdrawn"
    assert {key: after[key] for key in ("preferences", "analytics")} == {
        key: before[key] for key in ("preferences", "analytics")
    }


def test_a_visitor_of_a_stale_cookie_is_the_same_visitor_and_nothing_comes_back(resources, site, clock):
    stale = choose(resources, site, "accept")
    clock.advance(60 * SECOND)
    choose(resources, site, "withdraw", visitor=stale.cookie.visitor)
    clock.advance(60 * SECOND)
    old = verify_cookie(resources, cookie_text(resources, stale))
    again = choose(resources, site, "reject", visitor=old.visitor, notice=make_notice_for(site, "marketing"))
    assert (again.cookie.visitor, again.cookie.seq, again.allowed) == (stale.cookie.visitor, 3, frozenset())


@pytest.mark.threat("T9")
def test_an_erased_visitor_gets_a_new_id(resources, site, clock):
    erased = choose(resources, site, "accept").cookie.visitor
    erase_visitor(resources, site, erased, "test")
    recorded = choose(resources, site, "reject", visitor=erased)
    assert recorded.cookie.visitor != erased
    assert recorded.cookie.seq == 1
    assert read_history(resources, site, erased).statements == []


def test_a_visitor_of_another_site_is_unknown_here(resources, site):
    other = make_site("other")
    foreign = choose(resources, other, "accept").cookie.visitor
    assert choose(resources, site, "reject", visitor=foreign).cookie.visitor != foreign
    assert read_history(resources, site, foreign).statements == []
    assert len(read_history(resources, other, foreign).statements) == 1


def test_an_id_that_nobody_minted_is_not_taken_over(resources, site):
    assert choose(resources, site, "accept", visitor="A" * 22).cookie.visitor != "A" * 22


def test_a_purpose_that_was_not_on_the_form_is_refused_and_nothing_is_kept(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    before = counts(resources)
    for key in ("basket", "newsletter", "unknown", "marketing"):
        with pytest.raises(ChoiceFault, match=r"choice\.unknown_purpose"):
            choose(resources, site, "save", visitor=visitor, yes=[key], notice=make_notice_for(site, "analytics"))
    assert counts(resources) == before


def test_accept_allows_nothing_where_each_purpose_needs_a_yes_of_its_own(resources, records):
    site = make_site(extra=[make_purpose("health", sensitive=True)])
    recorded = choose(resources, site, "accept", notice=make_notice_for(site, "health"))
    assert recorded.allowed == frozenset()
    assert [record.decisions for record in records(recorded.cookie.visitor)] == [{}]


def test_a_choice_on_an_older_form_counts_for_the_text_it_was_made_on(resources, site, clock):
    older = make_notice_for(site)
    newer = change_purpose(site, "analytics", revision=2)
    visitor = choose(resources, newer, "accept", notice=older).cookie.visitor
    answers = check_visitor(resources, newer, visitor, ["analytics", "preferences"], signal=False)
    assert {key: answer.reason for key, answer in answers.items()} == {
        "analytics": "outdated",
        "preferences": "granted",
    }
    current = read_current_decisions(resources.database, name_visitor(newer.id, visitor))
    assert [p.key for p in list_purposes_to_ask(resources, newer, current, signal=False)] == ["analytics"]
    assert current["analytics"].fingerprint == make_fingerprints(site)["analytics"]


def test_a_purpose_that_the_site_dropped_since_is_not_recorded(resources, site):
    older = make_notice_for(site)
    newer = replace(site, purposes=tuple(p for p in site.purposes if p.key != "marketing"))
    assert choose(resources, newer, "accept", notice=older).allowed == {"preferences", "analytics"}
    assert choose(resources, newer, "save", yes=["analytics"], notice=older).allowed == {"analytics"}


def test_the_same_act_within_ten_seconds_is_one_record(resources, site, clock, records):
    first = choose(resources, site, "accept")
    for later in (0, 1, 9 * SECOND):
        clock.now = NOON + later
        assert choose(resources, site, "accept", visitor=first.cookie.visitor) == first
    clock.now = NOON + 10 * SECOND
    choose(resources, site, "accept", visitor=first.cookie.visitor)
    assert len(records(first.cookie.visitor)) == 2


def test_a_change_of_mind_within_ten_seconds_is_recorded(resources, site, clock, records):
    visitor = choose(resources, site, "accept").cookie.visitor
    for button in ("reject", "accept", "reject"):
        clock.advance(SECOND)
        choose(resources, site, button, visitor=visitor)
    assert [record.method for record in records(visitor)] == ["accept_all", "refuse_all", "accept_all", "refuse_all"]


def test_a_hundred_posts_of_one_act_at_once_are_one_record(resources, site, clock, records):
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(60 * SECOND)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: choose(resources, site, "reject", visitor=visitor), range(100)))
    assert len(set(answers)) == 1
    assert [record.method for record in records(visitor)] == ["accept_all", "refuse_all"]


def test_a_clock_that_goes_back_reorders_nothing(resources, site, clock, records):
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(-3600 * SECOND)
    recorded = choose(resources, site, "reject", visitor=visitor)
    assert choose(resources, site, "reject", visitor=visitor) == recorded
    assert recorded.allowed == frozenset()
    assert [record.at for record in records(visitor)] == [write_time(NOON)] * 2
    assert [record.seq for record in records(visitor)] == [1, 2]


@pytest.mark.one_file
@pytest.mark.parametrize(
    ("table", "moment"),
    [
        ("record", "BEFORE INSERT"),
        ("standing", "BEFORE INSERT"),
        ("standing", "AFTER INSERT"),
        ("notice", "BEFORE INSERT"),
    ],
)
def test_a_failure_of_any_statement_keeps_nothing_at_all(resources, site, table, moment):
    resources.database.rows(f"CREATE TRIGGER fails {moment} ON {table} BEGIN SELECT raise(ABORT, 'out of order'); END")
    with pytest.raises(StorageUnavailable, match=r"cannot be written: .*out of order"):
        choose(resources, site, "accept")
    assert counts(resources) == [0, 0, 0]
    resources.database.rows("DROP TRIGGER fails")
    visitor = choose(resources, site, "accept").cookie.visitor
    assert counts(resources) == [1, 1, 1]
    assert len(states(resources, site, visitor)) == 3


@pytest.mark.one_file
def test_a_failure_while_withdrawing_leaves_the_answer_as_it_was_until_it_is_repeated(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    clock.advance(60 * SECOND)
    resources.database.rows(
        "CREATE TRIGGER fails BEFORE UPDATE ON standing BEGIN SELECT raise(ABORT, 'out of order'); END"
    )
    with pytest.raises(StorageUnavailable):
        choose(resources, site, "withdraw", visitor=visitor)
    assert set(states(resources, site, visitor).values()) == {"granted"}
    resources.database.rows("DROP TRIGGER fails")
    assert not choose(resources, site, "withdraw", visitor=visitor).allowed
