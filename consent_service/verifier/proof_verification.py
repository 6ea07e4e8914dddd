"""Verifying proofs with nothing but what we publish: no database, no network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from consent_service.domain.evidence.checkpoint import Checkpoint, read_checkpoint, read_origin
from consent_service.domain.evidence.merkle_tree import hash_leaf, verify_inclusion
from consent_service.domain.evidence.tlog_proof import parse_proof
from consent_service.domain.ledger.consent_record import ConsentRecord, read_record
from consent_service.keys.note_signing import open_note
from consent_service.keys.record_verification import read_record_key_id, verify_record
from consent_service.keys.verification import read_jwks


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """What the keys document tells: who signs records, who signs checkpoints, and what no longer counts.

    ``sealed`` has for each key that was compromised how many records had been sealed by then.
    """

    records: Mapping[str, bytes]
    checkpoints: tuple[bytes, ...]
    sealed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProvenRecord:
    """A record, and where in which tree it was sealed."""

    record: ConsentRecord
    index: int
    checkpoint: Checkpoint


def read_published_keys(document: object) -> PublishedKeys:
    """Read the document served at ``/consent/keys.json``; raises ValueError where it is none.

    One from before there were checkpoints has no keys for them.
    """
    records = read_jwks(document)
    ledger = document.get("ledger", {}) if isinstance(document, dict) else {}
    if not isinstance(ledger, dict):
        raise ValueError("the ledger of the key set is no object")
    checkpoints = tuple(read_jwks(ledger).values()) if ledger else ()
    sealed = ledger.get("compromised", {})
    if not isinstance(sealed, dict) or not all(type(size) is int for size in sealed.values()):
        raise ValueError("the compromised keys of the key set are no sizes")
    return PublishedKeys(records, checkpoints, sealed)


def verify_proof(written: str, keys: PublishedKeys, signed: str | None = None) -> ProvenRecord:
    """Verify a proof file of a record, which is in the file or handed over; raises ValueError that says what is wrong.

    The record must be signed by one of our keys, be of the site whose ledger it is, and lie where the proof says in
    the tree that one of our keys for checkpoints signed.
    """
    proof = parse_proof(written)
    given = signed.encode() if signed is not None else proof.extra
    if given is None:
        raise ValueError("the proof holds no record; hand it over")
    compact = given.decode("ascii")
    record = read_record(json.loads(verify_record(dict(keys.records), compact)))
    checkpoint = verify_checkpoint(proof.checkpoint, keys)
    if read_origin(checkpoint.origin).site != record.site:
        raise ValueError(f"the record is of the site {record.site!r}, the checkpoint of another")
    if not verify_inclusion(hash_leaf(given), proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise ValueError("the record does not lie in the tree that the checkpoint signs")
    kid = read_record_key_id(compact)
    if proof.index >= keys.sealed.get(kid, proof.index + 1):
        raise ValueError(f"the record was sealed after its key {kid} was compromised")
    return ProvenRecord(record, proof.index, checkpoint)


def verify_checkpoint(written: str, keys: PublishedKeys) -> Checkpoint:
    """Verify a signed checkpoint; raises ValueError that says what is wrong."""
    if not keys.checkpoints:
        raise ValueError("the key set has no keys for checkpoints; fetch /consent/keys.json again")
    return read_checkpoint(open_note(written, keys.checkpoints))
