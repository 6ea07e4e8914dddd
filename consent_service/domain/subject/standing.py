"""Standing: everything current about a principal, as one look-up reads it."""

from collections.abc import Mapping
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


NO_STANDING = Standing(MappingProxyType({}))
