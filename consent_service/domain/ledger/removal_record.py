"""The removal record: what was deleted from a ledger, and why, without saying whose it was.

Whoever can write into a database can delete from it. What lies in the tree and is neither kept nor named by a removal
that our key signed was deleted by somebody else.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

SCHEMA = "removal-record/1"
PREFIX_BYTES = 16
"""So much of a record's hash tells it from every other; the whole hash lies in the tree."""
_TEXTS = ("schema", "id", "site", "principal", "at", "actor", "method", "removed", "cuts")
_PREFIXES = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class RemovalCause(StrEnum):
    """Why records were removed."""

    ERASURE = "erasure"
    REQUEST = "request"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalRecord:
    """One removal; ``removed`` are the first 16 bytes of the hashes of the records that went, in base64url.

    ``cuts`` are the ids, 16 bytes each, of those that went from in front of a record that stays and names them.
    """

    schema: str
    id: str
    site: str
    principal: str
    seq: int
    at: str
    actor: str
    method: str
    removed: str
    cuts: str
    previous: None = None


def write_prefixes(prefixes: Iterable[bytes]) -> str:
    """Write hashes or ids, 16 bytes of each, as one text."""
    return urlsafe_b64encode(b"".join(one[:PREFIX_BYTES] for one in prefixes)).rstrip(b"=").decode()


def read_prefixes(text: str) -> list[bytes]:
    """Read what ``write_prefixes`` wrote; raises ValueError for anything else."""
    if not _PREFIXES.fullmatch(text):
        raise ValueError("the hashes of a removal are base64url")
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) % PREFIX_BYTES:
        raise ValueError(f"the hashes of a removal have {PREFIX_BYTES} bytes each")
    return [raw[start : start + PREFIX_BYTES] for start in range(0, len(raw), PREFIX_BYTES)]


def read_removal(payload: Any) -> RemovalRecord:
    """Rebuild a removal from its decoded payload; raises ValueError where a member is missing, odd or too many."""
    if not isinstance(payload, dict) or payload.get("schema") != SCHEMA:
        raise ValueError(f"not a record of schema {SCHEMA}")
    if set(payload) != {field.name for field in fields(RemovalRecord)}:
        raise ValueError("the removal has other members than a removal has")
    record = RemovalRecord(**payload)
    if not all(isinstance(getattr(record, name), str) for name in _TEXTS) or record.previous is not None:
        raise ValueError("a member of the removal is not what it should be")
    if type(record.seq) is not int or record.seq != 1:
        raise ValueError("a removal is the only record of its principal")
    if record.principal != f"{record.site}/e/{record.id}":
        raise ValueError("a removal stands under its own id")
    read_prefixes(record.removed)
    read_prefixes(record.cuts)
    return record
