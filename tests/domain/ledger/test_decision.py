"""The order of decisions, every combination of it, against a plain table."""

from itertools import product
from typing import NamedTuple

import pytest

from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.decision_order import Reason, decide, decide_behind, needs_asking
from consent_service.domain.site.purpose import Basis, Kind
from tests.cast import NOON, make_purpose

PURPOSES = {
    "unknown": None,
    "necessary": make_purpose("basket", basis=Basis.NECESSARY),
    "contract": make_purpose("basket", basis=Basis.CONTRACT),
    "legal": make_purpose("basket", basis=Basis.LEGAL_OBLIGATION, signal=True),
    "plain": make_purpose("analytics"),
    "covered": make_purpose("marketing", signal=True),
    "sensitive": make_purpose("health", sensitive=True),
    "message": make_purpose("newsletter", kind=Kind.MESSAGES),
}
OF_SUBJECTS = {Reason.PAUSED, Reason.SOFT_OPT_IN, *(reason for reason in Reason if reason.startswith("blocked"))}
NEVER_ASKED_ABOUT = ("unknown", "necessary", "contract", "legal")


class Case(NamedTuple):
    purpose: str
    state: str | None
    method: str
    expired: bool
    changed: bool
    signalled: bool
    signal: bool

    def decision(self) -> Decision | None:
        if self.state is None:
            return None
        until = NOON if self.expired else NOON + 1
        text = "old text" if self.changed else "text"
        return Decision("key", self.state, self.method, NOON - 5, until, "record", text, self.signalled)


CASES = [Case(*values) for values in product(PURPOSES, (None, *State, "odd", ""), Method, *[(False, True)] * 4)]


def expected_reason(case: Case) -> str:
    table = [
        (case.purpose == "unknown", "unknown_purpose"),
        (case.purpose in NEVER_ASKED_ABOUT, "not_consent_based"),
        (case.state is None, "never_asked"),
        (case.method == "signal", "signal"),
        (case.state == "withdrawn", "withdrawn"),
        (case.state in {"pending", "expired"}, str(case.state)),
        (case.state != "granted", "refused"),
        (case.purpose == "covered" and case.signal and not case.signalled, "signal"),
        (case.expired, "expired"),
        (case.changed, "outdated"),
        (True, "granted"),
    ]
    return next(reason for holds, reason in table if holds)


def expected_asking(case: Case) -> bool:
    if case.purpose in (*NEVER_ASKED_ABOUT, "sensitive") or (case.purpose == "covered" and case.signal):
        return False
    return case.state is None or case.expired or (case.state == "granted" and case.changed)


def test_every_combination_gets_the_reason_of_the_plain_table():
    for case in CASES:
        answer = decide(PURPOSES[case.purpose], case.decision(), fingerprint="text", now=NOON, signal=case.signal)
        assert answer.reason == expected_reason(case), case
        assert answer.allowed is (answer.reason in {"granted", "not_consent_based"}), case


def test_every_reason_is_reached_but_those_that_override_a_subjects_decisions():
    assert {expected_reason(case) for case in CASES} == set(Reason) - OF_SUBJECTS - {Reason.STORE_BEHIND}


def test_an_answer_names_the_record_that_proves_it():
    granted = Case("plain", "granted", "save", *[False] * 4)
    answer = decide(PURPOSES["plain"], granted.decision(), fingerprint="text", now=NOON, signal=False)
    assert (answer.record, answer.since, answer.valid_until) == ("record", NOON - 5, NOON + 1)


def test_an_answer_without_a_decision_names_no_record():
    for purpose in (None, PURPOSES["necessary"], PURPOSES["plain"]):
        answer = decide(purpose, None, fingerprint="text", now=NOON, signal=False)
        assert (answer.record, answer.since, answer.valid_until) == (None, None, None)


def test_every_combination_is_asked_about_exactly_when_the_plain_rule_says():
    for case in CASES:
        purpose = PURPOSES[case.purpose]
        if purpose:
            asked = needs_asking(purpose, case.decision(), fingerprint="text", now=NOON, signal=case.signal)
            assert asked is expected_asking(case), case


@pytest.mark.parametrize("state", [State.REFUSED, State.WITHDRAWN])
def test_a_refusal_is_not_asked_about_again_until_it_expires_whatever_changes(state):
    refused = Decision("analytics", state, Method.SAVE, NOON, NOON + 10, "record", "old text", signalled=False)
    asked = [
        needs_asking(PURPOSES["plain"], refused, fingerprint="text", now=NOON + later, signal=False)
        for later in (0, 9, 10, 11)
    ]
    assert asked == [False, False, True, True]


def test_what_is_allowed_is_not_asked_about():
    for case in CASES:
        purpose = PURPOSES[case.purpose]
        situation = {"fingerprint": "text", "now": NOON, "signal": case.signal}
        if purpose and decide(purpose, case.decision(), **situation).allowed:
            assert not needs_asking(purpose, case.decision(), **situation), case


def test_a_store_that_is_behind_allows_only_what_nobody_decides():
    told = {name: decide_behind(purpose) for name, purpose in PURPOSES.items()}
    assert {name for name, answer in told.items() if answer.allowed} == {"necessary", "contract", "legal"}
    assert {answer.reason for answer in told.values()} == {"unknown_purpose", "not_consent_based", "store_behind"}
