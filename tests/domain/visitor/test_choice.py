"""What the fields of a form mean, and what a choice does to each purpose on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.errors import ChoiceFault
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.visitor.choice import Button, Submission, interpret_submission, read_submission
from tests.cast import make_purpose

PREFERENCES, ANALYTICS = make_purpose("preferences"), make_purpose("analytics")
MARKETING, HEALTH = make_purpose("marketing", signal=True), make_purpose("health", sensitive=True)
SHOWN = (PREFERENCES, ANALYTICS, MARKETING, HEALTH)
KEYS = [purpose.key for purpose in SHOWN]


def submit(button: Button, yes=(), no=()) -> Submission:
    return Submission(button, frozenset(yes), frozenset(no))


def current(**states: State) -> dict[str, Decision]:
    return {key: Decision(key, state, Method.SAVE, 1, 2, "record", "text", False) for key, state in states.items()}


@pytest.mark.parametrize("button", list(Button))
def test_a_form_with_one_button_is_read(button):
    assert read_submission([button], [], {}) == submit(button)


@pytest.mark.parametrize(
    ("buttons", "ticked", "radios", "code", "field"),
    [
        ([], [], {}, "choice.missing", "choice"),
        ([""], ["analytics"], {}, "choice.missing", "choice"),
        (["accept", "reject"], [], {}, "choice.contradictory", "choice"),
        (["", "accept"], [], {}, "choice.contradictory", "choice"),
        (["accept"], ["analytics"], {}, "choice.contradictory", "choice"),
        (["grant"], [], {}, "choice.unknown", "choice"),
        (["ACCEPT"], [], {}, "choice.unknown", "choice"),
        (["accept\0"], [], {}, "choice.unknown", "choice"),
        (["save"], [], {"analytics": ["maybe"]}, "choice.unknown_answer", "p.analytics"),
        (["save"], [], {"analytics": ["yes", ""]}, "choice.unknown_answer", "p.analytics"),
        (["save"], [], {"analytics": ["yes", "no"]}, "choice.both_answers", "p.analytics"),
        (["save"], ["analytics"], {"analytics": ["no"]}, "choice.both_answers", "p.analytics"),
    ],
)
def test_an_empty_or_contradictory_form_is_refused(buttons, ticked, radios, code, field):
    with pytest.raises(ChoiceFault) as caught:
        read_submission(buttons, ticked, radios)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_form_sent_with_the_same_button_twice_is_one_press():
    assert read_submission(["reject", "reject"], [], {}) == submit(Button.REJECT)


def test_ticks_and_radios_say_yes_and_no():
    radios = {"analytics": ["yes"], "marketing": ["no"], "health": []}
    read = read_submission(["save"], ["preferences"], radios)
    assert read == submit(Button.SAVE, yes=["preferences", "analytics"], no=["marketing"])


@pytest.mark.parametrize(
    ("submission", "grants"),
    [
        (submit(Button.ACCEPT), True),
        (submit(Button.SAVE, yes=["analytics"]), True),
        (submit(Button.SAVE), False),
        (submit(Button.SAVE, no=["analytics"]), False),
        (submit(Button.REJECT, yes=["analytics"]), False),
        (submit(Button.WITHDRAW, yes=["analytics"]), False),
    ],
)
def test_only_accept_and_a_saved_yes_can_allow_anything(submission, grants):
    assert submission.grants is grants


@pytest.mark.parametrize(
    ("signal", "granted"), [(False, ["preferences", "analytics", "marketing"]), (True, ["preferences", "analytics"])]
)
def test_accept_all_leaves_out_what_is_sensitive_or_covered_by_the_signal(signal, granted):
    outcome = interpret_submission(submit(Button.ACCEPT), SHOWN, {}, signal=signal)
    assert (outcome.method, outcome.states) == (Method.ACCEPT_ALL, dict.fromkeys(granted, State.GRANTED))


@pytest.mark.parametrize("key", ["marketing", "health"])
def test_a_yes_of_its_own_grants_what_is_sensitive_or_covered(key):
    outcome = interpret_submission(submit(Button.SAVE, yes=[key]), SHOWN, {}, signal=True)
    assert outcome.states == dict.fromkeys(KEYS, State.REFUSED) | {key: State.GRANTED}


def test_refuse_all_refuses_everything_on_the_form():
    outcome = interpret_submission(submit(Button.REJECT, yes=["analytics"]), SHOWN, {}, signal=False)
    assert (outcome.method, outcome.states) == (Method.REFUSE_ALL, dict.fromkeys(KEYS, State.REFUSED))


@pytest.mark.parametrize("button", [Button.REJECT, Button.SAVE])
def test_a_no_to_something_granted_is_a_withdrawal(button):
    before = current(analytics=State.GRANTED, marketing=State.REFUSED, health=State.WITHDRAWN)
    assert interpret_submission(submit(button), SHOWN, before, signal=False).states == {
        "preferences": State.REFUSED,
        "analytics": State.WITHDRAWN,
        "marketing": State.REFUSED,
        "health": State.WITHDRAWN,
    }


def test_withdraw_takes_back_what_is_named_and_leaves_the_rest():
    outcome = interpret_submission(submit(Button.WITHDRAW, yes=["analytics"]), SHOWN, {}, signal=False)
    assert (outcome.method, outcome.states) == (Method.WITHDRAW, {"analytics": State.WITHDRAWN})


def test_withdraw_that_names_nothing_takes_back_everything():
    outcome = interpret_submission(submit(Button.WITHDRAW), SHOWN, {}, signal=False)
    assert (outcome.method, outcome.states) == (Method.WITHDRAW_ALL, dict.fromkeys(KEYS, State.WITHDRAWN))


@pytest.mark.parametrize("button", list(Button))
@pytest.mark.parametrize("side", ["yes", "no"])
def test_a_purpose_that_was_not_on_the_form_is_refused(button, side):
    with pytest.raises(ChoiceFault) as caught:
        interpret_submission(submit(button, **{side: ["basket"]}), SHOWN, {}, signal=False)
    assert (caught.value.code, caught.value.field) == ("choice.unknown_purpose", "p.basket")


@given(
    button=st.sampled_from(list(Button)),
    yes=st.sets(st.sampled_from(KEYS)),
    no=st.sets(st.sampled_from(KEYS)),
    before=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(list(State))),
    signal=st.booleans(),
)
def test_nothing_is_granted_that_was_not_said_yes_to(button, yes, no, before, signal):
    outcome = interpret_submission(submit(button, yes, no), SHOWN, current(**before), signal=signal)
    granted = {key for key, state in outcome.states.items() if state is State.GRANTED}
    allowed = {Button.SAVE: yes, Button.ACCEPT: set(KEYS) - {"health"} | yes}.get(button, set())
    assert granted <= allowed
    assert set(outcome.states) <= set(KEYS)


def test_an_answer_about_a_purpose_dropped_since_does_not_lose_the_others():
    outcome = interpret_submission(
        submit(Button.SAVE, yes=["analytics", "old"], no=["preferences"]),
        (PREFERENCES, ANALYTICS),
        {},
        signal=False,
        dropped=["old"],
    )
    assert outcome.states == {"analytics": State.GRANTED, "preferences": State.REFUSED}


def test_accepting_all_with_a_no_takes_back_a_yes_that_it_leaves_out():
    submission = submit(Button.ACCEPT, no=["analytics", "marketing", "health"])
    outcome = interpret_submission(submission, SHOWN, current(health=State.GRANTED), signal=True)
    assert outcome.states == {
        "analytics": State.GRANTED,
        "health": State.WITHDRAWN,
        "preferences": State.GRANTED,
    }


def test_accepting_all_grants_what_needs_a_yes_of_its_own_only_with_that_yes():
    outcome = interpret_submission(submit(Button.ACCEPT, yes=["health"]), SHOWN, {}, signal=True)
    assert outcome.states == dict.fromkeys(["analytics", "health", "preferences"], State.GRANTED)


def test_rejecting_all_withdraws_a_purpose_dropped_since():
    outcome = interpret_submission(
        submit(Button.REJECT), (ANALYTICS,), current(old=State.GRANTED), signal=False, dropped=["old"]
    )
    assert outcome.states == {"analytics": State.REFUSED, "old": State.WITHDRAWN}


def test_withdrawing_only_a_purpose_dropped_since_withdraws_nothing_else():
    outcome = interpret_submission(
        submit(Button.WITHDRAW, yes=["old"]), (PREFERENCES, ANALYTICS), {}, signal=False, dropped=["old"]
    )
    assert (outcome.method, outcome.states) == (Method.WITHDRAW, {"old": State.WITHDRAWN})
