"""Standings: everything current about a principal, a visitor or a subject, read and written as one row."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.statement import Statement
from consent_service.domain.subject.standing import NO_STANDING, NOTHING, Standing
from consent_service.storage.engine.database import Database, Readable
from consent_service.storage.ledger.statements import (
    list_decisions,
    read_decision,
    read_decisions,
    read_statements,
    write_decisions,
)

COLUMNS = "decisions, blocks, stopped_at, paused_until"
CURRENT = "SELECT decisions FROM standing WHERE principal = ?"
CURRENT_AND_NEWEST = """
SELECT s.decisions, r.seq, r.at FROM standing s LEFT JOIN record r ON r.principal = s.principal
WHERE s.principal = ? ORDER BY r.seq DESC LIMIT 1
"""
REPLACE_DECISIONS = """
INSERT INTO standing (principal, decisions) VALUES (?, ?)
ON CONFLICT (principal) DO UPDATE SET decisions = excluded.decisions
"""
REPLACE = f"""
INSERT INTO standing (principal, {COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (principal) DO UPDATE SET
decisions = excluded.decisions, blocks = excluded.blocks, stopped_at = excluded.stopped_at,
paused_until = excluded.paused_until
"""
GROUP = 500
"""How many principals one query reads."""


class CurrentStatements(NamedTuple):
    """What is in force for a principal, still as it is stored."""

    principal: str
    packed: bytes


class VisitorState(NamedTuple):
    """What is in force for a visitor, and the number and time of the newest record, zeros where there is none."""

    statements: list[Statement]
    seq: int
    at: int


def find_visitor_state(readable: Readable, principal: str) -> VisitorState | None:
    """Find what is in force for a visitor and how far the records go; None for somebody unknown."""
    rows = readable.read_fenced(CURRENT_AND_NEWEST, (principal,))
    if not rows:
        return None
    packed, seq, at = rows[0]
    return VisitorState(read_statements(readable, packed), seq or 0, at or 0)


def read_current_statements(readable: Readable, principal: str) -> list[Statement]:
    """Read what is in force for a principal, statement by statement."""
    rows = readable.read_fenced(CURRENT, (principal,))
    return read_statements(readable, rows[0][0]) if rows else []


def read_current_decisions(readable: Readable, principal: str) -> dict[str, Decision]:
    """Read every current decision of a principal by purpose."""
    return list_decisions(read_current_statements(readable, principal))


def list_current_after(database: Database, principal: str, most: int) -> list[CurrentStatements]:
    """Read what is in force for so many principals that follow one, in their order."""
    query = "SELECT principal, decisions FROM standing WHERE principal > ? ORDER BY principal LIMIT ?"
    return [CurrentStatements(*row) for row in database.rows(query, (principal, most))]


def replace_decisions(database: Database, principal: str, decisions: Iterable[Decision]) -> None:
    """Make these, and no others, the current decisions of a principal; runs inside a write."""
    database.change(REPLACE_DECISIONS, (principal, write_decisions(database, decisions)))


def find_standing(database: Database, principal: str) -> Standing:
    """Read the standing of a principal; nobody known has an empty one."""
    rows = database.read_fenced(f"SELECT {COLUMNS} FROM standing WHERE principal = ?", (principal,))
    return read_standing(database, rows[0]) if rows else NO_STANDING


def list_standings_on(readable: Readable, principals: Sequence[str], purpose: str) -> dict[str, Standing]:
    """Read what up to ``GROUP`` principals said about one purpose and what overrides it; unknown ones are left out."""
    return {
        principal: Standing(
            read_decision(readable, decisions, purpose),
            json.loads(blocks) if blocks else NOTHING,
            stopped_at,
            paused_until,
        )
        for principal, decisions, blocks, stopped_at, paused_until in list_state_rows(readable, principals)
    }


def list_state_rows(readable: Readable, principals: Sequence[str]) -> list[tuple[Any, ...]]:
    """Read the rows of up to ``GROUP`` principals as they are stored."""
    if not principals:
        return []
    marks = ", ".join("?" * len(principals))
    return readable.rows(f"SELECT principal, {COLUMNS} FROM standing WHERE principal IN ({marks})", principals)


def list_known_principals(readable: Readable, principals: Sequence[str]) -> list[str]:
    """List those of a few principals of whom anything is known, in the order given."""
    known = {row[0] for row in list_state_rows(readable, principals)}
    return [principal for principal in principals if principal in known]


def list_standings_after(readable: Readable, principal: str, most: int) -> list[tuple[str, Standing]]:
    """Read where so many principals that follow one stand, in their order."""
    query = f"SELECT principal, {COLUMNS} FROM standing WHERE principal > ? ORDER BY principal LIMIT ?"
    return [(row[0], read_standing(readable, row[1:])) for row in readable.rows(query, (principal, most))]


def write_standing(database: Database, principal: str, standing: Standing) -> None:
    """Make this the standing of a principal; runs inside a write."""
    blocks = json.dumps(dict(standing.blocks)) if standing.blocks else None
    decisions = write_decisions(database, standing.decisions.values())
    database.change(REPLACE, (principal, decisions, blocks, standing.stopped_at, standing.paused_until))


def delete_standing(database: Database, principal: str) -> None:
    """Forget where a principal stands; runs inside a write."""
    database.change("DELETE FROM standing WHERE principal = ?", (principal,))


def read_standing(readable: Readable, row: Sequence[Any]) -> Standing:
    """Read the columns of a standing."""
    decisions, blocks, stopped_at, paused_until = row
    return Standing(read_decisions(readable, decisions), json.loads(blocks) if blocks else {}, stopped_at, paused_until)
