"""Current decisions: one row for each principal, with what is in force for it."""

from collections.abc import Collection, Iterable

import msgspec

from consent_service.domain.decision import Decision
from consent_service.domain.errors import StorageUnavailable
from consent_service.storage.database import Database

CURRENT = "SELECT decisions FROM principal_state WHERE principal = ?"
REPLACE = """
INSERT INTO principal_state (principal, decisions) VALUES (?, ?)
ON CONFLICT (principal) DO UPDATE SET decisions = excluded.decisions
"""

Statement = tuple[str, str, int, int, bool, dict[str, dict[str, str]]]
"""What decisions of one record share, then fingerprints by state and purpose: dense rows make a check fast."""

_make = tuple.__new__  # faster than the constructor of a named tuple; every check comes by here
_decode = msgspec.json.Decoder(list[Statement]).decode
_encode = msgspec.json.Encoder().encode


def current_decisions(
    database: Database, principal: str, purposes: Collection[str] | None = None
) -> dict[str, Decision]:
    """Read the current decisions of a principal by purpose: all of them, or those on some purposes."""
    rows = database.rows(CURRENT, (principal,))
    return _read(rows[0][0], purposes) if rows else {}


def replace_decisions(database: Database, principal: str, decisions: Iterable[Decision]) -> None:
    """Make these, and no others, the current decisions of a principal; runs inside a write."""
    write_decisions(database, [(principal, decisions)])


def write_decisions(database: Database, principals: Iterable[tuple[str, Iterable[Decision]]]) -> None:
    """Replace the decisions of many principals; runs inside a write."""
    database.change_many(REPLACE, ((principal, _text(decisions)) for principal, decisions in principals))


def delete_decisions(database: Database, principal: str) -> None:
    """Forget every decision of a principal; runs inside a write."""
    database.change("DELETE FROM principal_state WHERE principal = ?", (principal,))


def _read(text: str, purposes: Collection[str] | None) -> dict[str, Decision]:
    try:
        statements = _decode(text)
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"stored decisions cannot be read: {error}") from error
    decisions = {}
    for record, method, at, valid_until, signalled, said in statements:
        for state, prints in said.items():
            for purpose in prints if purposes is None else purposes:
                if purpose in prints:
                    decision = (purpose, state, method, at, valid_until, record, prints[purpose], signalled)
                    decisions[purpose] = _make(Decision, decision)
    return decisions


def _text(decisions: Iterable[Decision]) -> str:
    statements: dict[tuple[object, ...], dict[str, dict[str, str]]] = {}
    for purpose, state, method, at, valid_until, record, fingerprint, signalled in decisions:
        said = statements.setdefault((record, method, at, valid_until, signalled), {})
        said.setdefault(state, {})[purpose] = fingerprint
    return _encode([(*statement, said) for statement, said in statements.items()]).decode()
