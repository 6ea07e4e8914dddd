"""Proof files: that a record lies in the tree of a signed checkpoint (c2sp.org/tlog-proof)."""

from dataclasses import dataclass

from consent_service.domain.evidence.checkpoint import NUMBER
from consent_service.domain.evidence.merkle_tree import HASH_BYTES
from consent_service.domain.evidence.signed_note import decode_base64, encode_base64

SUFFIX = ".tlog-proof"
HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF = 1_048_576
_EXTRA, _INDEX = "extra ", "index "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where the leaf lies, the path to the root, and the signed checkpoint as it was written.

    ``extra`` is what the leaf is the hash of, which is the signed record; None where it is handed over apart. No
    signature covers it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def write_proof(proof: TlogProof) -> str:
    """Write a proof file."""
    extra = [] if proof.extra is None else [_EXTRA + encode_base64(proof.extra)]
    lines = [HEADER, *extra, f"{_INDEX}{proof.index}", *map(encode_base64, proof.path), "", proof.checkpoint]
    return "\n".join(lines)


def parse_proof(written: str) -> TlogProof:
    """Take a proof file apart; raises ValueError that says what is wrong with it."""
    if len(written) > MAX_PROOF:
        raise ValueError("the proof is too long")
    head, blank, checkpoint = written.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER or not blank:
        raise ValueError(f"not a proof: it does not begin with {HEADER}")
    extra = decode_base64(lines.pop(0).removeprefix(_EXTRA)) if lines and lines[0].startswith(_EXTRA) else None
    index = lines.pop(0) if lines else ""
    if not index.startswith(_INDEX) or not NUMBER.fullmatch(index.removeprefix(_INDEX)):
        raise ValueError("the proof does not say the index of its leaf")
    path = tuple(map(decode_base64, lines))
    if any(len(step) != HASH_BYTES for step in path):
        raise ValueError("a step of the proof is no SHA-256 hash")
    return TlogProof(int(index.removeprefix(_INDEX)), path, checkpoint, extra)
