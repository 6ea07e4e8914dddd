"""Recording under the browser's opt-out signal: once, and never over a choice made under it."""

import pytest

from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.reading_records import read_history
from tests.cast import SECOND, choose, make_notice_for


@pytest.fixture
def told(resources, site):
    def tell(visitor):
        statements = [statement.record for statement in read_history(resources, site, visitor).statements][::-1]
        return [(record.method, record.actor, record.decisions, record.signals) for record in statements]

    return tell


def reason(resources, site, visitor, *, signal):
    return check_visitor(resources, site, visitor, ["marketing"], signal=signal)["marketing"].reason


def test_what_the_signal_covers_is_recorded_as_refused_by_it(resources, site, told):
    visitor = choose(resources, site, "accept", signal=True).cookie.visitor
    assert told(visitor) == [
        ("accept_all", "visitor", {"preferences": "granted", "analytics": "granted"}, ["gpc"]),
        ("signal", "browser", {"marketing": "refused"}, ["gpc"]),
    ]
    assert reason(resources, site, visitor, signal=True) == "signal"
    assert reason(resources, site, visitor, signal=False) == "signal"


def test_accept_on_a_form_made_without_the_signal_leaves_out_what_it_covers(resources, site, told):
    plain = make_notice_for(site)
    recorded = choose(resources, site, "accept", signal=True, notice=plain)
    assert recorded.allowed == {"preferences", "analytics"}
    assert [method for method, *_ in told(recorded.cookie.visitor)] == ["accept_all", "signal"]


def test_a_hundred_posts_under_the_signal_record_it_once(resources, site, clock, told):
    visitor = choose(resources, site, "accept", signal=True).cookie.visitor
    for number in range(100):
        clock.advance(60 * SECOND)
        choose(resources, site, ("reject", "accept")[number % 2], visitor=visitor, signal=True)
    methods = [method for method, *_ in told(visitor)]
    assert methods.count("signal") == 1
    assert len(methods) == 102


def test_the_same_act_twice_under_the_signal_is_one_act(resources, site, told):
    first = choose(resources, site, "accept", signal=True)
    assert choose(resources, site, "accept", visitor=first.cookie.visitor, signal=True) == first
    assert len(told(first.cookie.visitor)) == 2


def test_a_choice_made_under_the_signal_stands(resources, site, clock, told):
    everything = make_notice_for(site, "preferences", "analytics", "marketing", signal=True)
    chosen = choose(resources, site, "save", yes=["marketing"], signal=True, notice=everything)
    visitor = chosen.cookie.visitor
    assert chosen.allowed == {"marketing"}
    clock.advance(60 * SECOND)
    choose(resources, site, "reject", visitor=visitor, signal=True)
    assert reason(resources, site, visitor, signal=True) == "granted"
    assert "signal" not in [method for method, *_ in told(visitor)]


def test_a_grant_from_before_the_signal_gives_way_to_it(resources, site, clock, told):
    visitor = choose(resources, site, "accept").cookie.visitor
    assert reason(resources, site, visitor, signal=False) == "granted"
    assert reason(resources, site, visitor, signal=True) == "signal"
    clock.advance(60 * SECOND)
    recorded = choose(resources, site, "reject", visitor=visitor, signal=True)
    assert recorded.allowed == frozenset()
    assert [method for method, *_ in told(visitor)] == ["accept_all", "refuse_all", "signal"]
    assert reason(resources, site, visitor, signal=False) == "signal"


def test_a_refusal_from_before_the_signal_stays_a_refusal(resources, site, clock, told):
    visitor = choose(resources, site, "reject").cookie.visitor
    clock.advance(60 * SECOND)
    choose(resources, site, "accept", visitor=visitor, signal=True)
    assert reason(resources, site, visitor, signal=True) == "refused"
    assert [method for method, *_ in told(visitor)] == ["refuse_all", "accept_all"]


def test_a_yes_given_later_without_the_signal_replaces_what_it_refused(resources, site, clock):
    visitor = choose(resources, site, "reject", signal=True).cookie.visitor
    clock.advance(60 * SECOND)
    assert "marketing" in choose(resources, site, "accept", visitor=visitor).allowed
    assert reason(resources, site, visitor, signal=False) == "granted"


@pytest.mark.one_file
def test_a_failure_while_recording_the_signal_keeps_nothing_of_the_act(resources, site):
    resources.database.rows(
        "CREATE TRIGGER fails BEFORE INSERT ON record WHEN new.seq = 2 BEGIN SELECT raise(ABORT, 'no'); END"
    )
    with pytest.raises(Exception, match="cannot be written"):
        choose(resources, site, "accept", signal=True)
    assert resources.database.rows("SELECT count(*) FROM record") == [(0,)]
    assert resources.database.rows("SELECT count(*) FROM standing") == [(0,)]


def test_a_yes_on_a_form_that_did_not_speak_of_the_signal_does_not_override_it(resources, site, told):
    plain = make_notice_for(site)
    recorded = choose(resources, site, "save", yes=["marketing"], signal=True, notice=plain)
    assert recorded.allowed == frozenset()
    assert [method for method, *_ in told(recorded.cookie.visitor)] == ["save", "signal"]
    assert reason(resources, site, recorded.cookie.visitor, signal=False) == "signal"
