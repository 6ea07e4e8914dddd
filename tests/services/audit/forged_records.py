"""Forged records: a yes that nobody gave, put wherever a real one has something."""

import random

import apsw

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.evidence.merkle_tree import hash_leaf
from consent_service.storage.ledger.dictionary import derive_number
from tests.services.audit.spoiled_rows import ask


def make_payload(visitor: str, identifier: str, dice: random.Random) -> bytes:
    """Write a yes to everything."""
    decisions = dict.fromkeys(("analytics", "marketing", "preferences"), "granted")
    at = "2026-01-02T12:00:00.000000Z"
    told = {"schema": "consent-record/1", "id": identifier, "site": "demo", "principal": visitor, "seq": 1, "at": at}
    told |= {"actor": "visitor", "method": "accept_all", "decisions": decisions, "notice": dice.randbytes(32).hex()}
    told |= {"language": "en", "policy": "1", "region": "opt_in", "signals": [], "valid_until": at, "previous": None}
    return write_canonical_json(told)


def put_record(connection: apsw.Connection, visitor: str, told: dict, signed: str, now: int) -> None:
    """Put a record, what follows from it, and its place in the line where a real one has them."""
    identifier = bytes.fromhex(told["id"].replace("-", ""))
    row = (visitor, 1, identifier, now, bytes(16), None, None, None, signed)
    ask(connection, "INSERT INTO record (principal, seq, id, at, act, template, own, signature, signed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)  # fmt: skip
    said = write_canonical_json(
        ["accept_all", False, {key: ["granted", "0" * 32] for key in told["decisions"]}]
    ).decode()
    ask(connection, "INSERT OR IGNORE INTO dictionary VALUES (?, ?)", derive_number(said), said)
    packed = identifier + now.to_bytes(8) + (now * 2).to_bytes(8) + derive_number(said).to_bytes(8, signed=True)
    ask(connection, "INSERT INTO standing (principal, decisions) VALUES (?, ?)", visitor, packed)
    ask(connection, "INSERT INTO unsealed VALUES (?, 1, ?)", visitor, hash_leaf(signed.encode()))
