"""Statements: what one record said about some purposes, apart from when it said so and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from consent_service.domain.ledger.decision import Decision

_make = tuple.__new__  # faster than the constructor of a named tuple; every row of a list comes by here


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What was said, which many people say alike: ``states`` are state and fingerprint by purpose.

    Two are the same only when they are the same object, so that what follows from one can be remembered.
    """

    method: str
    signalled: bool
    states: Mapping[str, tuple[str, str]]


class Statement(NamedTuple):
    """What one record said that is still in force; times in microseconds."""

    said: Said
    record: str
    at: int
    valid_until: int

    def decision(self, purpose: str) -> Decision:
        """Write what it says of one of its purposes as a decision."""
        said, record, at, valid_until = self
        state, fingerprint = said.states[purpose]
        return _make(Decision, (purpose, state, said.method, at, valid_until, record, fingerprint, said.signalled))
