"""Statements as a row holds them: a line for each record, which names what was said by its key."""

from collections.abc import Iterable

import msgspec

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Decision
from consent_service.domain.ledger.statement import Statement, find_decision
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.snapshot import Readable
from consent_service.storage.said_texts import digest_said, keep_said, read_said

_ENCODER = msgspec.json.Encoder()


def list_decisions(statements: Iterable[Statement]) -> dict[str, Decision]:
    """Take statements apart into a decision for each purpose."""
    return {purpose: statement.make_decision(purpose) for statement in statements for purpose in statement.said.states}


def read_statements(readable: Readable, text: str) -> list[Statement]:
    """Read what a row holds; raises StorageUnavailable where that is not what was written.

    Each line is a record, a time, the end of its validity, and the key of what was said, which is read once: dense
    rows make a check fast, and what was said comes again and again.
    """
    statements = []
    try:
        for line in text.splitlines():
            record, at, valid_until, said = line.split(" ")
            statements.append(Statement(read_said(readable, said), record, int(at), int(valid_until)))
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageUnavailable(f"stored decisions cannot be read: {error}") from error
    return statements


def read_decisions(readable: Readable, text: str) -> dict[str, Decision]:
    """Read the decisions of a row by purpose."""
    return list_decisions(read_statements(readable, text))


def read_decision(readable: Readable, text: str, purpose: str) -> dict[str, Decision]:
    """Read the decision of a row on one purpose, if there is one."""
    decision = find_decision(read_statements(readable, text), purpose)
    return {purpose: decision} if decision else {}


def write_decisions(database: Database, decisions: Iterable[Decision]) -> str:
    """Write decisions as a row holds them, and keep what that says beside it; runs inside a write."""
    statements: dict[tuple[str, int, int, str, bool], dict[str, list[str]]] = {}
    for decision in decisions:
        alike = (decision.record, decision.at, decision.valid_until, decision.method, decision.signalled)
        statements.setdefault(alike, {})[decision.purpose] = [decision.state, decision.fingerprint]
    lines, texts = [], set()
    for (record, at, valid_until, method, signalled), said in statements.items():
        text = _ENCODER.encode([method, signalled, said]).decode()
        texts.add(text)
        lines.append(f"{record} {at} {valid_until} {digest_said(text)}")
    keep_said(database, texts)
    return "\n".join(lines)
