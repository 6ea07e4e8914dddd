"""Pruning visitors: who only ever said no is forgotten when that no is over; of a yes the evidence stays."""

import json
from base64 import urlsafe_b64decode
from functools import partial
from typing import NamedTuple

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.identifier import is_visitor
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.statement import Statement
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import Claim, claim_principal
from consent_service.storage.engine.slices import change_in_slices
from consent_service.storage.ledger.statements import read_statements
from consent_service.storage.records import StoredRecord, delete_records, stream_principal_records
from consent_service.storage.standings import delete_standing, list_current_after, read_current_statements

PAGE = 500
"""How many visitors are looked at between two looks at the clock."""
NO = frozenset({State.REFUSED, State.WITHDRAWN})
"""A visitor may have withdrawn without ever having said yes."""
MARGIN = 60 * SECOND
"""A browser whose clock is behind may still hold the cookie for a moment."""


class Sweep(NamedTuple):
    """How far a sweep came: how many visitors were forgotten, and behind whom to go on, empty at the end."""

    pruned: int
    next: str


def prune_visitors(resources: Resources, after: str, most: int) -> Sweep:
    """Look at so many standings behind one, and forget visitors of whom nothing but an old no is kept.

    What is read holds nobody up; what is forgotten is looked at once more in the write, a few visitors at a time.
    """
    now, pruned = resources.clock() - MARGIN, 0
    while most > 0:
        page = list_current_after(resources.database, after, min(PAGE, most))
        visitors = [current for current in page if is_visitor(current.principal)]
        over = [who for who, packed in visitors if _is_over(read_statements(resources.database, packed), now)]
        bare = [principal for principal in over if not _has_granted(resources, principal)]
        claim = partial(_claim_next, bare)
        pruned += change_in_slices(resources.database, partial(_forget, resources, bare, now), claim)
        if len(page) < min(PAGE, most):
            return Sweep(pruned, "")
        after, most = page[-1].principal, most - len(page)
    return Sweep(pruned, after)


def _claim_next(left: list[str], few: int) -> list[Claim]:
    return [claim_principal(principal) for principal in left[:few]]


def _forget(resources: Resources, left: list[str], now: int, few: int) -> int:
    """Forget the next few; somebody who chose meanwhile stays. Runs inside a write."""
    taken, left[:] = left[:few], left[few:]
    for principal in taken:
        if _is_over(read_current_statements(resources.database, principal), now):
            delete_records(resources.database, principal)
            delete_standing(resources.database, principal)
    return len(taken)


def _is_over(statements: list[Statement], now: int) -> bool:
    """Say whether everything that is in force is a no whose time is over."""
    return all(
        statement.valid_until <= now and all(state in NO for state, _ in statement.said.states.values())
        for statement in statements
    )


def _has_granted(resources: Resources, principal: str) -> bool:
    """Say whether a record of a visitor holds a yes; one that cannot be read counts as if it did."""
    return any(_is_grant(record) for record in stream_principal_records(resources.database, principal))


def _is_grant(record: StoredRecord) -> bool:
    try:
        payload = record.signed.split(".")[1]
        decisions = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["decisions"]
        return not NO.issuperset(decisions.values())
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return True
