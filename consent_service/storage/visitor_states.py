"""Current decisions of visitors: one row each, at a number made of who it is, so that a check reads a flat tree."""

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.statement import Statement
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.snapshot import Readable
from consent_service.storage.statements import list_decisions, read_statements, write_decisions

REACH = 8
"""How many rows may belong to one number: the row of a visitor is the first that was free from it on."""
WITHIN_REACH = f"visitor_state WHERE slot BETWEEN ?1 AND ?1 + {REACH - 1}"
CURRENT = f"SELECT decisions FROM {WITHIN_REACH} AND principal = ?2 LIMIT 1"
NEAR = f"SELECT principal, slot FROM {WITHIN_REACH}"
FROM = "SELECT slot, principal, decisions FROM visitor_state WHERE slot >= ? ORDER BY slot LIMIT ?"
DELETE = f"DELETE FROM {WITHIN_REACH} AND principal = ?2"
REPLACE = """
INSERT INTO visitor_state (slot, principal, decisions) VALUES (?, ?, ?)
ON CONFLICT (slot) DO UPDATE SET decisions = excluded.decisions
"""


class StoredVisitor(NamedTuple):
    """A visitor's row: its number, whose it is, and what is in force."""

    slot: int
    principal: str
    statements: list[Statement]


def read_current_statements(readable: Readable, principal: str) -> list[Statement]:
    """Read what is in force for a visitor, statement by statement."""
    rows = readable.rows(CURRENT, (crc32(principal.encode()), principal))
    return read_statements(readable, rows[0][0]) if rows else []


def read_current_decisions(readable: Readable, principal: str) -> dict[str, Decision]:
    """Read every current decision of a visitor by purpose."""
    return list_decisions(read_current_statements(readable, principal))


def list_visitors_from(database: Database, slot: int, most: int) -> list[StoredVisitor]:
    """Read so many visitors from a number on, in the order of their numbers."""
    rows = database.rows(FROM, (slot, most))
    return [StoredVisitor(number, principal, read_statements(database, text)) for number, principal, text in rows]


def replace_decisions(database: Database, principal: str, decisions: Iterable[Decision]) -> None:
    """Make these, and no others, the current decisions of a visitor; runs inside a write."""
    text = write_decisions(database, decisions)
    database.change(REPLACE, (_find_slot(database, principal), principal, text))


def delete_decisions(database: Database, principal: str) -> None:
    """Forget every decision of a visitor; runs inside a write."""
    database.change(DELETE, (crc32(principal.encode()), principal))


def _find_slot(database: Database, principal: str) -> int:
    """Find the row of a visitor, or the first free one where there is none yet."""
    number = crc32(principal.encode())
    near: dict[str, int] = dict(database.rows(NEAR, (number,)))
    if principal in near:
        return near[principal]
    for slot in range(number, number + REACH):
        if slot not in near.values():
            return slot
    raise StorageUnavailable(f"{REACH} visitors stand at the number {number} already")
