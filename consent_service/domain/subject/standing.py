"""Standing: everything current about a principal, as one look-up reads it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from consent_service.domain.ledger.decision import Decision, State

NOTHING: Mapping[str, int] = MappingProxyType({})


class Block(StrEnum):
    """Why an address must not be contacted, in the order in which an answer names them."""

    COMPLAINT = "complaint"
    BOUNCE = "bounce"
    MANUAL = "manual"
    MINOR = "minor"
    ERASED = "erased"


HARD_BLOCKS = frozenset({Block.BOUNCE, Block.MANUAL})
"""These hold for every message; the others leave those that an order needs."""


class Standing(NamedTuple):
    """The current decisions by purpose and what overrides them; times in microseconds.

    ``blocks`` tells since when each block stands. ``stopped_at`` is when the person stopped everything, which covers
    every purpose decided no later. ``paused_until`` is when a pause ends.
    """

    decisions: Mapping[str, Decision]
    blocks: Mapping[str, int] = NOTHING
    stopped_at: int | None = None
    paused_until: int | None = None

    @property
    def block(self) -> Block | None:
        """The block that an answer names."""
        return next((block for block in Block if block in self.blocks), None) if self.blocks else None

    def stops(self, decision: Decision | None) -> bool:
        """Say whether stopping everything covers this decision; on a tie it does.

        It covers a request that waits, whenever that was made: anybody can ask, and nothing is decided by it.
        """
        if self.stopped_at is None:
            return False
        return decision is None or decision.state == State.PENDING or decision.at <= self.stopped_at

    @property
    def all_stopped_at(self) -> int | None:
        """Tell when everything was stopped; None where that is over, because something was agreed to since."""
        return self.stopped_at if all(self._covers(decision) for decision in self.decisions.values()) else None

    def _covers(self, decision: Decision) -> bool:
        return decision.state in (State.REFUSED, State.WITHDRAWN) or self.stops(decision)


NO_STANDING = Standing(MappingProxyType({}))

_NO = frozenset({State.REFUSED, State.WITHDRAWN})


def join_standings(standings: Sequence[Standing]) -> Standing:
    """Make one standing of those that one person has under several forms of a number: any no among them counts."""
    if len(standings) == 1:
        return standings[0]
    blocks: dict[str, int] = {}
    for standing in standings:
        for block, at in standing.blocks.items():
            blocks[block] = min(at, blocks.get(block, at))
    purposes = dict.fromkeys(purpose for standing in standings for purpose in standing.decisions)
    return Standing(
        {purpose: _join_decisions(purpose, standings) for purpose in purposes},
        blocks,
        max((standing.stopped_at for standing in standings if standing.stopped_at), default=None),
        max((standing.paused_until for standing in standings if standing.paused_until), default=None),
    )


def _join_decisions(purpose: str, standings: Sequence[Standing]) -> Decision:
    said = [decision for standing in standings if (decision := standing.decisions.get(purpose))]
    newest = max(said, key=lambda one: (one.state in _NO, one.state != State.PENDING, one.at))
    stops = [standing.stopped_at or 0 for standing in standings if standing.stops(standing.decisions.get(purpose))]
    if stops and newest.state not in _NO and newest.state != State.PENDING:
        return newest._replace(state=State.WITHDRAWN, at=max(stops))
    return newest
