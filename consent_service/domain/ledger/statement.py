"""Statements: what one record said about some purposes, apart from when it said so and for how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from consent_service.domain.ledger.decision import Decision


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, which many people say alike: ``states`` are state and fingerprint by purpose."""

    method: str
    signalled: bool
    states: Mapping[str, tuple[str, str]]


class Statement(NamedTuple):
    """What one record said that is still in force; times in microseconds."""

    said: Said
    record: str
    at: int
    valid_until: int

    def make_decision(self, purpose: str) -> Decision:
        """Write what it says of one of its purposes as a decision."""
        state, fingerprint = self.said.states[purpose]
        method, signalled = self.said.method, self.said.signalled
        return Decision(purpose, state, method, self.at, self.valid_until, self.record, fingerprint, signalled)


def find_decision(statements: Iterable[Statement], purpose: str) -> Decision | None:
    """Find the decision on a purpose; what is in force speaks of each at most once."""
    for statement in statements:
        if purpose in statement.said.states:
            return statement.make_decision(purpose)
    return None
