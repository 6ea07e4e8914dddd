"""Statements as a row holds them: 40 bytes for each record, which name what was said by its number."""

import json
import struct
from collections.abc import Iterable

import msgspec

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.statement import Said, Statement, find_decision
from consent_service.storage.engine.database import Database, Readable
from consent_service.storage.ledger.dictionary import SharedTexts, keep_text
from consent_service.storage.ledger.packed_values import pack_record_id, unpack_record_id

LAYOUT = struct.Struct(">16sqqq")
"""The record, a time, the end of its validity, and the number of what was said; big-endian."""

_ENCODER = msgspec.json.Encoder()


def list_decisions(statements: Iterable[Statement]) -> dict[str, Decision]:
    """Take statements apart into a decision for each purpose."""
    return {purpose: statement.make_decision(purpose) for statement in statements for purpose in statement.said.states}


def read_statements(readable: Readable, packed: bytes) -> list[Statement]:
    """Read what a row holds; raises StorageUnavailable where that is not what was written.

    What was said is read once: dense rows make a check fast, and what was said comes again and again.
    """
    try:
        return [
            Statement(_said.find(readable, said), unpack_record_id(record), at, valid_until)
            for record, at, valid_until, said in LAYOUT.iter_unpack(packed)
        ]
    except (struct.error, ValueError, TypeError, AttributeError) as error:
        raise StorageUnavailable(f"stored decisions cannot be read: {error}") from error


def read_decisions(readable: Readable, packed: bytes) -> dict[str, Decision]:
    """Read the decisions of a row by purpose."""
    return list_decisions(read_statements(readable, packed))


def read_decision(readable: Readable, packed: bytes, purpose: str) -> dict[str, Decision]:
    """Read the decision of a row on one purpose, if there is one."""
    decision = find_decision(read_statements(readable, packed), purpose)
    return {purpose: decision} if decision else {}


def write_decisions(database: Database, decisions: Iterable[Decision]) -> bytes:
    """Write decisions as a row holds them, and keep what that says in the dictionary; runs inside a write."""
    statements: dict[tuple[str, int, int, str, bool], dict[str, list[str]]] = {}
    for decision in decisions:
        alike = (decision.record, decision.at, decision.valid_until, decision.method, decision.signalled)
        statements.setdefault(alike, {})[decision.purpose] = [decision.state, decision.fingerprint]
    return b"".join(
        LAYOUT.pack(pack_record_id(record), at, valid_until, keep_text(database, _write_said(method, signalled, said)))
        for (record, at, valid_until, method, signalled), said in statements.items()
    )


def _write_said(method: str, signalled: bool, states: dict[str, list[str]]) -> str:
    return _ENCODER.encode([method, signalled, states]).decode()


def _read_said(text: str) -> Said:
    method, signalled, states = json.loads(text)
    read = {purpose: (state, fingerprint) for purpose, (state, fingerprint) in states.items()}
    if not isinstance(method, str) or not isinstance(signalled, bool):
        raise TypeError("a method and a yes or no stand in front of the states")
    if not all(isinstance(part, str) for pair in read.values() for part in pair):
        raise TypeError("states and fingerprints are texts")
    return Said(method, signalled, read)


_said = SharedTexts(_read_said)
