"""Acts: the newest wins, on a tie the stricter, and nothing but the person's own proof turns a no into a yes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act, ActVerdict, Change, ChangeKind, apply_act
from consent_service.domain.subject.standing import NO_STANDING, Block, Standing

NEWS = "news"
TIMES = st.integers(min_value=1, max_value=6)
STATES = st.sampled_from([State.GRANTED, State.WITHDRAWN])


def act(state: State | None = None, at: int = 10, **changes: object) -> Act:
    states = {} if state is None else {NEWS: state}
    return Act(**({"method": Method.API, "actor": "test", "at": at, "states": states} | changes))  # type: ignore[arg-type]


def after(*acts: Act, start: Standing = NO_STANDING) -> Standing:
    for number, one in enumerate(acts):
        start = apply_act(start, one, record=f"r{number}", fingerprints={}).standing
    return start


def state_of(standing: Standing) -> str:
    return standing.decisions[NEWS].state


def verdict(standing: Standing, one: Act) -> ActVerdict:
    return apply_act(standing, one, record="r", fingerprints={}).verdicts[NEWS]


def test_a_first_yes_is_applied_and_told():
    effect = apply_act(NO_STANDING, act(State.GRANTED), record="r", fingerprints={NEWS: "f"})
    assert effect.changes == (Change(ChangeKind.DECISION, NEWS, "none", "granted"),)
    assert effect.standing.decisions[NEWS].fingerprint == "f"


def test_an_older_act_that_arrives_late_changes_nothing_and_is_recorded():
    granted = after(act(State.GRANTED, 10))
    effect = apply_act(granted, act(State.WITHDRAWN, 9), record="r", fingerprints={})
    assert (state_of(effect.standing), effect.changes) == ("granted", ())
    assert effect.verdicts == {NEWS: ActVerdict.OLDER}
    assert effect.worth_recording


def test_on_a_tie_the_stricter_wins_whichever_comes_first():
    yes, no = act(State.GRANTED, 10, revives=True), act(State.WITHDRAWN, 10)
    assert state_of(after(yes, no)) == state_of(after(no, yes)) == "withdrawn"


@given(st.lists(st.tuples(STATES, TIMES), min_size=1, max_size=8))
def test_acts_may_arrive_in_any_order_and_end_in_a_yes_only_where_the_newest_is_one(said):
    newest = max(said, key=lambda one: (one[1], one[0] is State.WITHDRAWN))
    assert state_of(after(*(act(state, at) for state, at in said))) in {newest[0], "withdrawn"}


@given(st.lists(STATES, min_size=1, max_size=8))
def test_what_a_person_proves_takes_effect_one_after_the_other(said):
    acts = [act(state, at, revives=True) for at, state in enumerate(said, start=1)]
    assert state_of(after(*acts)) == said[-1]


@pytest.mark.threat("T32")
@given(st.lists(st.tuples(STATES, TIMES, st.booleans()), min_size=1, max_size=8), TIMES, st.booleans())
def test_nothing_without_the_persons_own_proof_turns_a_no_into_a_yes(said, at, stop):
    before = after(*(act(state, time, revives=revives) for state, time, revives in said))
    if stop:
        before = after(act(None, 3, stop_all=True), start=before)
    denied = before.stops(before.decisions[NEWS]) or state_of(before) == "withdrawn"
    behind = apply_act(before, act(State.GRANTED, at + 100, method=Method.IMPORT), record="r", fingerprints={})
    if denied:
        assert behind.verdicts == {NEWS: ActVerdict.WITHDRAWAL_NEWER}
        assert behind.standing == before


def test_stopping_everything_covers_a_purpose_nobody_decided():
    stopped = after(act(None, 10, stop_all=True))
    assert stopped.stops(None)


def test_a_fresh_confirmation_after_stopping_everything_counts_for_its_purpose():
    standing = after(act(None, 10, stop_all=True), act(State.GRANTED, 11, revives=True))
    assert not standing.stops(standing.decisions[NEWS])


def test_stopping_everything_again_changes_nothing():
    stopped = after(act(None, 10, stop_all=True))
    assert not apply_act(stopped, act(None, 20, stop_all=True), record="r", fingerprints={}).worth_recording


def test_stopping_everything_covers_a_yes_given_in_between():
    standing = after(act(None, 10, stop_all=True), act(State.GRANTED, 11, revives=True), act(None, 12, stop_all=True))
    assert standing.stops(standing.decisions[NEWS])


def test_a_fresh_confirmation_lifts_a_withdrawal_but_never_a_block():
    withdrawn = after(act(State.GRANTED, 1), act(State.WITHDRAWN, 2))
    assert verdict(withdrawn, act(State.GRANTED, 3, revives=True)) is ActVerdict.APPLIED
    blocked = after(act(None, 2, block=Block.COMPLAINT), start=withdrawn)
    assert verdict(blocked, act(State.GRANTED, 3, revives=True)) is ActVerdict.BLOCKED


def test_a_request_shows_only_where_nothing_was_decided():
    assert state_of(after(act(State.PENDING))) == "pending"
    for state in (State.GRANTED, State.WITHDRAWN):
        assert state_of(after(act(state, 1), act(State.PENDING, 2))) == state


def test_a_block_goes_up_once_and_comes_down_when_it_is_lifted():
    blocked = after(act(None, 5, block=Block.BOUNCE), act(None, 9, block=Block.BOUNCE))
    assert blocked.blocks == {"bounce": 5}
    assert after(act(None, 10, lift=Block.BOUNCE), start=blocked).blocks == {}


def test_a_pause_is_set_moved_and_ended():
    paused = after(act(None, 5, pause_until=100))
    assert paused.paused_until == 100
    assert not apply_act(paused, act(None, 6, pause_until=100), record="r", fingerprints={}).changes
    assert after(act(None, 7, pause_until=0), start=paused).paused_until is None


def test_a_yes_ends_by_itself_only_when_its_time_has_come():
    lasting = after(act(State.GRANTED, 5, lasts_until={NEWS: 50}))
    assert verdict(lasting, act(State.EXPIRED, 49)) is ActVerdict.UNCHANGED
    assert state_of(after(act(State.EXPIRED, 50), start=lasting)) == "expired"


def test_a_no_or_a_stop_after_a_yes_that_has_ended_since_still_counts_when_it_is_told_late():
    ended = after(act(State.GRANTED, 5, lasts_until={NEWS: 50}), act(State.EXPIRED, 50))
    for late in (act(State.WITHDRAWN, 20), act(at=20, stop_all=True)):
        assert verdict(after(late, start=ended), act(State.GRANTED, 60)) is ActVerdict.WITHDRAWAL_NEWER
    assert verdict(ended, act(State.WITHDRAWN, 4)) is ActVerdict.OLDER


def test_an_end_does_not_lift_a_stop_from_before_it():
    stopped = after(act(State.GRANTED, 5, lasts_until={NEWS: 50}), act(at=20, stop_all=True), act(State.EXPIRED, 50))
    assert verdict(stopped, act(State.GRANTED, 60)) is ActVerdict.WITHDRAWAL_NEWER


def test_what_has_ended_may_be_given_again():
    ended = after(act(State.GRANTED, 5, lasts_until={NEWS: 50}), act(State.EXPIRED, 50))
    assert verdict(ended, act(State.GRANTED, 60)) is ActVerdict.APPLIED
