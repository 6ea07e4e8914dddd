"""Current decisions: one row for each principal, with what is in force for it."""

import json
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from consent_service.domain.decision import Decision
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.statement import Said, Statement
from consent_service.storage.database import Database

CURRENT = "SELECT decisions FROM principal_state WHERE principal = ?"
REPLACE = """
INSERT INTO principal_state (principal, decisions) VALUES (?, ?)
ON CONFLICT (principal) DO UPDATE SET decisions = excluded.decisions
"""
REMEMBERED = 1024
"""How many different things said are kept as read; a shop's visitors say only so many."""

_ENCODER = msgspec.json.Encoder()
_make = tuple.__new__  # faster than the constructor of a named tuple; every check comes by here


def current_statements(database: Database, principal: str) -> list[Statement]:
    """Read what is in force for a principal, statement by statement."""
    rows = database.rows(CURRENT, (principal,))
    return read_statements(rows[0][0]) if rows else []


def current_decisions(database: Database, principal: str) -> dict[str, Decision]:
    """Read every current decision of a principal by purpose."""
    return decisions_of(current_statements(database, principal))


def replace_decisions(database: Database, principal: str, decisions: Iterable[Decision]) -> None:
    """Make these, and no others, the current decisions of a principal; runs inside a write."""
    write_decisions(database, [(principal, decisions)])


def write_decisions(database: Database, principals: Iterable[tuple[str, Iterable[Decision]]]) -> None:
    """Replace the decisions of many principals; runs inside a write."""
    database.change_many(REPLACE, ((principal, decisions_text(decisions)) for principal, decisions in principals))


def delete_decisions(database: Database, principal: str) -> None:
    """Forget every decision of a principal; runs inside a write."""
    database.change("DELETE FROM principal_state WHERE principal = ?", (principal,))


def decisions_of(statements: Iterable[Statement]) -> dict[str, Decision]:
    """Take statements apart into a decision for each purpose."""
    return {purpose: statement.decision(purpose) for statement in statements for purpose in statement.said.states}


def read_statements(text: str) -> list[Statement]:
    """Read what a row holds; raises StorageUnavailable where that is not what was written.

    Each line is a record, a time, the end of its validity, and what was said: dense rows make a check fast, and
    what was said comes again and again.
    """
    statements = []
    try:
        for line in text.splitlines():
            record, at, valid_until, said = line.split(" ", 3)
            statements.append(_make(Statement, (_said(said), record, int(at), int(valid_until))))
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageUnavailable(f"stored decisions cannot be read: {error}") from error
    return statements


def read_decisions(text: str) -> dict[str, Decision]:
    """Read the decisions of a row by purpose."""
    return decisions_of(read_statements(text))


def read_decision(text: str, purpose: str) -> dict[str, Decision]:
    """Read the decision of a row on one purpose, if there is one."""
    for statement in read_statements(text):
        if purpose in statement.said.states:
            return {purpose: statement.decision(purpose)}
    return {}


def decisions_text(decisions: Iterable[Decision]) -> str:
    """Write decisions as a row holds them."""
    statements: dict[tuple[str, int, int, str, bool], dict[str, list[str]]] = {}
    for purpose, state, method, at, valid_until, record, fingerprint, signalled in decisions:
        said = statements.setdefault((record, at, valid_until, method, bool(signalled)), {})
        said[purpose] = [state, fingerprint]
    return "\n".join(
        f"{record} {at} {valid_until} {_ENCODER.encode([method, signalled, said]).decode()}"
        for (record, at, valid_until, method, signalled), said in statements.items()
    )


@lru_cache(maxsize=REMEMBERED)
def _said(text: str) -> Said:
    method, signalled, states = json.loads(text)
    read = {purpose: (state, fingerprint) for purpose, (state, fingerprint) in states.items()}
    if not isinstance(method, str) or not isinstance(signalled, bool):
        raise TypeError("a method and a yes or no stand in front of the states")
    if not all(isinstance(part, str) for pair in read.values() for part in pair):
        raise TypeError("states and fingerprints are texts")
    return Said(method, signalled, read)
