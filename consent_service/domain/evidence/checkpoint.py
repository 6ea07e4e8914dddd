"""Checkpoints: the head of a tree as the text of a signed note (c2sp.org/tlog-checkpoint)."""

import re
from typing import NamedTuple

from consent_service.domain.evidence.merkle_tree import EMPTY_ROOT, HASH_BYTES
from consent_service.domain.evidence.signed_note import decode_base64, encode_base64, is_key_name

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[^/]+/consent/ledger/([^/]+)/([1-9][0-9]{0,18})", re.ASCII)


class Checkpoint(NamedTuple):
    """How many leaves a log has, and the root over them."""

    origin: str
    size: int
    root: bytes


class LedgerOrigin(NamedTuple):
    """Whose ledger it is, and in which epoch: an unbroken life of the store, by the second in which it began."""

    host: str
    site: str
    epoch: int

    def __str__(self) -> str:
        """Write it as the first line of a checkpoint."""
        return f"{self.host}/consent/ledger/{self.site}/{self.epoch}"


def read_origin(written: str) -> LedgerOrigin:
    """Read the origin of a checkpoint of ours; raises ValueError for that of another kind of log."""
    match = _ORIGIN.fullmatch(written)
    if not match or not is_key_name(written):
        raise ValueError("the checkpoint is not of a ledger of consent records")
    return LedgerOrigin(written.partition("/")[0], match[1], int(match[2]))


def write_checkpoint(checkpoint: Checkpoint) -> str:
    """Write the text that is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; raises ValueError that says what is wrong.

    Lines behind the third are extensions, which nobody can check; a checkpoint of ours has none.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise ValueError("a checkpoint has three lines: origin, size and root")
    if not NUMBER.fullmatch(lines[1]):
        raise ValueError("the size of the checkpoint is no whole number")
    root = decode_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise ValueError("the root of the checkpoint is no SHA-256 hash")
    if lines[1] == "0" and root != EMPTY_ROOT:
        raise ValueError("the checkpoint of an empty tree has another root")
    return Checkpoint(lines[0], int(lines[1]), root)
