"""The order of decisions about messages, every combination of it, against a plain table."""

from itertools import product
from typing import NamedTuple

from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.ledger.decision_order import Reason
from consent_service.domain.site.purpose import Basis, Channel, Kind, Purpose
from consent_service.domain.subject.message_decision import decide_message
from consent_service.domain.subject.standing import Block, Standing
from tests.cast import NOON, make_purpose

GIVEN = NOON - 50


def message(basis: Basis) -> Purpose:
    return make_purpose("news", kind=Kind.MESSAGES, channel=Channel.EMAIL, basis=basis, letter="", cookies=())


PURPOSES = {
    "unknown": None,
    "consent": message(Basis.CONSENT),
    "soft": message(Basis.SOFT_OPT_IN),
    "order": message(Basis.CONTRACT),
}


class Case(NamedTuple):
    purpose: str
    blocks: tuple[Block, ...]
    stopped: int | None
    paused: int | None
    state: str | None
    until: int
    changed: bool

    def standing(self) -> Standing:
        text = "old text" if self.changed else "text"
        decision = Decision("news", self.state or "", Method.API, GIVEN, self.until, "record", text, False)
        decisions = {"news": decision} if self.state else {}
        return Standing(decisions, {block.value: 1 for block in self.blocks}, self.stopped, self.paused)


BLOCKS = [(), *((block,) for block in Block), (Block.BOUNCE, Block.COMPLAINT), (Block.ERASED, Block.MANUAL)]
CASES = [
    Case(*values)
    for values in product(
        PURPOSES,
        BLOCKS,
        (None, GIVEN - 1, GIVEN, GIVEN + 1),
        (None, NOON, NOON + 1),
        (None, *State),
        (0, NOON, NOON + 1),
        (False, True),
    )
]


def expected_reason(case: Case) -> str:
    stopped = case.stopped is not None and (case.state in (None, "pending") or case.stopped >= GIVEN)
    hard = next((block for block in ("bounce", "manual") if block in case.blocks), None)
    first = next(
        (block for block in ("complaint", "bounce", "manual", "minor", "erased") if block in case.blocks), None
    )
    table = [
        (case.purpose == "unknown", "unknown_purpose"),
        (case.purpose == "order" and hard is not None, f"blocked_{hard}"),
        (case.purpose == "order", "not_consent_based"),
        (first is not None, f"blocked_{first}"),
        (stopped, "withdrawn"),
        (case.state is None, "never_asked"),
        (case.state != "granted", str(case.state)),
        (case.until and case.until <= NOON, "expired"),
        (case.changed, "outdated"),
        (case.paused == NOON + 1, "paused"),
        (case.purpose == "soft", "soft_opt_in"),
        (True, "granted"),
    ]
    return next(reason for holds, reason in table if holds)


def test_every_combination_gets_the_reason_of_the_plain_table():
    for case in CASES:
        answer = decide_message(PURPOSES[case.purpose], case.standing(), fingerprint="text", now=NOON)
        assert answer.reason == expected_reason(case), case
        assert answer.allowed is (answer.reason in {"granted", "soft_opt_in", "not_consent_based"}), case


def test_every_reason_is_reached_but_those_of_browsers():
    assert {expected_reason(case) for case in CASES} == set(Reason) - {Reason.SIGNAL, Reason.STORE_BEHIND}
